"""How lists of articles are walked: through an index, from a place on, as far as a page reaches."""

from datetime import datetime
from typing import Any, TypeVarTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from newsite.articles.models import Article, Kind, State
from newsite.db import db
from newsite.media.models import Picture
from newsite.paging import Cursor, Page, cut

Columns = TypeVarTuple("Columns")
ORDER = (Article.published_at, Article.id)
IS_ARTICLE: tuple[sa.ColumnElement[bool], ...] = (
    Article.kind == Kind.article,
    Article.state == State.published,
)


def place(article: Article) -> Cursor:
    """Where a published article stands in a list."""
    assert article.published_at is not None
    return Cursor(article.published_at, article.id)


def is_listed(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that an article meets which stands in lists at this time."""
    return (*IS_ARTICLE, Article.published_at <= now)


def loaded(query: sa.Select[Article]) -> sa.Select[Article]:
    """The query, with sections, credits and lead pictures loaded."""
    pictures = joinedload(Article.lead_picture).selectinload(Picture.renditions)
    return query.options(joinedload(Article.section), selectinload(Article.credits), pictures)


def articles() -> sa.Select[Article]:
    """All articles that stand or will stand in lists; section and credits loaded."""
    return loaded(sa.select(Article)).where(*IS_ARTICLE)


def listed(now: datetime) -> sa.Select[Article]:
    """The articles that stand in lists at this time; section and credits loaded."""
    return articles().where(Article.published_at <= now)


def newest(query: sa.Select[*Columns]) -> sa.Select[*Columns]:
    """The query, newest article first."""
    return query.order_by(Article.published_at.desc(), Article.id.desc())


def page(
    query: sa.Select[Article],
    until: datetime,
    *,
    before: Cursor | None,
    limit: int,
    order: tuple[Any, Any] = ORDER,
) -> Page[Article]:
    """A page of the list that `order`, a time and an id, has in its index; newest first."""
    query = query.where(up_to(order, until, before))
    query = query.order_by(*(column.desc() for column in order)).limit(limit + 1)
    return cut(db.session.scalars(query).all(), limit, place)


def up_to(order: tuple[Any, Any], until: datetime, before: Cursor | None) -> sa.ColumnElement[bool]:
    """Where a walk begins, as one bound: of two, SQLite uses the looser, and reads all that is between."""
    if before is None or before.at > until:
        return cast(sa.ColumnElement[bool], order[0] <= until)
    return sa.tuple_(*order) < as_tuple(before)


def as_tuple(cursor: Cursor) -> sa.Tuple:
    """A place in a list, to be compared with an ORDER."""
    return sa.tuple_(sa.literal(cursor.at), sa.literal(cursor.id))
