"""How often articles were read: a number a day, and nothing about who read. docs/adr/0031. The caller commits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite.articles.models import Article, Reads, State
from newsite.db import db, insert
from newsite.paging import past_index

KEPT = timedelta(days=396)  # thirteen months: a month beside the same one of the year before
WEEK = timedelta(days=7)
MARGIN = 4  # times as many are looked at, since some may have been withdrawn meanwhile
LISTED = 5  # articles on the list of what was read most


class Day(NamedTuple):
    """An article, and the day on which it was read."""

    day: date  # in the site's zone
    article_id: int


class Read(NamedTuple):
    """An article, and how often it was read in some days."""

    article: Article
    times: int


def add(counted: Mapping[Day, int]) -> None:
    """Adds to what was counted before, here or by another worker; an article that is gone takes nothing."""
    article = sa.select(
        sa.bindparam("of_day", type_=sa.Date),
        Article.id,
        sa.bindparam("more", type_=sa.Integer),
    ).where(Article.id == sa.bindparam("of_article"))
    table: Any = Reads.__table__
    statement = insert(table).from_select(["day", "article_id", "count"], article)
    statement = statement.on_conflict_do_update(
        index_elements=["day", "article_id"],
        set_={"count": table.c.count + statement.excluded.count},
    )
    # In one order everywhere, so that two workers do not wait for each other.
    values = [
        {"of_day": one.day, "of_article": one.article_id, "more": counted[one]}
        for one in sorted(counted)
    ]
    db.session.connection().execute(statement, values)


def most(today: date, over: timedelta = WEEK, *, limit: int = LISTED) -> list[Read]:
    """The published articles that were read most in the days up to today, the most read first."""
    total = sa.func.sum(Reads.count)
    query = (
        sa.select(Reads.article_id, total)
        .where(Reads.day > today - over)
        .group_by(Reads.article_id)
        .order_by(total.desc(), Reads.article_id.desc())
        .limit(limit * MARGIN)
    )
    counts = {article_id: int(count) for article_id, count in db.session.execute(query)}
    # Asked for apart: together, all articles would be read.
    is_out = past_index(Article.state) == State.published  # by their ids, and not all that are
    out = sa.select(Article).where(Article.id.in_(counts), is_out)
    articles = {article.id: article for article in db.session.scalars(out)} if counts else {}
    found = [Read(articles[one], count) for one, count in counts.items() if one in articles]
    return found[:limit]


def of(article: Article, today: date, over: timedelta = WEEK) -> int:
    """How often an article was read in the days up to today."""
    query = sa.select(sa.func.sum(Reads.count)).where(
        Reads.article_id == article.id, Reads.day > today - over
    )
    return int(db.session.scalar(query) or 0)


def tidy(now: datetime) -> int:
    """Deletes the counts of days that nobody compares with any more; how many rows."""
    old = sa.delete(Reads).where(Reads.day < (now - KEPT).date())
    return db.session.connection().execute(old).rowcount
