import logging
import os
import runpy
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError

from newsite import cli, demo, migrations, outbox, serve
from newsite.articles.models import Article
from newsite.db import db
from newsite.outbox import Job
from newsite.site import queries as sites

BIND = "127.0.0.1:8641"


@pytest.fixture
def started(monkeypatch):
    """What would have been started: where, how many workers, and whether as a demo."""
    found = []

    def supervise(bind, workers):
        found.append((bind, workers, os.environ["NEWSITE_DEMO"]))

    monkeypatch.setattr(serve, "supervise", supervise)
    return found


def test_an_upgrade_founds_the_site_and_does_nothing_the_second_time(tmp_path, newsite):
    fresh = {"NEWSITE_DATA": str(tmp_path / "fresh")}
    assert newsite("upgrade", env=fresh).output == "The site is founded.\n"
    assert newsite("upgrade", env=fresh).output == "The database is up to date.\n"


@pytest.mark.parametrize("looks", [1, 2])  # in vain, before the other one is quicker
def test_of_two_that_found_at_once_one_is_told_that_it_is_done(newsite, inside, monkeypatch, looks):
    find, answers = sites.find_site, [None] * looks
    monkeypatch.setattr(sites, "find_site", lambda: answers.pop() if answers else find())
    assert newsite("upgrade").output == "The database is up to date.\n"
    assert answers == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Article)) == 4


def test_a_site_that_cannot_be_founded_is_not_called_founded(newsite, monkeypatch):
    def fail(**given: object) -> None:
        raise IntegrityError("INSERT INTO articles", {}, Exception("unique"))

    monkeypatch.setattr(sites, "find_site", lambda: None)
    monkeypatch.setattr(demo, "found", fail)
    with pytest.raises(AssertionError, match="IntegrityError"):
        newsite("upgrade")


def test_serving_prepares_the_site_and_says_where_it_is(newsite, started):
    result = newsite("serve", "--bind", BIND, "--workers", "3")
    assert result.exit_code == 0, result.output
    assert started == [(BIND, 3, "off")]
    assert result.output == (
        "Nobody can sign in yet. Run: newsite user add EMAIL --name NAME --role admin\n"
        f"Serving http://127.0.0.1:8000 from {BIND}. Stop with Ctrl-C.\n"
    )


def test_serving_where_somebody_can_sign_in_says_only_where_it_is(newsite, started):
    made = newsite("user", "add", "ada@example.org", "--name", "Ada", "--role", "admin")
    assert made.exit_code == 0, made.output
    result = newsite("serve", "--bind", BIND)
    assert result.output == f"Serving http://127.0.0.1:8000 from {BIND}. Stop with Ctrl-C.\n"


def test_a_demo_is_made_once_and_needs_no_setting(tmp_path, newsite, started):
    fresh = {"NEWSITE_DATA": str(tmp_path / "fresh"), "NEWSITE_SITE_URL": None}
    first = newsite("serve", "--demo", "--bind", BIND, env=fresh)
    assert first.output.startswith(
        f"Sign in at http://{BIND}/desk/login as rosa@example.org with the password "
    )
    assert started == [(BIND, 2, "on")]
    again = newsite("serve", "--demo", "--bind", BIND, env=fresh)
    assert again.output == (
        "The site is here already. For a new password: newsite user reset rosa@example.org\n"
        f"Serving http://{BIND} from {BIND}. Stop with Ctrl-C.\n"
    )
    refused = newsite("demo", env=fresh | {"NEWSITE_DEMO": "on"})
    assert refused.exit_code == 1
    assert "The demo is for an empty site" in refused.output


@pytest.mark.parametrize("words", [["upgrade"], ["tidy"], ["user", "reset", "nobody@example.org"]])
def test_what_prints_no_address_needs_none(newsite, words):
    result = newsite(*words, env={"NEWSITE_SITE_URL": None})
    assert "NEWSITE_SITE_URL" not in result.output


def test_the_demo_fills_an_empty_site(newsite, inside):
    result = newsite("demo")
    assert result.exit_code == 0
    password = result.output.split()[-1]
    assert len(password) == 24
    assert sites.the_site().name == "The Loading Bay"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Article)) > 10


