"""Public pages are made once and kept until something that they show has changed: DESIGN.md §6, docs/adr/0014."""

from newsite.web.pagecache.keys import (
    collect,
    collect_printed,
    counts_as_read,
    is_prepared_elsewhere,
    is_rendering,
    keep_nothing,
    until,
)
from newsite.web.pagecache.public import public, without_database

__all__ = [
    "collect",
    "collect_printed",
    "counts_as_read",
    "is_prepared_elsewhere",
    "is_rendering",
    "keep_nothing",
    "public",
    "until",
    "without_database",
]
