"""Every `newsite` command over PostgreSQL, as an operator gives them one after the other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsite import serve
from newsite.cli import main
from newsite.outbox import Worker

BIND = "127.0.0.1:8649"
Newsite = Callable[..., Result]


@pytest.fixture
def make_newsite(new_database: Callable[[str], str], tmp_path: Path) -> Callable[[str], Newsite]:
    """Makes a machine with an empty database; what it gives runs commands there."""

    def make(engine: str) -> Newsite:
        url = new_database(engine)
        folder = tmp_path / f"data{len(list(tmp_path.iterdir()))}"
        folder.mkdir()

        def run(*words: str, stdin: str = "") -> Result:
            env = {"NEWSITE_DATA": str(folder), "NEWSITE_DATABASE_URL": url, "NEWSITE_DEMO": "off"}
            env["NEWSITE_SITE_URL"] = "http://127.0.0.1:8000"
            result = CliRunner().invoke(main, list(words), input=stdin, env=env)
            assert result.exit_code == 0, (words, result.output, result.exception)
            return result

        return run

    return make


ALL = {
    "serve",
    "upgrade",
    "check",
    "demo",
    "user",
    "worker",
    "tidy",
    "backup",
    "restore",
    "search",
    "content",
    "mail",
    "privacy",
    "spam",
}


def test_no_command_is_forgotten_here() -> None:
    assert main.commands.keys() == ALL


def test_every_command_works_on_postgresql(
    make_newsite: Callable[[str], Newsite], monkeypatch: pytest.MonkeyPatch
) -> None:
    newsite = make_newsite("postgresql")
    assert newsite("upgrade").output == "The site is founded.\n"
    assert newsite("upgrade").output == "The database is up to date.\n"
    assert newsite("demo").output.startswith("Sign in at http://127.0.0.1:8000/desk/login as ")
    added = newsite("user", "add", "ann@example.org", "--name", "Ann", "--role", "admin")
    assert added.output.startswith("Ann (admin) signs in as ann@example.org with the password ")
    assert "Ann signs in as" in newsite("user", "reset", "ann@example.org").output

    started = []
    monkeypatch.setattr(serve, "supervise", lambda bind, workers: started.append(bind))
    assert "Serving http://127.0.0.1:8000" in newsite("serve", "--bind", BIND).output
    assert started == [BIND]

    monkeypatch.setattr(Worker, "run", lambda worker, stop: worker.step())  # one turn, not all
    newsite("worker")
    assert newsite("tidy").output.startswith("Deleted: ")
    line = json.dumps({"id": "1", "author": "Ann", "body": "Cheap pills.", "spam": True})
    assert "Learned from 1 lines" in newsite("spam", "train", stdin=line).output
    assert json.loads(newsite("spam", "score", stdin=line).output)["id"] == "1"
    assert json.loads(newsite("content", "reclean", "--json").output)
    assert json.loads(newsite("content", "recount", "--json").output)["months"] == 0
    assert json.loads(newsite("search", "rebuild", "--json").output)["articles"] > 10
    assert json.loads(newsite("privacy", "erase", "nobody@example.org", "--json").output) == {
        "erased": 0
    }
    checked = json.loads(newsite("check", "--json").output)
    assert all(check["ok"] for check in checked["checks"])
    details = {check["name"]: check["detail"] for check in checked["checks"]}
    assert "a worker was last seen" in details["jobs"]


def test_a_site_goes_from_postgresql_to_sqlite_and_back_by_commands(
    make_newsite: Callable[[str], Newsite], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "run", lambda worker, stop: worker.step())
    newsite, other = make_newsite("postgresql"), make_newsite("postgresql")
    small, file = make_newsite("sqlite"), str(tmp_path / "site.zip")
    newsite("demo")
    line = json.dumps({"id": "1", "author": "Ann", "body": "Cheap pills.", "spam": True})
    newsite("spam", "train", stdin=line)
    newsite("worker")  # what waits since the demo's replies were decided about
    made = json.loads(newsite("backup", file, "--json").output)
    assert made["manifest"]["engine"] == "postgresql"
    newsite("check", "--backup", file)
    other("restore", file)
    small("restore", file)
    assert "up to date" in small("check").output
    small("backup", str(tmp_path / "small.zip"))
    other("restore", "--replace", str(tmp_path / "small.zip"))
    again = json.loads(other("backup", "--force", file, "--json").output)
    sums = [
        {name: entry["sha256"] for name, entry in report["manifest"]["tables"].items()}
        for report in (made, again)
    ]
    assert sums[0] == sums[1]
