"""The steps that bring a database made by any earlier newsite to this one's shape."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsite.db import db

FOLDER = Path(__file__).parent
UPGRADE_LOCK = 7_310_421  # any number: what PostgreSQL's advisory lock of upgrades is called
VERSION = sa.table("alembic_version", sa.column("version_num"))


class DatabaseNotReady(Exception):
    """The database does not have this newsite's shape; the message says what to do."""


def upgrade() -> None:
    """Brings the current app's database to this shape, or leaves it as it was.

    Raises DatabaseNotReady if the database was made by a newer newsite.
    """
    from newsite.migrations import steps  # noqa: PLC0415  # 10 MB that no server needs

    _refuse_newer(_revision())
    steps.upgrade()


def check() -> None:
    """Raises DatabaseNotReady, with the mend, unless the database has exactly this shape."""
    revision = _revision()
    if revision is None:
        raise DatabaseNotReady("The database is empty. Run: newsite upgrade")
    _refuse_newer(revision)
    if revision != revisions()[-1]:
        raise DatabaseNotReady("The database is of an older newsite. Run: newsite upgrade")


def knows(revision: str) -> bool:
    """Whether this newsite has the step that leads to this revision."""
    return revision in revisions()


@cache  # every probe of /readyz asks, and the files do not change under a running program
def revisions() -> list[str]:
    """What the steps lead to, the newest last. A step's file begins with its number, which is its revision."""
    steps = (FOLDER / "versions").glob("[0-9]*.py")
    return sorted(step.name.partition("_")[0] for step in steps)


def lock(connection: Connection) -> None:
    """Waits until nobody else changes the shape, and keeps them from it until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))


def bring(connection: Connection, revision: str) -> None:
    """Brings the database up to `revision` ("head": this shape) in the connection's own transaction.

    On SQLite the caller has switched foreign keys off before it began.
    """
    from newsite.migrations import steps  # noqa: PLC0415  # as in `upgrade`

    steps.bring(connection, revision)


def _revision() -> str | None:
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION.name):
            return None
        revision: str | None = connection.scalar(sa.select(VERSION.c.version_num))
        return revision


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and not knows(revision):
        raise DatabaseNotReady(
            f"The database was made by a newer newsite (its version is {revision}). "
            "Install that newsite, or restore a backup made by this one."
        )
