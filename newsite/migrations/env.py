"""Alembic's door: runs the migrations on the current app's database, all in one transaction."""

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection

from newsite import migrations
from newsite.db import Base, db
from newsite.migrations import steps


def run() -> None:
    """Upgrades in one transaction; two processes that start at once go one after the other.

    A connection that the caller gives (`migrations.bring`) is in a transaction of its own already.
    """
    given = context.config.attributes.get("connection")
    if given is not None:
        _upgrade(given)
        return
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Rebuilding a table drops the old one, which would delete the rows that refer to it.
            _sqlite_keys(connection, "OFF")
        try:
            _upgrade(connection)
        finally:
            if is_sqlite:
                _sqlite_keys(connection, "ON")


def _upgrade(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,  # SQLite can, once its transaction is begun by us
        **steps.OPTIONS,
    )
    with context.begin_transaction():
        migrations.lock(connection)
        before = _triggers(connection)
        context.run_migrations()
        _refuse_lost(before - _triggers(connection))


def _triggers(connection: Connection) -> set[str]:
    """The names of SQLite's triggers; PostgreSQL changes a table without making it anew."""
    if connection.dialect.name != "sqlite":
        return set()
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return set(connection.execute(query).scalars())


def _refuse_lost(lost: set[str]) -> None:
    """Undoes all if a table that was rebuilt (batch mode does) took its triggers with it."""
    if lost:
        raise RuntimeError(
            f"This upgrade loses the triggers {', '.join(sorted(lost))}. "
            "The step that rebuilds their table has to make them again at its end."
        )


def _sqlite_keys(connection: Connection, value: str) -> None:
    # Not through SQLAlchemy: it would begin a transaction, in which this statement does nothing.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={value}")


run()
