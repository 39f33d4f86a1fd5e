"""Reading articles for programs: whole ones for feeds, addresses for site maps."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from newsite.articles import paths
from newsite.articles.keys import MAP_PART_SIZE
from newsite.articles.models import Article, Kind, State
from newsite.db import MAX_ID, db
from newsite.media.models import Picture

FEED_SIZE = 20  # entries; a reader that looks in once a fortnight misses nothing
PART_SIZE = MAP_PART_SIZE


class Place(NamedTuple):
    """An address for a site map, and when what is there last changed."""

    path: str  # as it stands in a link
    changed_at: datetime


def newest(now: datetime, limit: int = FEED_SIZE) -> list[Article]:
    """The newest articles, newest first; text, section, tags and credits loaded."""
    query = (
        sa.select(Article)
        .where(Article.kind == Kind.article, *_is_public(now))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .options(
            undefer(Article.body_html),
            joinedload(Article.section),
            selectinload(Article.tags),
            selectinload(Article.credits),
            joinedload(Article.lead_picture).selectinload(Picture.renditions),
        )
    )
    return list(db.session.scalars(query.limit(limit)))


def parts(now: datetime) -> list[int]:
    """The numbers, from 1, of the parts of the site map that hold something.

    Part n covers the ids from (n - 1) * 1,000 + 1 to n * 1,000, so that an article never moves to
    another part. One query steps from part to part: what stands inside of them is not read.
    """
    first = sa.select(_first_after(sa.literal(0), now).label("id")).cte("steps", recursive=True)
    after = (first.c.id - 1) // PART_SIZE * PART_SIZE + PART_SIZE
    step = sa.select(_first_after(after, now)).where(first.c.id.is_not(None))
    steps = first.union_all(step)
    ids = db.session.scalars(sa.select(steps.c.id).where(steps.c.id.is_not(None)))
    return [(found - 1) // PART_SIZE + 1 for found in ids]


def part(number: int, now: datetime) -> list[Place]:
    """The articles and pages of one part of the site map, by id."""
    first, last = (number - 1) * PART_SIZE + 1, min(number * PART_SIZE, MAX_ID)
    if first > MAX_ID:  # PostgreSQL will not even compare an id with it
        return []
    query = (
        sa.select(Article.path, Article.updated_at, Article.published_at)
        .where(Article.id >= first, Article.id <= last, _is_seen(now))
        .order_by(Article.id)
    )
    return [
        Place(paths.encoded(path), max(at for at in (updated_at, published_at) if at))
        for path, updated_at, published_at in db.session.execute(query)
        if path
    ]


def _first_after(last: sa.ColumnElement[int], now: datetime) -> sa.ScalarSelect[int | None]:
    """The smallest id above `last` that readers may see; null after the last one."""
    return (
        sa.select(sa.func.min(Article.id)).where(Article.id > last, _is_seen(now)).scalar_subquery()
    )


def _is_public(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (Article.state == State.published, Article.published_at <= now)


def _is_seen(now: datetime) -> sa.ColumnElement[bool]:
    """The same, written so that rows are met in the order of their ids.

    SQLite would look every published article up by its state, and sort: 2 s for an index of 100,000.
    """
    is_found = Article.is_noindex.is_(False)
    return sa.case((sa.and_(is_found, *_is_public(now)), 1), else_=0) == 1
