"""Reading replies: the queue of the desk, and single ones. `pages.py` reads what stands under an article."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.spam.model import HOLD_AT
from newsite.db import MAX_ID, db
from newsite.paging import Cursor, Page, cut

QUEUE_SIZE = 25  # replies on a page of the desk's queue
COUNTED = 1_000  # enough to know; beyond, a count would read the whole index


class Queue(enum.StrEnum):
    """A list of the desk; what waits is in two, so that spam does not hide what readers wrote."""

    waiting = "pending"
    likely_spam = "likely-spam"
    approved = "approved"
    spam = "spam"
    trash = "trash"

    @property
    def status(self) -> Status:
        """Where the replies of this list are."""
        return Status.pending if self is Queue.likely_spam else Status(self.value)


def by_id(comment_id: int) -> Comment | None:
    """The comment with this id, wherever it is, with its article."""
    return db.session.scalar(_with_article().where(Comment.id == comment_id))


def by_ids(comment_ids: list[int]) -> list[Comment]:
    """The comments with these ids, in their order, with their articles; unknown ids are left out."""
    known = [number for number in comment_ids if 0 < number <= MAX_ID]
    return list(
        db.session.scalars(_with_article().where(Comment.id.in_(known)).order_by(Comment.id))
    )


def entries_by_ids(entry_ids: list[int]) -> list[ModerationEntry]:
    """The decisions with these ids, in their order, each with its comment and all decisions about it."""
    known = [number for number in entry_ids if 0 < number <= MAX_ID]
    query = sa.select(ModerationEntry).where(ModerationEntry.id.in_(known))
    comment = joinedload(ModerationEntry.comment)
    query = query.options(
        comment.selectinload(Comment.entries), comment.joinedload(Comment.article)
    )
    return list(db.session.scalars(query.order_by(ModerationEntry.id)))


def answerable(article_id: int, comment_id: int | None) -> Comment | None:
    """The comment, if it is on the article's page for readers to answer; else None."""
    if comment_id is None or not 0 < comment_id <= MAX_ID:
        return None
    return db.session.scalar(
        sa.select(Comment).where(
            Comment.id == comment_id,
            Comment.article_id == article_id,
            Comment.status == Status.approved,
        )
    )


def with_fingerprint(article_id: int, fingerprint: str) -> Comment:
    """The reply to this article with this fingerprint."""
    return db.session.scalars(
        sa.select(Comment).where(
            Comment.article_id == article_id, Comment.fingerprint == fingerprint
        )
    ).one()


def has_answers_on_page(comment: Comment) -> bool:
    """Whether an answer to this comment is on the page, be it as a gap."""
    answer = sa.exists().where(Comment.parent_id == comment.id, Comment.is_on_page)
    return bool(db.session.scalar(sa.select(answer)))


def bare_above(comment: Comment) -> sa.Select[int]:
    """The ids of those above this comment that are not on the page, up to the first that is, for an UPDATE."""
    above = (
        sa.select(Comment.id, Comment.parent_id)
        .where(Comment.id == comment.parent_id, Comment.is_on_page.is_(False))
        .cte("above", recursive=True)
    )
    higher = sa.select(Comment.id, Comment.parent_id).where(
        Comment.id == above.c.parent_id, Comment.is_on_page.is_(False)
    )
    return sa.select(above.union_all(higher).c.id)


def gaps_above(comment: Comment) -> sa.Select[int]:
    """The ids of the gaps above this comment that nothing holds without it, up to what stays, for an UPDATE."""
    above = (
        sa.select(Comment.id, Comment.parent_id)
        .where(Comment.id == comment.parent_id, *_is_gap_but_for(comment.id))
        .cte("above", recursive=True)
    )
    higher = sa.select(Comment.id, Comment.parent_id).where(
        Comment.id == above.c.parent_id, *_is_gap_but_for(above.c.id)
    )
    return sa.select(above.union_all(higher).c.id)


def queue(
    which: Queue | Status, before: Cursor | None = None, limit: int = QUEUE_SIZE
) -> Page[Comment]:
    """Replies of this list, newest first, each with its article and all decisions and their people."""
    query = _with_article().where(*_in_queue(Queue(which)))
    query = query.options(
        joinedload(Comment.parent),
        selectinload(Comment.entries).selectinload(ModerationEntry.by),
    )
    if before is not None:
        here = sa.tuple_(Comment.created_at, Comment.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    query = query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(limit + 1)
    rows = db.session.scalars(query).all()
    return cut(rows, limit, lambda comment: Cursor(comment.created_at, comment.id))


def counts() -> dict[Queue, int]:
    """How many replies each list has, 1,000 standing for that many and more."""
    rows = (
        sa.select(sa.literal(1)).where(*_in_queue(which)).limit(COUNTED).subquery()
        for which in Queue
    )
    columns = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in rows]
    return dict(zip(Queue, db.session.execute(sa.select(*columns)).one(), strict=True))


def _in_queue(which: Queue) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Comment.status == which.status]
    if which is Queue.likely_spam:
        conditions.append(Comment.spam_score >= HOLD_AT)
    elif which is Queue.waiting:
        conditions.append(sa.func.coalesce(Comment.spam_score, 0.0) < HOLD_AT)
    return conditions


def _is_gap_but_for(
    answer: int | sa.ColumnElement[int],
) -> tuple[sa.ColumnElement[bool], ...]:
    """That a comment is a gap, to which no answer but this one is on the page."""
    other = aliased(Comment)
    holds = sa.exists().where(
        other.parent_id == Comment.id, other.is_on_page.is_(True), other.id != answer
    )
    return Comment.is_on_page.is_(True), Comment.status != Status.approved, ~holds


def _with_article() -> sa.Select[Comment]:
    return sa.select(Comment).options(joinedload(Comment.article))
