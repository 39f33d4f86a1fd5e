"""The database: the base of all models, column types, and how SQLite and PostgreSQL are set."""

import enum
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection, Dialect, Engine, ExceptionContext, make_url
from sqlalchemy.orm import DeclarativeBase, registry

from newsite import patience
from newsite.config import Settings

BUSY_MS = 5_000  # how long a writer waits for the other one before it gives up
CACHE_KB = (
    512  # of each connection to SQLite; what is not in it is in the system's own cache, for all
)
MAX_WORDS = 10  # that a list is searched for; of more, the first
MAX_ID = 2**31 - 1  # the largest that both engines hold
HURRIED_SECONDS = 1  # PostgreSQL: a reader who waits longer is better served with a kept page
ANSWER_SECONDS = 1.5  # PostgreSQL: the same, for a server that keeps no time-out because it hangs
PATIENCE_SECONDS = (
    5.0  # PostgreSQL: everybody else who waits for a page, as long as SQLite's writers
)
CONNECT_SECONDS = 3  # PostgreSQL: a dead host is a fact after this long
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_CONNECTION = "newsite.connection"

_reading: ContextVar[bool] = ContextVar("newsite_reading", default=False)
_hurried: ContextVar[bool] = ContextVar("newsite_hurried", default=False)
_forgettable: ContextVar[bool] = ContextVar("newsite_forgettable", default=False)
_FLUSHES = "newsite_flushes"  # of a connection: what its SQLite was last told


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware and UTC in Python, `timestamptz` in PostgreSQL, UTC text in SQLite.

    Raises ValueError for a naive datetime: it does not say when.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored instant, aware and UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# Compared byte by byte on both engines, whatever the locale of a PostgreSQL database.
Ordered = sa.String().with_variant(sa.String(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """The base of all models."""

    # On the registry: a map on Base itself makes Flask-SQLAlchemy refuse the class.
    registry: ClassVar[registry] = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            enum.StrEnum: sa.Enum(enum.StrEnum, native_enum=False, length=20),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def init_app(app: Flask, settings: Settings) -> None:
    """Connects the app to its database; no connection is opened before one is asked for (a fork may follow)."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            set_up_sqlite(db.engine)
        else:
            set_up_postgresql(db.engine)


def connection() -> Connection:
    """The session's connection, inside its transaction. The session takes longer to say it each time."""
    session = db.session()
    known: Connection | None = session.info.get(_CONNECTION)
    if known is None or known.closed or not known.in_transaction():
        known = session.info[_CONNECTION] = session.connection()
    return known


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` is given for the database at `url`."""
    # What people wrote stays out of the log, also when a statement with it fails.
    common = {"hide_parameters": True}
    if make_url(url).drivername == "sqlite":
        in_file = make_url(url).database not in (None, "", ":memory:")
        # The last used is taken first: what is used seldom by many at once does not fill all caches.
        pool = {"pool_size": 16, "max_overflow": 32, "pool_use_lifo": True}
        return common | pool if in_file else common
    # A pooled connection may have died with its server: ask before use.
    return common | {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": CONNECT_SECONDS},
    }


def forget_connections(app: Flask) -> None:
    """For a process just forked: leaves its parent's connections alone, without closing them under it."""
    with app.app_context():
        db.engine.dispose(close=False)


def set_up_sqlite(engine: Engine) -> None:
    """Makes SQLite safe for many threads: WAL, enforced keys, and writers that queue from their first statement."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def set_up_postgresql(engine: Engine) -> None:
    """Lets readers who are in a hurry wait no longer than a second for it, and nobody for ever."""
    connections = patience.connection_class(engine.dialect.loaded_dbapi)

    def connect(dialect: Dialect, record: object, given: list[Any], named: dict[str, Any]) -> Any:
        _before_connect(named)
        return connections.connect(*given, **named)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", _limit_statements)
    event.listen(engine, "handle_error", _without_values)


@contextmanager
def hurried() -> Iterator[None]:
    """Inside, transactions read, and PostgreSQL has a second for a statement; to connect, its driver's least: two."""
    token = _hurried.set(True)
    try:
        with reading(), patience.at_most(ANSWER_SECONDS):
            yield
    finally:
        _hurried.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Inside, a transaction on SQLite begins as a reader's: it neither waits for writers nor holds them up."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def forgettable() -> Iterator[None]:
    """Inside, what is committed on SQLite outlives the program, but perhaps not a power cut.

    It is not flushed to the disk, for which all others who write would wait. For counts, no more.
    """
    token = _forgettable.set(True)
    try:
        yield
    finally:
        _forgettable.reset(token)


def expect(*, only_reads: bool) -> None:
    """Says what the transactions that follow in this thread are for; set at the start of every request."""
    _reading.set(only_reads)
    if not _hurried.get():
        patience.have(PATIENCE_SECONDS)


def has_words(words: str, *columns: Any) -> sa.ColumnElement[bool]:
    """That each of the words stands in one of the columns, be it inside of another word.

    Case does not matter, accents do; SQLite knows the case of A to Z only.
    """
    each = (
        sa.or_(*(column.icontains(word, autoescape=True) for column in columns))
        for word in words.split()[:MAX_WORDS]
    )
    return sa.and_(sa.true(), *each)


def insert(table: type[Base] | sa.Table) -> Any:
    """An INSERT into a model's table that can say `on_conflict_…`, in the words of the app's database."""
    if db.engine.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Here, since a site on SQLite would carry 5 MB for nothing.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # not sqlite3 begins transactions, but _on_begin
    for pragma in (
        f"busy_timeout={BUSY_MS}",  # first: the next one may have to wait already
        "journal_mode=WAL",
        "synchronous=FULL",  # a reply that was acknowledged survives a power cut
        "foreign_keys=ON",
        "secure_delete=ON",  # zeros over what is deleted; many builds of SQLite do so anyway
        f"cache_size=-{CACHE_KB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _before_connect(parameters: dict[str, Any]) -> None:
    if _hurried.get():
        parameters["connect_timeout"] = HURRIED_SECONDS


def _limit_statements(connection: Connection) -> None:
    if _hurried.get():  # until this transaction ends: the connection goes back to the pool
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {HURRIED_SECONDS * 1000}")


def _without_values(context: ExceptionContext) -> None:
    """Leaves of PostgreSQL's words what went wrong, and not with which row: that would come into the log."""
    error = context.original_exception
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence:
        for one in filter(None, (error, context.sqlalchemy_exception)):
            one.args = (sentence,)


def _on_begin(connection: Connection) -> None:
    flushes = "NORMAL" if _forgettable.get() else "FULL"
    if (
        connection.info.get(_FLUSHES, "FULL") != flushes
    ):  # it takes effect outside of transactions only
        connection.exec_driver_sql(f"PRAGMA synchronous={flushes}")
        connection.info[_FLUSHES] = flushes
    # A deferred transaction that turns from reading to writing fails at once when another writes,
    # busy_timeout or not. So writers say so at the start.
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
