"""Room for a restore: a database in which nothing is lost."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Inspector

from newsite.backup import tables
from newsite.backup.refusals import NotEmpty
from newsite.db import Base

VERSION = "alembic_version"
SEARCH = "_fts"  # as in newsite.migrations: tables that belong to search


def ours(inspector: Inspector) -> set[str]:
    """The tables of newsite that are there, but those of search, which are made from the articles."""
    return {name for name in inspector.get_table_names() if SEARCH not in name}


def make(connection: Connection, *, replace: bool) -> int:
    """Drops the tables of newsite; the last number of its change log, 0 if there was none.

    Raises NotEmpty if there are rows in them and not `replace`, or if there are tables of somebody else.
    """
    names = ours(sa.inspect(connection))
    foreign = sorted(names - Base.metadata.tables.keys() - {VERSION})
    if foreign:
        raise NotEmpty(
            f"The database holds tables that are not newsite's: {', '.join(foreign)}. "
            "Restore into a database of its own."
        )
    if not replace and any(_has_rows(connection, name) for name in names & tables.carried().keys()):
        raise NotEmpty(
            "The database holds a site already. Name an empty one, or say --replace: "
            "then all that is in it is lost."
        )
    number = _last_number(connection) if "change_counter" in names else 0
    _drop(connection)
    return number


def _has_rows(connection: Connection, name: str) -> bool:
    query = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
    return connection.execute(query).first() is not None


def _last_number(connection: Connection) -> int:
    counter = sa.table("change_counter", sa.column("sequence"))
    return connection.scalar(sa.select(counter.c.sequence)) or 0


def _drop(connection: Connection) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    if connection.dialect.name == "postgresql":
        names = sa.inspect(connection).get_table_names()
        if names:  # in one statement, since they refer to each other
            connection.exec_driver_sql(f"DROP TABLE {', '.join(map(quoted, names))}")
        return
    # A virtual table of search takes its own tables along.
    virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    for name in connection.exec_driver_sql(virtual).scalars().all():
        connection.exec_driver_sql(f"DROP TABLE {quoted(name)}")
    for name in sa.inspect(connection).get_table_names():
        connection.exec_driver_sql(f"DROP TABLE {quoted(name)}")
