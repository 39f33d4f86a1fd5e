"""An operator's machine: a folder of data, an environment, and the command."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsite import config, create_app
from newsite.cli import main
from newsite.db import db

URL = "http://127.0.0.1:8000"
Newsite = Callable[..., Result]


@pytest.fixture(scope="session")
def founded_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a site that was just founded; copied, never used."""
    folder = tmp_path_factory.mktemp("founded") / "data"
    result = CliRunner().invoke(main, ["upgrade"], env=environment(folder))
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, founded_data: Path) -> Path:
    """The data folder of a site with the demo's paper, which takes seconds to write; copied, never used."""
    folder = shutil.copytree(founded_data, tmp_path_factory.mktemp("demo") / "data")
    result = CliRunner().invoke(main, ["demo"], env=environment(folder))
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def data(tmp_path: Path, founded_data: Path) -> Path:
    """The data folder of this test's own site."""
    return shutil.copytree(founded_data, tmp_path / "data")


@pytest.fixture
def newsite(data: Path) -> Newsite:
    """Runs a command on the site; `env` is added to the environment."""

    def run(*words: str, stdin: str = "", env: dict[str, str | None] | None = None) -> Result:
        given = environment(data) | (env or {})
        result = CliRunner().invoke(main, list(words), input=stdin, env=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


@pytest.fixture
def inside(data: Path) -> Iterator[None]:
    """The site's own app context, to look at what a command did."""
    app = create_app(config.from_environment(environment(data)))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def environment(folder: Path) -> dict[str, str]:
    return {"NEWSITE_DATA": str(folder), "NEWSITE_SITE_URL": URL, "NEWSITE_DEMO": "off"}
