import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import redis_server
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from newsite import outbox
from newsite.changes import ChangeCounter
from newsite.cli import checks
from newsite.db import db
from newsite.site.models import Site


@pytest.fixture
def staffed(newsite):
    """A founded site with an admin: nothing is wrong with it."""
    assert (
        newsite("user", "add", "ann@example.org", "--name", "Ann", "--role", "admin").exit_code == 0
    )


def wrong(newsite) -> dict[str, str]:
    """What `newsite check` finds wrong, by its name."""
    result = newsite("check", "--json")
    report = json.loads(result.output)
    found = {check["name"]: check["detail"] for check in report["checks"] if not check["ok"]}
    assert report["ok"] is (found == {})
    assert result.exit_code == (1 if found else 0)
    return found


def test_a_site_in_order_says_so_line_by_line(newsite, staffed, data):
    result = newsite("check")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert all(line.startswith("ok     ") for line in lines)
    assert [line.split()[1] for line in lines] == [
        "configuration:",
        "data",
        "database:",
        "wholeness:",
        "replies:",
        "threads:",
        "lists:",
        "search:",
        "writing:",
        "site:",
        "admins:",
        "pictures:",
        "jobs:",
        "mail:",
    ]
    assert lines[9:] == [
        "ok     site: “Our news”",
        "ok     admins: 1 can sign in",
        "ok     pictures: 0 files are where they should be",
        "ok     jobs: 0 wait; no worker was seen yet",
        "ok     mail: not set up (NEWSITE_MAIL_URL): nothing is mailed, and nothing depends on it",
    ]


def test_wrong_settings_end_the_look_there(newsite):
    result = newsite("check", env={"NEWSITE_PROXIES": "x", "NEWSITE_LIMITS": "x"})
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.output.splitlines()] == [
        "WRONG  configuration",
        "WRONG  configuration",
    ]


def test_a_site_where_nobody_can_sign_in_is_not_in_order(newsite):
    assert wrong(newsite) == {
        "admins": "nobody can sign in. Run: newsite user add EMAIL --name NAME --role admin"
    }


def test_an_empty_database_ends_the_look_there(newsite, data):
    (data / "newsite.db").unlink()
    assert wrong(newsite) == {"database": "The database is empty. Run: newsite upgrade"}


def test_a_database_that_is_none_is_named(newsite, data):
    (data / "newsite.db").write_text("notes" * 1000)
    assert "file is not a database" in wrong(newsite)["database"]


def test_an_old_sqlite_is_named(newsite, staffed, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert "newsite needs 3.35 or later" in wrong(newsite)["database"]


def test_a_missing_site_is_named(newsite, staffed, inside):
    db.session.execute(sa.delete(Site))
    db.session.commit()
    assert wrong(newsite) == {"site": "There is no site in the database. Run: newsite upgrade"}


def test_a_full_disk_is_named_before_it_is_full(newsite, staffed, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=100 * 1024**2))
    assert "only 100 MB are free" in wrong(newsite)["data folder"]


def test_a_database_that_cannot_be_written_to_is_named(newsite, staffed, monkeypatch):
    def fail() -> str:
        raise OperationalError("UPDATE", {}, Exception("attempt to write a readonly database"))

    monkeypatch.setattr(checks, "CHECKS", (("writing", fail),))
    assert "readonly" in wrong(newsite)["writing"]


def test_a_database_that_has_lost_its_counter_is_named(newsite, staffed, inside):
    db.session.execute(sa.delete(ChangeCounter))
    db.session.commit()
    assert "numbers the changes is missing" in wrong(newsite)["writing"]


def test_jobs_that_nobody_does_are_named(newsite, staffed, inside):
    outbox.add("mail", "mail:1", now=datetime.now(UTC) - timedelta(minutes=59))
    db.session.commit()
    assert wrong(newsite) == {}
    outbox.add("mail", "mail:2", now=datetime.now(UTC) - timedelta(hours=2))
    db.session.commit()
    assert wrong(newsite)["jobs"].startswith("2 wait, the oldest since ")


def test_a_worker_that_was_seen_is_said(newsite, staffed, inside):
    outbox.Worker({}, clock=lambda: datetime(2026, 11, 22, 9, 30, tzinfo=UTC)).step()
    db.session.remove()
    result = newsite("check")
    assert "jobs: 0 wait; a worker was last seen at 2026-11-22 09:30 UTC" in result.output


def test_a_redis_that_counts_is_said_and_one_that_does_not_is_named(newsite, staffed):
    with redis_server.running() as redis:
        redis_at = {"NEWSITE_REDIS_URL": redis.url}
        assert "ok     Redis: counts\n" in newsite("check", env=redis_at).output
        redis.stop()
        result = newsite("check", env=redis_at)
    assert result.exit_code == 1
    assert "WRONG  Redis: does not count (Error 111 connecting to " in result.output
    assert "Limits are counted in the database meanwhile." in result.output
    assert result.output.count("WRONG") == 1


def test_a_backup_is_looked_at_too(newsite, staffed, tmp_path):
    file = tmp_path / "site.zip"
    newsite("backup", str(file))
    report = json.loads(newsite("check", "--backup", str(file), "--json").output)
    found = {check["name"]: check["detail"] for check in report["checks"]}
    assert found["backup"].startswith(f"{file} is whole: the site at ")
    file.write_bytes(file.read_bytes()[:-1])
    result = newsite("check", "--backup", str(file))
    assert result.exit_code == 1
    assert "WRONG  backup: " in result.output
