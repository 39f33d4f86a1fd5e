"""A site to be backed up, and places to restore it in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from places import Place
from postgres_server import empty_database

from newsite import create_app
from newsite.config import Settings


@pytest.fixture
def make_place(
    make_settings: Callable[..., Settings], new_database: Callable[[str], str]
) -> Callable[[str], Place]:
    """Makes an app over an empty database of the engine that is named."""

    def make(engine: str) -> Place:
        return _place(make_settings(database_url=new_database(engine)))

    return make


@pytest.fixture
def place(make_place: Callable[[str], Place]) -> Place:
    """An empty place on SQLite."""
    return make_place("sqlite")


@pytest.fixture(scope="session")
def postgres_like_paper(
    make_settings: Callable[..., Settings], archive_of_paper: Path, worker_id: str
) -> Iterator[str]:
    """The name of a database on PostgreSQL with the demo's paper; copied, never used."""
    name = f"newsite_{worker_id}_paper"
    with empty_database(name) as url:
        settings = make_settings(database_url=url)
        Place(create_app(settings), settings.data, settings.secret_key).restore(archive_of_paper)
        yield name


@pytest.fixture
def filled(
    make_settings: Callable[..., Settings], request: pytest.FixtureRequest, tmp_path: Path,
    paper: Place, engine: str, worker_id: str,
) -> Iterator[Place]:  # fmt: skip
    """A site with the demo's paper, on each engine; without a picture."""
    with ExitStack() as made:
        if engine == "sqlite":
            path = shutil.copy(paper.data / "paper.db", tmp_path / "filled.db")
            url = f"sqlite:///{path}"
        else:
            like = request.getfixturevalue("postgres_like_paper")
            url = made.enter_context(empty_database(f"newsite_{worker_id}_filled", like))
        yield _place(make_settings(database_url=url))


@pytest.fixture
def kept(archive_of_paper: Path, tmp_path: Path) -> Path:
    """A whole archive of a site on SQLite, to be restored and to be damaged."""
    return shutil.copy(archive_of_paper, tmp_path / "kept.zip")


def _place(settings: Settings) -> Place:
    (settings.data / "secret_key").write_text(settings.secret_key)
    return Place(create_app(settings), settings.data, settings.secret_key)
