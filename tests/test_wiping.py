"""What was erased is in no file of SQLite's: not in free room, nor in the log, nor in what SQLite moves or merges."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import create_app, outbox, wiping
from newsite.config import Settings
from newsite.db import db
from newsite.outbox import Claim, Job
from newsite.site.models import Site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newsite.db"


@pytest.fixture
def filed(file: Path, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """A site on SQLite in a file."""
    app = create_app(make_settings(database_url=f"sqlite:///{file}"))
    with app.app_context():
        migrated.upgrade()
        db.session.add(Site(id=1, name="The Test Paper", founded_at=NOW))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def on_disk(file: Path) -> bytes:
    """All that is in the database's files."""
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def write(*words: str) -> None:
    """A row for each word."""
    for word in words:
        db.session.add(Job(kind="x", key=word, payload={}, created_at=NOW, next_at=NOW))
    db.session.commit()


def write_many() -> dict[int, bytes]:
    """Rows that came in no order and grew, so that SQLite moved them about; the keys of some of them by their ids."""
    chance = random.Random(4)
    run = db.session.connection().exec_driver_sql
    run("CREATE TABLE moved (id INTEGER PRIMARY KEY, key TEXT UNIQUE, text TEXT)")
    for number in range(600):
        key, text = f"{chance.randrange(10**9):09d}-{number:04}-", "a" * chance.randrange(1, 900)
        run("INSERT INTO moved (key, text) VALUES (?, ?)", (key, text))
    grow = "UPDATE moved SET text = text || text WHERE id = ? AND length(text) < 4000"
    for _ in range(600):
        run(grow, (chance.randrange(1, 601),))
    return {number + 1: f"-{number:04}-".encode() for number in range(0, 600, 5)}


def do(payload: dict[str, bool], now: datetime = NOW) -> None:
    wiping.job(Claim(1, wiping.KIND, "wipe:1", payload, 1, now), now)


def test_zeros_are_written_over_what_is_deleted(filed, file):
    write("Parveen")
    db.session.execute(sa.delete(Job))
    db.session.commit()
    assert b"Parveen" in on_disk(file)  # in the log
    wiping.empty_log()
    assert b"Parveen" not in on_disk(file)


def test_nothing_is_left_where_rows_were_moved_about(filed, file):
    gone = write_many()
    for number in gone:
        db.session.connection().exec_driver_sql("DELETE FROM moved WHERE id = ?", (number,))
    db.session.commit()
    wiping.wipe()  # with SQLite 3.40, to empty the log alone leaves five of the 120 keys
    assert not [key for key in gone.values() if key in on_disk(file)]
    assert b"-0001-" in on_disk(file)


def test_the_words_of_deleted_articles_are_in_no_index(filed, file):
    run = db.session.connection().exec_driver_sql
    for number, word in enumerate(("zelpha", "quorn"), 1):
        run("INSERT INTO articles_fts (rowid, title, words) VALUES (?, ?, 'pay')", (number, word))
        db.session.commit()
        run = db.session.connection().exec_driver_sql
    run("DELETE FROM articles_fts WHERE rowid = 1")
    db.session.commit()
    wiping.wipe()  # to write the file anew alone leaves the word where the index was not merged
    assert b"zelpha" not in on_disk(file)
    assert b"quorn" in on_disk(file)


def test_a_file_without_the_index_is_wiped_too(filed, file):
    run = db.session.connection().exec_driver_sql
    run("DROP TABLE articles_fts")
    db.session.commit()
    write("Parveen")
    db.session.execute(sa.delete(Job))
    db.session.commit()
    wiping.wipe()
    assert b"Parveen" not in on_disk(file)


def test_the_worker_wipes_after_every_erasure(filed, file):
    write("Parveen")
    worker = outbox.Worker({wiping.KIND: wiping.job}, clock=lambda: NOW)
    db.session.execute(sa.delete(Job).where(Job.key == "Parveen"))
    for _ in range(2):
        wiping.ask(now=NOW)
    db.session.commit()
    assert worker.step()
    assert worker.step()
    assert not worker.step()
    assert b"Parveen" not in on_disk(file)


def test_a_large_file_is_written_anew_in_the_night(filed, file, monkeypatch):
    monkeypatch.setattr(wiping, "AT_ONCE_BYTES", 10)
    statements = []
    run = wiping._run
    monkeypatch.setattr(wiping, "_run", lambda one: statements.append(one) or run(one))
    do({"log": False})
    do({"log": False})
    job = db.session.scalars(sa.select(Job)).one()
    assert job.next_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert "VACUUM" not in statements
    do(job.payload)
    assert "VACUUM" in statements
    do({"log": False}, job.next_at.replace(hour=2))
    assert db.session.scalar(sa.select(sa.func.count(Job.id))) == 1


def test_where_the_log_is_enough_the_file_stays(filed, monkeypatch):
    statements = []
    run = wiping._run
    monkeypatch.setattr(wiping, "_run", lambda one: statements.append(one) or run(one))
    do({"log": True})
    assert statements == ["PRAGMA wal_checkpoint(TRUNCATE)"]


def test_while_somebody_reads_it_is_tried_again(filed, file):
    write("Parveen")
    with db.engine.connect() as reader:
        reader.exec_driver_sql("ROLLBACK")
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM outbox")
        with filed.app_context():
            db.session.execute(sa.delete(Job))
            db.session.commit()
            with db.engine.connect() as own:
                own.exec_driver_sql("PRAGMA busy_timeout=1")
            db.session.remove()
            with pytest.raises(wiping.StillRead):
                wiping.empty_log()
    wiping.empty_log()
    assert b"Parveen" not in on_disk(file)


def test_postgresql_needs_nothing(app, site, engine):
    wiping.ask(now=NOW)
    db.session.commit()
    jobs = db.session.scalars(sa.select(Job)).all()
    assert len(jobs) == (1 if engine == "sqlite" else 0)
    do({"log": False})
    wiping.wipe()
    assert db.session.get_one(Site, 1).name == "The Test Paper"


def test_emptying_the_log_leaves_what_is_stored(app, site):
    write("kept")
    wiping.empty_log()
    assert db.session.scalars(sa.select(Job.key)).all() == ["kept"]
