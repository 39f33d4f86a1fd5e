"""What HTTP caches in front are told of a kept page: how long they may keep it, and by which keys they drop it.

DESIGN.md §6 and docs/adr/0018. Where NEWSITE_PURGE_URLS names no cache that is told of changes, a
page is theirs for a second; else for minutes, with its keys in `Surrogate-Key`.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from newsite.web.headers import PUBLIC
from newsite.web.pagecache.variants import Headers

FRESH = 300  # seconds; as long as a page may be wrong in a cache that every purge has missed
REVALIDATE = 30  # seconds more in which a cache may answer first and ask then
ON_ERROR = 86_400  # seconds for which readers read on while nobody answers: a day
PURGED = (
    f"public, max-age=0, s-maxage={FRESH}, stale-while-revalidate={REVALIDATE}, "
    f"stale-if-error={ON_ERROR}"
)
MAX_KEYS_CHARS = 4_000  # servers refuse longer headers: nginx and Varnish from 8 kB, others earlier
_LONGEST = {PUBLIC: timedelta(seconds=1), PURGED: timedelta(seconds=FRESH + REVALIDATE)}


class Front(NamedTuple):
    """What stands in front of the site, as far as a page's headers depend on it."""

    is_purged: bool  # the worker tells caches by key what has changed

    def marked(self, headers: Headers, status: str, keys: Iterable[str]) -> Headers:
        """The headers with which a page is kept.

        One with more keys than a header may hold stays a page for a second. So does one that says
        that nothing is there: whoever publishes something there does not know under which keys.
        """
        named = " ".join(sorted(keys))
        if not self.is_purged or status.startswith("404") or len(named) > MAX_KEYS_CHARS:
            return headers
        if ("Cache-Control", PUBLIC) not in headers:
            return headers
        return [*_controlled(headers, PURGED), ("Surrogate-Key", named)]


def told(headers: Headers, left: timedelta | None, *, is_certain: bool) -> Headers:
    """The headers for now, when `left` remains until the page ends by the clock; None is for ever.

    A page that is not certain to be as the database has it is given away for a second at most.
    """
    control = next((value for name, value in headers if name == "Cache-Control"), "")
    if control not in _LONGEST:
        return headers
    bounded = control if is_certain else PUBLIC
    if left is not None and left < _LONGEST[bounded]:
        bounded = _until(bounded, max(0, int(left.total_seconds())))
    return headers if bounded == control else _controlled(headers, bounded)


def _until(control: str, seconds: int) -> str:
    """The same, but nothing is fresh after so many seconds."""
    if control == PUBLIC:
        return PUBLIC.replace("s-maxage=1", f"s-maxage={min(1, seconds)}")
    fresh = min(FRESH, seconds)
    return (
        f"public, max-age=0, s-maxage={fresh}, stale-while-revalidate={seconds - fresh}, "
        f"stale-if-error={ON_ERROR}"
    )


def _controlled(headers: Headers, control: str) -> Headers:
    return [(name, control if name == "Cache-Control" else value) for name, value in headers]
