"""A database in today's shape, for a test of its own: the steps that lead there take seconds, and are gone once.

What the steps themselves do is tested in test_migrations.py, through `newsite.migrations`.
"""

import sqlite3
from contextlib import suppress

import sqlalchemy as sa

from newsite import changes, migrations, patience
from newsite.db import Base, db

NO_LOG = b"\1\1"  # where a database says that it has a write-ahead log: one in memory can have none
EMPTIED_SECONDS = 120.0  # in which a server has deleted what any test made
_kept: list[sqlite3.Connection] = []  # one database in memory, as the steps left it


def upgrade() -> None:
    """Brings the current app's database to today's shape: an empty one on SQLite by a copy."""
    with suppress(migrations.DatabaseNotReady):
        migrations.check()
        return  # Alembic takes half a second to say so
    if db.engine.dialect.name != "sqlite" or sa.inspect(db.engine).get_table_names():
        migrations.upgrade()
        return
    if _kept:
        _copy(_kept[0])
        return
    migrations.upgrade()
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    _copy(kept, is_to_be_kept=True)
    whole = bytearray(kept.serialize())
    whole[18:20] = NO_LOG
    kept.deserialize(bytes(whole))
    _kept.append(kept)


def empty() -> None:
    """Takes all rows out of the current app's database, and begins to number changes anew."""
    tables = [t for t in reversed(Base.metadata.sorted_tables) if t.name != "change_counter"]
    statements = [f"DELETE FROM {table.name}" for table in tables]
    statements.append(f"UPDATE {changes.ChangeCounter.__tablename__} SET sequence = 0")
    if db.engine.dialect.name == "postgresql":
        # Forty questions before each of thousands of tests are a minute.
        statements = ["; ".join(statements)]
    # The last request in this thread has set how long it waits: less than a busy server takes for many rows.
    with patience.at_most(EMPTIED_SECONDS), db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _copy(other: sqlite3.Connection, *, is_to_be_kept: bool = False) -> None:
    """Copies the database from the other one, or to it, outside of every transaction."""
    own = db.engine.raw_connection()
    driver: sqlite3.Connection = own.driver_connection  # type: ignore[assignment]
    try:
        if is_to_be_kept:
            driver.backup(other)
        else:
            other.backup(driver)
    finally:
        own.close()
