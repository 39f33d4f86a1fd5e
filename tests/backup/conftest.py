"""A site to be backed up, and places to restore it in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from places import Place

from newsite import create_app
from newsite.config import Settings


@pytest.fixture
def make_place(
    make_settings: Callable[..., Settings], new_database: Callable[[str], str]
) -> Callable[[str], Place]:
    """Makes an app over an empty database of the engine that is named."""

    def make(engine: str) -> Place:
        settings = make_settings(database_url=new_database(engine))
        (settings.data / "secret_key").write_text(settings.secret_key)
        return Place(create_app(settings), settings.data, settings.secret_key)

    return make


@pytest.fixture
def place(make_place: Callable[[str], Place]) -> Place:
    """An empty place on SQLite."""
    return make_place("sqlite")


@pytest.fixture(scope="session")
def paper(
    make_settings: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """A site with the demo's paper and a picture, on SQLite; looked at, never changed."""
    folder = tmp_path_factory.mktemp("paper")
    settings = make_settings(database_url=f"sqlite:///{folder / 'paper.db'}", data=folder)
    made = Place(create_app(settings), folder, settings.secret_key)
    made.fill()
    (folder / "media" / "2026").mkdir(parents=True)
    (folder / "media" / "2026" / "a.png").write_bytes(b"picture")
    return made


@pytest.fixture
def filled(make_place: Callable[[str], Place], kept: Path, engine: str) -> Place:
    """A site with the demo's paper, on each engine; without a picture."""
    made = make_place(engine)
    made.restore(kept)
    shutil.rmtree(made.data / "media")
    return made


@pytest.fixture
def kept(paper: Place, tmp_path: Path) -> Path:
    """A whole archive of a site on SQLite."""
    paper.backup(tmp_path / "kept.zip")
    return tmp_path / "kept.zip"
