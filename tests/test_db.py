import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from newsite import db as database
from newsite import migrations
from newsite.config import Settings
from newsite.db import db
from newsite.outbox import Job
from newsite.site.models import Site

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def file_app(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[Flask]:
    """An app over a SQLite file with one site in it, as an operator has it."""
    app = Flask("newsite")
    database.init_app(app, make_settings(database_url=f"sqlite:///{tmp_path / 'news.db'}"))
    with app.app_context():
        migrations.upgrade()
        db.session.add(Site(id=1, name="0", founded_at=NOON))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def stored(at: datetime, done_at: datetime | None = None) -> Job:
    """A row with these times, read back from the database."""
    db.session.add(Job(kind="mail", key="one", created_at=at, next_at=at, done_at=done_at))
    db.session.commit()
    return db.session.scalars(sa.select(Job)).one()


def test_an_instant_comes_back_as_it_was_in_utc(app):
    in_india = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    job = stored(in_india + timedelta(microseconds=1))
    assert job.created_at == NOON + timedelta(microseconds=1)
    assert job.created_at.tzinfo is UTC
    assert job.done_at is None


def test_a_time_without_a_zone_is_refused(app):
    with pytest.raises(StatementError, match="a time without a zone"):
        stored(NOON, done_at=NOON.replace(tzinfo=None))


def test_what_people_wrote_is_not_in_the_message_of_a_failure(app):
    for _ in range(2):
        db.session.add(
            Job(
                kind="mail",
                key="twice",
                payload={"to": "ann@example.org"},
                created_at=NOON,
                next_at=NOON,
            )
        )
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert "ann@example.org" not in str(caught.value)


def test_only_what_may_be_forgotten_is_not_flushed_to_the_disk(file_app):
    db.session.remove()  # its connection is free, and is the one that all of these get

    def synchronous() -> object:
        with db.engine.begin() as connection:
            return connection.exec_driver_sql("PRAGMA synchronous").scalar()

    with database.forgettable():
        assert synchronous() == 1  # NORMAL
    assert synchronous() == 2  # FULL
    with database.forgettable(), database.reading():
        assert synchronous() == 1
    with database.reading():
        assert synchronous() == 2


def test_sqlite_is_set_for_a_site_that_must_not_lose_a_reply(file_app):
    def pragma(name: str) -> object:
        return db.session.execute(sa.text(f"PRAGMA {name}")).scalar()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == database.BUSY_MS
    assert pragma("cache_size") == -database.CACHE_KB  # of each thread: eight of them in a worker


def test_eight_writers_at_once_lose_nothing(file_app):
    def count_up() -> None:
        with file_app.app_context():
            for _ in range(10):
                site = db.session.get_one(Site, 1)
                site.name = str(int(site.name) + 1)
                db.session.commit()

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert db.session.get_one(Site, 1).name == "80"


def test_a_reader_does_not_wait_for_a_writer(file_app):
    db.session.get_one(Site, 1).name = "half written"
    db.session.flush()

    def read() -> str:
        with file_app.app_context(), database.reading():
            begun = time.monotonic()
            name = db.session.get_one(Site, 1).name
            assert time.monotonic() - begun < 2
            return name

    assert in_a_thread(read) == "0"


def test_a_reader_that_writes_after_all_fails_at_once(file_app):
    db.session.get_one(Site, 1).name = "half written"
    db.session.flush()

    def write() -> str:
        with file_app.app_context():
            database.expect(only_reads=True)
            try:
                site = db.session.get_one(Site, 1)
                db.session.connection().exec_driver_sql("PRAGMA busy_timeout=0")
                site.name = "too late"
                db.session.commit()
            except OperationalError as error:
                return str(error.orig)
            finally:
                database.expect(only_reads=False)
        return "written"

    assert in_a_thread(write) == "database is locked"


def test_a_reader_is_a_writer_again_afterwards(file_app):
    with database.reading():
        assert db.session.get_one(Site, 1).name == "0"
        db.session.rollback()
    db.session.get_one(Site, 1).name = "written"
    db.session.commit()
    assert db.session.get_one(Site, 1).name == "written"


def test_a_forked_process_leaves_its_parents_connections_open(file_app):
    kept = db.session.connection().connection.driver_connection
    database.forget_connections(file_app)
    assert kept.execute("SELECT 1").fetchone() == (1,)
    assert db.engine.pool.checkedin() == 0


def test_the_sessions_connection_is_the_same_until_its_transaction_ends(app: Flask) -> None:
    with app.app_context():
        first = database.connection()
        assert database.connection() is first is db.session.connection()
        db.session.commit()
        assert database.connection() is db.session.connection()
        assert database.connection().in_transaction()
        db.session.remove()
        assert database.connection() is db.session.connection()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_has_one_connection(url):
    assert "pool_size" not in database.engine_options(url)


def test_a_postgresql_that_is_dead_is_a_fact_within_seconds():
    options = database.engine_options("postgresql+psycopg://newsite@db/newsite")
    assert options["connect_args"]["connect_timeout"] == database.CONNECT_SECONDS
    assert options["pool_pre_ping"]


def in_a_thread(work: Callable[[], str]) -> str:
    """What `work` returns, done while this test's own transaction is open."""
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join(30)
    return results[0]


def test_a_reader_in_a_hurry_waits_a_second_at_most(app: Flask) -> None:
    with database.hurried(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(sa.text("SELECT 1")) == 1
            return
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(sa.text("SELECT pg_sleep(5)"))
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SHOW statement_timeout")) == "0"  # nobody else's


def test_a_reader_in_a_hurry_does_not_wait_long_to_connect(app: Flask) -> None:
    given: dict[str, int] = {}
    database._before_connect(given)
    assert given == {}
    with database.hurried():
        database._before_connect(given)
    assert given == {"connect_timeout": 1}


def test_what_the_database_says_of_a_failure_holds_nothing_that_somebody_wrote(app, site) -> None:
    job = Job(kind="mail", key="ann@example.org", payload={}, created_at=NOON, next_at=NOON)
    db.session.add(job)
    db.session.commit()
    columns = {"kind": "mail", "payload": {}, "attempts": 0, "created_at": NOON, "next_at": NOON}
    for values in (
        columns | {"key": "ann@example.org", "error": ""},  # there already
        columns | {"key": "bob@example.org", "error": None},  # a row that cannot be
    ):
        with pytest.raises(IntegrityError) as failed:
            db.session.execute(sa.insert(Job).values(**values))
        db.session.rollback()
        said = "".join(traceback.format_exception(failed.value))
        assert "outbox" in said
        assert "@example.org" not in said