def test_a_taken_port_is_one_sentence(newsite, started):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        result = newsite("serve", "--bind", taken)
    assert result.exit_code == 1
    assert result.output == (
        f"Cannot listen at {taken}: Address already in use. "
        "Stop what is there, or choose another address with --bind.\n"
    )
    assert started == []


def test_wrong_settings_are_a_sentence_each(newsite, started):
    result = newsite("serve", env={"NEWSITE_PROXIES": "x", "NEWSITE_LIMITS": "x"})
    assert result.exit_code == 2
    assert [line.split()[0] for line in result.output.splitlines()] == [
        "NEWSITE_PROXIES",
        "NEWSITE_LIMITS",
    ]
    assert started == []


def test_a_newer_database_is_one_sentence(newsite, inside, started):
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'of_the_future'"))
    db.session.commit()
    result = newsite("serve", "--bind", BIND)
    assert result.exit_code == 1
    assert result.output.startswith("The database was made by a newer newsite")
    assert result.output.count("\n") == 1


def test_a_file_that_is_no_database_is_one_sentence(newsite, data):
    (data / "newsite.db").write_text("these are my notes about the strike" * 100)
    result = newsite("upgrade")
    assert result.exit_code == 1
    assert result.output.startswith("The database cannot be used: file is not a database.")
    assert "the file newsite.db in the folder NEWSITE_DATA" in result.output
    assert result.output.count("\n") == 1


def test_an_option_that_the_driver_does_not_know_is_one_sentence(newsite, monkeypatch):
    def connect():
        raise ProgrammingError(None, None, Exception('invalid connection option "foo"'))

    monkeypatch.setattr(migrations, "upgrade", connect)
    result = newsite("upgrade")
    assert result.exit_code == 1
    assert result.output.startswith('The database cannot be used: invalid connection option "foo".')


def test_a_mistake_of_ours_is_not_called_the_databases(newsite, monkeypatch):
    def break_rule(site_url):
        raise IntegrityError("INSERT INTO x", {}, Exception("unique"))

    monkeypatch.setattr(cli, "_fill", break_rule)
    with pytest.raises(AssertionError, match="IntegrityError"):
        newsite("demo")


def test_an_empty_database_is_said_with_the_mend(tmp_path, newsite):
    fresh = {"NEWSITE_DATA": str(tmp_path / "fresh")}
    result = newsite("tidy", env=fresh)
    assert result.exit_code == 1
    assert result.output == "The database is empty. Run: newsite upgrade\n"


def test_tidying_says_what_went(newsite, inside):
    assert newsite("tidy").output == (
        "Deleted: 0 ended sign-ins, 0 ended invitations, 0 old entries of the log, 0 counts of attempts, 0 used links, "
        "0 ended bans, 0 changes, 0 words that nobody saved, 0 old counts of readings, "
        "0 old counts of mails that came back, 0 done jobs, 0 networks, 0 addresses, "
        "0 deleted replies, 0 emptied replies, 0 deleted articles.\n"
    )


def test_a_worker_works_until_it_is_told_to_stop(newsite, inside):
    def stop_soon() -> None:
        for _ in range(200):
            if outbox.last_beat() is not None:
                break
            db.session.rollback()
            threading.Event().wait(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    handlers = logging.getLogger().handlers[:]
    stopper = threading.Thread(target=in_context(stop_soon))
    stopper.start()
    try:
        result = newsite("worker")
    finally:
        stopper.join(20)
        logging.getLogger().handlers[:] = handlers
        for number, handler in before.items():
            signal.signal(number, handler)
    assert result.exit_code == 0, result.output
    job = db.session.scalars(sa.select(Job).where(Job.kind == "tidy")).one()
    assert job.done_at is not None


def in_context(work):
    """`work` in the current app's context, for another thread."""
    from flask import current_app

    app = current_app._get_current_object()

    def run() -> None:
        with app.app_context():
            work()
            db.session.remove()

    return run


def test_the_command_is_also_a_module(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["newsite", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("newsite.cli", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out == "newsite, version 0.1.0\n"


def test_readme_names_every_command():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    names = []
    for name, command in cli.main.commands.items():
        inner = getattr(command, "commands", {})
        names += [f"{name} {one}" for one in inner] or [name]
    assert [name for name in names if f"| `newsite {name}" not in readme] == []
    assert "mail bounced" in names
