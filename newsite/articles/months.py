"""Which months have articles, and how many each: from numbers that are kept, so that none is counted."""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from newsite.articles import listing
from newsite.articles.models import Article, MonthCount
from newsite.db import UTCDateTime, db


class Month(NamedTuple):
    """A month that has articles, and how many."""

    first_day: date
    articles: int


def listed(zone: ZoneInfo, now: datetime) -> list[Month]:
    """The months that have articles, newest first.

    What is scheduled is in the kept numbers, and is taken off again. A site that has just moved to this
    zone has none for it until something is published: then all is counted here.
    """
    kept = sa.select(MonthCount.first_day, MonthCount.articles)
    kept = kept.where(MonthCount.timezone == zone.key)
    counts = Counter({row.first_day: row.articles for row in db.session.execute(kept)})
    unkept = Article.listed_at > now if counts else Article.listed_at <= now
    instants = db.session.scalars(sa.select(Article.listed_at).where(unkept))
    others = listing.counted(filter(None, instants), zone)
    if counts:
        counts.subtract(others)
    else:
        counts = others
    newest_first = sorted(counts.items(), reverse=True)
    return [Month(first_day, count) for first_day, count in newest_first if count > 0]


def miscounted() -> list[date]:
    """The months whose kept number is wrong, oldest first; counted in the zone that it was kept in.

    Where none is kept, all that have articles, then by UTC, are wrong: pages are right, and slow.
    """
    no_zone, no_day = sa.null().label("timezone"), sa.null().label("first_day")
    nobody = sa.cast(sa.null(), UTCDateTime()).label("listed_at")
    kept = sa.select(MonthCount.timezone, MonthCount.first_day, MonthCount.articles, nobody)
    at = Article.listed_at
    listed_at = sa.select(no_zone, no_day, sa.null(), at).where(at.is_not(None))
    # One statement: between two, somebody might publish.
    rows: Any = db.session.execute(sa.union_all(kept, listed_at)).all()
    says = {(row.timezone, row.first_day): row.articles for row in rows if row.timezone}
    instants = [row.listed_at for row in rows if not row.timezone]
    has = {
        (name, day): count
        for name in {name for name, _ in says} or {"UTC"}
        for day, count in listing.counted(instants, ZoneInfo(name)).items()
    }
    return sorted({key[1] for key in says | has if says.get(key, 0) != has.get(key, 0)})


def beside(first_day: date, zone: ZoneInfo, now: datetime) -> tuple[date | None, date | None]:
    """The months with articles that are nearest before and after this one."""
    begin, end = bounds(first_day, zone)
    at = Article.listed_at
    before = sa.select(sa.func.max(at)).where(at < begin, at <= now).scalar_subquery()
    after = sa.select(sa.func.min(at)).where(at >= end, at <= now).scalar_subquery()
    found = db.session.execute(sa.select(before, after)).one()
    earlier, later = (listing.month(one, zone) if one else None for one in found)
    return earlier, later


def bounds(first_day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a month begins and ends in `zone`."""
    following = date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first_day, following))
    return begin, end
