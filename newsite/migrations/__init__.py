"""The steps that bring a database made by any earlier newsite to this one's shape."""

from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import Connection

# Imported for their tables: what is not imported, Alembic would take for gone.
from newsite import audit, changes, limits, outbox  # noqa: F401
from newsite.accounts import models as accounts  # noqa: F401
from newsite.articles import models as articles  # noqa: F401
from newsite.comments import models as comments  # noqa: F401
from newsite.comments.spam import models as spam  # noqa: F401
from newsite.db import UTCDateTime, db
from newsite.site import models as site  # noqa: F401

FOLDER = Path(__file__).parent
UPGRADE_LOCK = 7_310_421  # any number: what PostgreSQL's advisory lock of upgrades is called
SEARCH_TABLES = "_fts"  # search's own tables carry this in their names; models do not know them


class DatabaseNotReady(Exception):
    """The database does not have this newsite's shape; the message says what to do."""


def include_name(name: str | None, type_: str, parents: object) -> bool:
    """Whether Alembic may look at a table: never at those that belong to search, or it would drop them."""
    return type_ != "table" or SEARCH_TABLES not in (name or "")


def render_item(type_: str, item: object, context: object) -> str | Literal[False]:
    """How a column's type is written into a migration: without our classes, which may change after it."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UTCDateTime) else False


migrate = Migrate(
    directory=str(FOLDER), render_as_batch=True, include_name=include_name, render_item=render_item
)


def init_app(app: Flask) -> None:
    """Ties the migrations to the app's database."""
    migrate.init_app(app, db)


def configuration() -> Config:
    """Alembic's configuration for the current app; prints nothing."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade() -> None:
    """Brings the current app's database to this shape, or leaves it as it was.

    Raises DatabaseNotReady if the database was made by a newer newsite.
    """
    _refuse_newer(_revision())
    command.upgrade(configuration(), "head")


def check() -> None:
    """Raises DatabaseNotReady, with the mend, unless the database has exactly this shape."""
    revision = _revision()
    if revision is None:
        raise DatabaseNotReady("The database is empty. Run: newsite upgrade")
    _refuse_newer(revision)
    if revision != _scripts().get_current_head():
        raise DatabaseNotReady("The database is of an older newsite. Run: newsite upgrade")


def knows(revision: str) -> bool:
    """Whether this newsite has the step that leads to this revision."""
    return any(step.revision == revision for step in _scripts().walk_revisions())


def lock(connection: Connection) -> None:
    """Waits until nobody else changes the shape, and keeps them from it until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))


def bring(connection: Connection, revision: str) -> None:
    """Brings the database up to `revision` ("head": this shape) in the connection's own transaction.

    On SQLite the caller has switched foreign keys off before it began.
    """
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@cache  # every probe of /readyz asks, and the files do not change under a running program
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _revision() -> str | None:
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(revision: str | None) -> None:
    try:
        _scripts().get_revision(revision or "head")
    except CommandError:
        raise DatabaseNotReady(
            f"The database was made by a newer newsite (its version is {revision}). "
            "Install that newsite, or restore a backup made by this one."
        ) from None
