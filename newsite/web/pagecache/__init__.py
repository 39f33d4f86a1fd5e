"""Public pages are made once and kept until something that they show has changed: DESIGN.md §6, docs/adr/0014."""

from newsite.web.pagecache.keys import collect, is_prepared_elsewhere, keep_nothing, until
from newsite.web.pagecache.public import public

__all__ = ["collect", "is_prepared_elsewhere", "keep_nothing", "public", "until"]
