"""Alembic, told about our models, for whoever changes the database's shape.

Its 10 MB (Mako and Pygments with it) are for `newsite upgrade`, `newsite restore` and `flask db`. A server
asks newsite.migrations, and never imports this.
"""

from typing import Any, Literal

from alembic import command
from alembic.config import Config
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import Connection

import newsite

# Imported for their tables: what is not imported, Alembic would take for gone.
from newsite import audit, changes, limits, outbox  # noqa: F401
from newsite.accounts import models as accounts  # noqa: F401
from newsite.articles import models as articles  # noqa: F401
from newsite.comments import models as comments  # noqa: F401
from newsite.comments.spam import models as spam  # noqa: F401
from newsite.db import UTCDateTime, db
from newsite.mail import models as mail  # noqa: F401
from newsite.migrations import FOLDER
from newsite.site import models as site  # noqa: F401

SEARCH_TABLES = "_fts"  # search's own tables carry this in their names; models do not know them


def include_name(name: str | None, type_: str, parents: object) -> bool:
    """Whether Alembic may look at a table: never at those that belong to search, or it would drop them."""
    return type_ != "table" or SEARCH_TABLES not in (name or "")


def render_item(type_: str, item: object, context: object) -> str | Literal[False]:
    """How a column's type is written into a migration: without our classes, which may change after it."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UTCDateTime) else False


OPTIONS: dict[str, Any] = {
    "compare_type": True,
    "render_as_batch": True,
    "include_name": include_name,
    "render_item": render_item,
}


def create_app() -> Flask:
    """The site with the commands of `flask db`, for whoever writes a step: `flask --app newsite.migrations.steps`."""
    app = newsite.create_app()
    Migrate(app, db, directory=str(FOLDER), **OPTIONS)
    return app


def configuration() -> Config:
    """Alembic's configuration for the current app; prints nothing."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade() -> None:
    """Brings the current app's database to this shape, whatever it has."""
    command.upgrade(configuration(), "head")


def bring(connection: Connection, revision: str) -> None:
    """Brings the database up to `revision` in the connection's own transaction."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
