"""What Today counts and lists: over all features, as far as it is the reader's to see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.models import Article, Kind, State
from newsite.audit import AuditEntry
from newsite.comments import queries as comments
from newsite.db import db

LISTED = 5  # articles under a heading; the rest is a click away
HAPPENED = 10  # lines of what happened


@dataclass(frozen=True)
class Today:
    """The numbers and lists of the desk's first page."""

    replies: int | None  # to be read; None: not this user's to read
    drafts: int
    scheduled: int
    own_drafts: list[Article]  # last saved first
    next_out: list[Article]  # in the order in which they appear; credits loaded
    happened: list[AuditEntry]  # newest first


def today(user: User, now: datetime) -> Today:
    """What waits for `user`: a writer sees what is their own, an editor everybody's."""
    mine = [] if user.is_editor else [Article.created_by_id == user.id]
    drafts = sa.select(Article).where(Article.state == State.draft)
    scheduled = sa.select(Article).where(
        Article.kind.in_(Kind), Article.state == State.published, Article.published_at > now, *mine
    )
    own = drafts.where(Article.created_by_id == user.id).options(joinedload(Article.section))
    return Today(
        replies=comments.to_do() if user.is_editor else None,
        drafts=_count(drafts.where(*mine)),
        scheduled=_count(scheduled),
        own_drafts=_first(own.order_by(Article.saved_at.desc(), Article.id.desc())),
        next_out=_first(
            scheduled.options(selectinload(Article.credits)).order_by(
                Article.published_at, Article.id
            )
        ),
        happened=audit.latest(HAPPENED, user_id=None if user.is_editor else user.id),
    )


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _first(query: sa.Select[Any]) -> list[Article]:
    return list(db.session.scalars(query.limit(LISTED)))
