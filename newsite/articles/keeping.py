"""What kept pages need to know: whose neighbours change, and when a page changes by itself."""

from datetime import datetime

import sqlalchemy as sa

from newsite.articles.models import Article, Kind, State
from newsite.db import UTCDateTime, db


def beside(at: datetime, article_id: int) -> list[int]:
    """The ids of the published articles before and after a place, scheduled ones too, but the place's own.

    What is public at any time is the beginning of this order: whoever changes who stands beside
    whom in it, changes these two and nobody else.
    """
    place = sa.tuple_(sa.literal(at, UTCDateTime()), sa.literal(article_id))
    here = sa.tuple_(Article.published_at, Article.id)
    published = sa.select(Article.id).where(
        Article.kind == Kind.article, Article.state == State.published
    )
    newest_first = Article.published_at.desc(), Article.id.desc()
    before = published.where(here < place).order_by(*newest_first).limit(1)
    after = published.where(here > place).order_by(Article.published_at, Article.id).limit(1)
    ids = sa.union_all(*(sa.select(side.subquery().c.id) for side in (before, after)))
    return list(db.session.scalars(ids))


def next_scheduled(
    now: datetime | sa.BindParameter[datetime],
) -> sa.ScalarSelect[datetime | None]:
    """When the next scheduled article or page appears, for a query that asks for more; null if none does."""
    firsts = [
        sa.select(sa.func.min(Article.published_at).label("at")).where(
            Article.kind == kind, Article.state == State.published, Article.published_at > now
        )
        for kind in Kind
    ]
    return sa.select(sa.func.min(sa.union_all(*firsts).subquery().c.at)).scalar_subquery()


def next_unstuck(now: datetime) -> datetime | None:
    """When the next article stops to be kept at the top of the front page."""
    query = sa.select(sa.func.min(Article.sticky_until))
    return db.session.scalar(query.where(Article.is_sticky, Article.sticky_until > now))
