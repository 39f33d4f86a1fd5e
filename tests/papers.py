"""The demo's paper with awkward rows, a picture and a PDF: written once for all who look at it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from places import NOW, Place

from newsite import create_app
from newsite.config import Settings


@pytest.fixture(scope="session")
def paper(
    make_settings: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """A site with the demo's paper, on SQLite; looked at, never changed."""
    folder = tmp_path_factory.mktemp("paper")
    settings = make_settings(database_url=f"sqlite:///{folder / 'paper.db'}", data=folder)
    app = create_app(settings)
    app.config["NEWSITE_CLOCK"] = lambda: NOW
    made = Place(app, folder, settings.secret_key)
    made.fill()
    (folder / "media" / "2026").mkdir()
    (folder / "media" / "2026" / "a.png").write_bytes(b"picture")  # whoever put it there
    return made


@pytest.fixture(scope="session")
def archive_of_paper(paper: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole archive of it; copied, never changed."""
    path = tmp_path_factory.mktemp("kept") / "kept.zip"
    paper.backup(path)
    return path
