"""Which tables an archive carries: all that the models describe, but those named here with their reason."""

from typing import Any

import sqlalchemy as sa

from newsite.db import Base

LEFT_OUT = {
    "sessions": "whoever holds a backup, or a device signed out since, must not be signed in by it",
    "rate_counts": "counts of the last minutes mean nothing later",
    "changes": "kept pages of another count are dropped whole",
    "change_counter": "its number is in the manifest; a restore begins a new count",
}


def carried() -> dict[str, sa.Table]:
    """The tables that go into an archive, by name, in the order of their names."""
    found = Base.metadata.tables
    return {name: found[name] for name in sorted(found) if name not in LEFT_OUT}


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that hold something: not those that the database computes."""
    return [column for column in table.columns if column.computed is None]
