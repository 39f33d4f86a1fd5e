"""Putting an archive back: all of it in one transaction, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError

from newsite import changes
from newsite.articles import search
from newsite.backup import portable, room
from newsite.backup.archive import Archive
from newsite.backup.manifest import TableEntry
from newsite.backup.placing import placed
from newsite.backup.refusals import ArchiveDamaged, ArchiveNewer, BackupRefused
from newsite.backup.writing import Progress
from newsite.media.storage import Storage

ROWS_AT_ONCE = 500


class Shape(Protocol):
    """How a database gets its tables: `newsite.migrations`, which the rules may not import."""

    def knows(self, revision: str) -> bool:
        """Whether this newsite can make the tables of the revision."""
        ...

    def lock(self, connection: Connection) -> None:
        """Keeps others from changing the shape until the transaction ends."""
        ...

    def bring(self, connection: Connection, revision: str) -> None:
        """Brings the database up to the revision in the connection's transaction."""
        ...


@dataclass(frozen=True)
class Target:
    """Where an archive is put."""

    engine: Engine
    data: Path
    media: Storage
    takes_secret: bool  # whether the secret in the data folder is the one in use
    replace: bool  # whether what is there may be lost


def restore(archive: Archive, target: Target, shape: Shape, progress: Progress) -> None:
    """Checks the whole archive, then puts it in place of an empty database and brings that to this shape.

    Raises ArchiveNewer, ArchiveDamaged, NotEmpty or BackupRefused; everything is as it was then.
    """
    revision = archive.manifest.revision
    if not shape.knows(revision):
        raise ArchiveNewer(
            f"The backup was made by a newer newsite ({archive.manifest.newsite}, whose database is at "
            f"{revision}). Install that one."
        )
    archive.verify(progress)
    with (
        placed(
            archive, target.data, target.media, secret=target.takes_secret, replace=target.replace
        ),
        _transaction(target.engine) as connection,
    ):
        shape.lock(connection)
        number = room.make(connection, replace=target.replace)
        shape.bring(connection, revision)
        with _explained():
            with _keys_wait(connection):
                _load(connection, archive, progress)
            _go_on_counting(connection, archive)
        shape.bring(connection, "head")
        search.rebuild(connection)  # no archive carries what is made of the articles it has
        _begin_anew(connection, max(number, archive.manifest.sequence))


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _sqlite_keys(connection, "OFF")  # before the transaction: within one it does nothing
        try:
            with connection.begin():
                yield connection
        finally:
            if is_sqlite:
                _sqlite_keys(connection, "ON")


def _sqlite_keys(connection: Connection, value: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={value}")


@contextmanager
def _explained() -> Iterator[None]:
    """Turns what a database will not take into a sentence."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise BackupRefused(
            f"The backup holds a row that this database does not take: {reason}. Nothing was changed."
        ) from None


@contextmanager
def _keys_wait(connection: Connection) -> Iterator[None]:
    """Inside, a row may refer to one that comes later; all are there at the end, or IntegrityError is raised."""
    if connection.dialect.name == "sqlite":
        yield
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if lost is not None:
            raise ArchiveDamaged(
                f"The backup's table {lost[0]} refers to rows of {lost[2]} that it does not hold."
            )
        return
    inspector, quoted = sa.inspect(connection), connection.dialect.identifier_preparer.quote
    keys = [
        f"ALTER TABLE {quoted(table)} ALTER CONSTRAINT {quoted(str(key['name']))}"
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
        if not key["options"].get("deferrable")
    ]
    for key in keys:
        connection.exec_driver_sql(f"{key} DEFERRABLE")
    connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for key in keys:
        connection.exec_driver_sql(f"{key} NOT DEFERRABLE")


def _load(connection: Connection, archive: Archive, progress: Progress) -> None:
    entries = archive.manifest.tables
    _refuse_unfit(connection, archive)
    targets = {name: _target(connection, name, entry) for name, entry in entries.items()}
    for table in targets.values():  # what the migrations have put there themselves
        connection.execute(sa.delete(table))
    for name, table in targets.items():
        rows, done = archive.rows(name), 0
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            connection.execute(sa.insert(table), batch)
            done += len(batch)
            progress(name, done, entries[name].rows)


def _refuse_unfit(connection: Connection, archive: Archive) -> None:
    manifest, inspector = archive.manifest, sa.inspect(connection)
    there = room.ours(inspector) - {room.VERSION}
    misses = there - manifest.tables.keys() - manifest.left_out.keys()
    differs = {
        name for name in there & manifest.tables.keys()
        if {c["name"] for c in inspector.get_columns(name) if "computed" not in c}
        != manifest.tables[name].columns.keys()
    }  # fmt: skip
    for name in sorted(misses | differs | manifest.tables.keys() - there):
        raise ArchiveDamaged(
            f"The backup does not fit the database of its revision {manifest.revision}: {name} differs."
        )


def _target(connection: Connection, name: str, entry: TableEntry) -> sa.TableClause:
    found = {column["name"]: column for column in sa.inspect(connection).get_columns(name)}
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(column, portable.type_for(kind, is_nullable=bool(found[column]["nullable"])))
        for column, kind in entry.columns.items()
    ]
    return sa.table(name, *columns)


def _go_on_counting(connection: Connection, archive: Archive) -> None:
    """Lets PostgreSQL number new rows after the last one, also if that row is gone: its links may be about."""
    if connection.dialect.name != "postgresql":
        return
    for name, entry in archive.manifest.tables.items():
        if "id" not in entry.columns:
            continue
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, "id")))
        largest = connection.scalar(
            sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(name))
        )
        last = max(largest or 0, entry.last_id or 0)
        if sequence is not None and last:
            connection.execute(sa.select(sa.func.setval(sequence, last)))


def _begin_anew(connection: Connection, number: int) -> None:
    """Begins another count, so that every kept page is dropped; its numbers go on, and never repeat."""
    connection.execute(
        sa.update(changes.ChangeCounter).values(epoch=changes.new_epoch(), sequence=number)
    )
