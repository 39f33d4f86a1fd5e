"""How many mails a minute go out, counted in the database for all workers together."""

from datetime import UTC, datetime

from newsite.limits.table import TableCounts

KEY = "mail-pace"
WINDOW_SECONDS = 60


def take(rate: int, now: datetime) -> datetime | None:
    """Takes one of the places of this minute; where there is none left, when the next ones are given.

    Not switched off with the limits for readers, nor counted in Redis: the provider of the mail server counts too.
    Called outside of a transaction, since it writes in one of its own.
    """
    counts = TableCounts(now)
    if counts.incr(KEY, WINDOW_SECONDS) <= rate:
        return None
    return datetime.fromtimestamp(counts.get_expiry(KEY), UTC)
