"""What Today counts and lists: over all features, as far as it is the reader's to see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from newsite import audit
from newsite.accounts.models import User
from newsite.articles import autosaving, links, notes, reads
from newsite.articles.models import Article, Kind, SavedDraft, State
from newsite.articles.reads import Read
from newsite.audit import AuditEntry
from newsite.comments import queries as comments
from newsite.db import db
from newsite.web.context import current_site

LISTED = 5  # articles under a heading; the rest is a click away
HAPPENED = 10  # lines of what happened


@dataclass(frozen=True)
class Today:
    """The numbers and lists of the desk's first page."""

    replies: int | None  # to be read; None: not this user's to read
    in_review: int
    drafts: int
    scheduled: int
    broken: int  # links to this site that lead nowhere
    begun: list[SavedDraft]  # what one typed as a new article and never saved, newest first
    own_drafts: list[Article]  # last saved first
    open_notes: dict[int, int]  # about one's own drafts, by their ids
    waiting: list[Article]  # in review, who waits longest first; their writers loaded
    next_out: list[Article]  # in the order in which they appear; credits loaded
    most_read: list[Read] | None  # of the last seven days; None: the site counts nothing
    happened: list[AuditEntry]  # newest first


def today(user: User, now: datetime) -> Today:
    """What waits for `user`: a writer sees what is their own, an editor everybody's."""
    mine = [] if user.is_editor else [Article.created_by_id == user.id]
    drafts = sa.select(Article).where(Article.state == State.draft)
    review = sa.select(Article).where(Article.state == State.review, *mine)
    scheduled = sa.select(Article).where(
        Article.kind.in_(Kind), Article.state == State.published, Article.published_at > now, *mine
    )
    own = drafts.where(Article.created_by_id == user.id).options(joinedload(Article.section))
    own_drafts = _first(own.order_by(Article.saved_at.desc(), Article.id.desc()))
    return Today(
        replies=comments.to_do() if user.is_editor else None,
        in_review=_count(review),
        drafts=_count(drafts.where(*mine)),
        scheduled=_count(scheduled),
        broken=links.count(writer=None if user.is_editor else user.id),
        begun=autosaving.begun(user)[:LISTED],
        own_drafts=own_drafts,
        open_notes=notes.open_about(own_drafts),
        waiting=_first(
            review.options(joinedload(Article.created_by)).order_by(Article.saved_at, Article.id)
        ),
        next_out=_first(
            scheduled.options(selectinload(Article.credits)).order_by(
                Article.published_at, Article.id
            )
        ),
        most_read=_most_read(now),
        happened=audit.latest(HAPPENED, user_id=None if user.is_editor else user.id),
    )


def _most_read(now: datetime) -> list[Read] | None:
    """Everybody's, since it is about what readers see."""
    site = current_site()
    return reads.most(now.astimezone(site.zone).date()) if site.counts_reads else None


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _first(query: sa.Select[Any]) -> list[Article]:
    return list(db.session.scalars(query.limit(LISTED)))
