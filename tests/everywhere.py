"""All that is in a database, as one text to search: also tables that no model describes."""

import sqlalchemy as sa

from newsite.db import db


def everywhere() -> str:
    """Every column of every row of every table, whatever its type."""
    tables = sa.inspect(db.session.connection()).get_table_names()
    assert "comments" in tables
    return "\n".join(_rows(name) for name in tables)


def _rows(name: str) -> str:
    rows = db.session.execute(sa.text(f'SELECT * FROM "{name}"')).all()
    return "\n".join(" ".join(_text(value) for value in row) for row in rows)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
