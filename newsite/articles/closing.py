"""When the time for replies to an article is over: nothing has to happen then but that the clock goes on."""

from datetime import datetime, timedelta


def closes_at(published_at: datetime | None, close_days: int | None) -> datetime | None:
    """When replies to an article of this time end by themselves; None: never."""
    if published_at is None or close_days is None:
        return None
    return published_at + timedelta(days=close_days)


def have_closed(published_at: datetime | None, close_days: int | None, now: datetime) -> bool:
    """Whether the time for replies to an article was over at `now`."""
    end = closes_at(published_at, close_days)
    return end is not None and end <= now
