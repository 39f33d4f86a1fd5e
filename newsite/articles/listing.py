"""Where an article stands in lists, said on all that lists are read from, so that no list has to be sorted.

An article's `listed_at` is repeated on its tags and credits, whose indexes then are the lists of a tag
and of a contributor; and every month knows how many articles it has. Whoever changes an article's
kind, state, time, tags or credits calls `keep` afterwards. docs/adr/0015 says why.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from newsite.articles.models import Article, Credit, Kind, MonthCount, State, article_tags
from newsite.db import db, insert
from newsite.site.models import Site


def keep(article: Article, *, site: Site) -> None:
    """Writes the article, and where it stands from now on; one that stands in no list is taken out of all."""
    is_listed = article.kind is Kind.article and article.state is State.published
    before, article.listed_at = article.listed_at, article.published_at if is_listed else None
    db.session.flush()  # its tags and credits have to be there
    for table in (article_tags, Credit.__table__):
        stands = sa.update(table).where(  # type: ignore[arg-type]
            table.c.article_id == article.id,
            table.c.listed_at.is_distinct_from(article.listed_at),
        )
        db.session.execute(stands.values(listed_at=article.listed_at))
    _count(before, article.listed_at, site)


def month(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that an instant is in."""
    return at.astimezone(zone).date().replace(day=1)


def counted(instants: Iterable[datetime], zone: ZoneInfo) -> Counter[date]:
    """How many of the instants each month has, by its first day."""
    return Counter(month(at, zone) for at in instants)


def misplaced(limit: int) -> list[int]:
    """The numbers of articles that stand elsewhere in some list than they should, so many at most."""
    found: set[int] = set()
    for table, article_id, listed_at in _places():
        query = sa.select(article_id).where(table.c.listed_at.is_distinct_from(listed_at))
        found.update(db.session.scalars(query.distinct().order_by(article_id).limit(limit)))
    return sorted(found)[:limit]


def keep_all(site: Site) -> None:
    """Writes where every article stands, for those that were stored in another way than by the actions."""
    place_all()
    recount(site)


def place_all() -> int:
    """Writes where every article, tag and credit stands, and says how many rows stood elsewhere."""
    moved = 0
    for table, _, listed_at in _places():
        change = sa.update(table).where(table.c.listed_at.is_distinct_from(listed_at))
        result: Any = db.session.execute(change.values(listed_at=listed_at))
        moved += result.rowcount
    return moved


def recount(site: Site) -> None:
    """Counts the articles of every month anew: after a change of the site's zone, which moves them."""
    # One at a time: of two, the second would add its numbers to those that it could not see, and so not delete.
    db.session.execute(sa.select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    listed = sa.select(Article.listed_at).where(Article.listed_at.is_not(None))
    months = counted(filter(None, db.session.scalars(listed)), site.zone)
    db.session.execute(sa.delete(MonthCount))
    for first_day, articles in sorted(months.items()):
        _add(first_day, articles, site)


def _places() -> Iterator[tuple[sa.Table, sa.ColumnElement[int], sa.ColumnElement[Any]]]:
    """Every table that says where articles stand: its column with their numbers, and what it should say."""
    articles, credits_ = cast(sa.Table, Article.__table__), cast(sa.Table, Credit.__table__)
    is_listed = sa.and_(Article.kind == Kind.article, Article.state == State.published)
    stands = sa.case((is_listed, Article.published_at))
    yield articles, articles.c.id, stands
    for table in (article_tags, credits_):
        theirs = sa.select(stands).where(Article.id == table.c.article_id)
        yield table, table.c.article_id, theirs.scalar_subquery()


def _count(before: datetime | None, after: datetime | None, site: Site) -> None:
    elsewhere = sa.exists().where(MonthCount.timezone != site.timezone)
    if db.session.scalar(sa.select(elsewhere)):
        recount(site)
        return
    steps: Counter[date] = Counter()
    if before is not None:
        steps[month(before, site.zone)] -= 1
    if after is not None:
        steps[month(after, site.zone)] += 1
    for first_day, step in sorted(steps.items()):  # in one order, so that nobody waits in a circle
        if step:
            _add(first_day, step, site)


def _add(first_day: date, articles: int, site: Site) -> None:
    row = insert(MonthCount).values(timezone=site.timezone, first_day=first_day, articles=articles)
    total = MonthCount.articles + row.excluded.articles
    keys = ["timezone", "first_day"]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"articles": total}))
