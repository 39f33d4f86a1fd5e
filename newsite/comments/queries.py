"""Reading replies: the queue of the desk, and single ones. `pages.py` reads what stands under an article."""

import enum
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from newsite.accounts.emails import email_key
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.spam.model import HOLD_AT
from newsite.db import MAX_ID, db, has_words
from newsite.paging import Cursor, Page, cut, past_index

QUEUE_SIZE = 25  # replies on a page of the desk's queue
SEARCHED = 2_000  # replies of a list whose words are looked through, the newest
COUNTED = 1_000  # enough to know; beyond, a count would read the whole index


class Queue(enum.StrEnum):
    """A list of the desk; what waits is in two, so that spam does not hide what readers wrote."""

    waiting = "pending"
    likely_spam = "likely-spam"
    reported = "reported"
    appeals = "appeals"
    approved = "approved"
    spam = "spam"
    trash = "trash"


# What an editor has to see to; likely spam can wait.
TO_DO = (Queue.waiting, Queue.reported, Queue.appeals)
_MOMENT = {Queue.reported: Comment.reported_at, Queue.appeals: Comment.appealed_at}


@dataclass(frozen=True)
class Sought:
    """What a list of the desk is narrowed to: replies that fit all that is given."""

    article_id: int | None = None
    email: str = ""
    network: str = ""  # as `limits.prefix` writes it
    words: str = ""  # in the name, the website or the text

    def __bool__(self) -> bool:
        return self != Sought()


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
    return sa.select(above.union(higher).c.id)


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
    return sa.select(above.union(higher).c.id)


def queue(
    which: Queue | Status,
    before: Cursor | None = None,
    limit: int = QUEUE_SIZE,
    *,
    sought: Sought | None = None,
) -> Page[Comment]:
    """Replies of this list, newest first, each with its article and all decisions and their people.

    Newest is what was sent last, or reported or appealed against last.
    """
    which, sought = Queue(which), sought or Sought()
    query = _with_article().where(*_conditions(which, sought))
    query = query.options(
        joinedload(Comment.parent),
        selectinload(Comment.entries).selectinload(ModerationEntry.by),
    )
    place = _place(which, sought)
    if before is not None:
        here = sa.tuple_(sa.literal(before.at), sa.literal(before.id))
        query = query.where(sa.tuple_(*place) < here)
    rows = db.session.scalars(query.order_by(*_newest(place)).limit(limit + 1)).all()
    name = _MOMENT.get(which, Comment.created_at).key
    return cut(rows, limit, lambda comment: Cursor(getattr(comment, name), comment.id))


def back_again() -> list[Comment]:
    """Replies that were on their page and wait again, since their writer changed them: of the last decisions."""
    entry = ModerationEntry
    last = sa.select(entry.comment_id, entry.old_status, entry.new_status, entry.rule)
    few = last.order_by(entry.id.desc()).limit(SEARCHED).subquery()
    moved = sa.select(few.c.comment_id).where(
        few.c.old_status == Status.approved,
        few.c.new_status == Status.pending,
        few.c.rule != "",  # an editor whose account is gone is nobody either
    )
    waits = past_index(Comment.status) == Status.pending
    query = _with_article().where(Comment.id.in_(moved), waits, *_likelihood(Queue.waiting))
    return list(db.session.scalars(query.options(selectinload(Comment.entries))))


def count(which: Queue, sought: Sought) -> int:
    """How many replies of a list fit, 1,000 standing for that many and more."""
    few = sa.select(sa.literal(1)).where(*_conditions(which, sought)).limit(COUNTED).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def counts() -> dict[Queue, int]:
    """How many replies each list has, 1,000 standing for that many and more."""
    rows = (
        sa.select(sa.literal(1)).where(*_in_queue(which)).limit(COUNTED).subquery()
        for which in Queue
    )
    columns = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in rows]
    return dict(zip(Queue, db.session.execute(sa.select(*columns)).one(), strict=True))


def to_do() -> int:
    """How many replies an editor has to see to."""
    found = counts()
    return sum(found[which] for which in TO_DO)


def _in_queue(which: Queue) -> list[sa.ColumnElement[bool]]:
    if which in _MOMENT:
        return [_MOMENT[which].is_not(None)]
    return [Comment.status == _status(which), *_likelihood(which)]


def _conditions(which: Queue, sought: Sought) -> list[sa.ColumnElement[bool]]:
    found = _in_queue(which)
    if not sought:
        return found
    if equal := _equal(sought):
        # By the index of what is sought, not by the list's: that could be walked to its end for nothing.
        is_listed = (
            [_MOMENT[which].is_not(None)]
            if which in _MOMENT
            else [past_index(Comment.status) == _status(which), *_likelihood(which)]
        )
        found = [*equal, *is_listed]
    if not sought.words:
        return found
    columns = (Comment.author_name, Comment.website, Comment.body)
    newest = sa.select(Comment.id, *columns).where(*found)
    few = newest.order_by(*_newest(_place(which, sought))).limit(SEARCHED).subquery()
    in_few = (few.c[column.key] for column in columns)
    return [Comment.id.in_(sa.select(few.c.id).where(has_words(sought.words, *in_few)))]


def _status(which: Queue) -> Status:
    return Status.pending if which is Queue.likely_spam else Status(which.value)


def _likelihood(which: Queue) -> list[sa.ColumnElement[bool]]:
    if which is Queue.likely_spam:
        return [Comment.spam_score >= HOLD_AT]
    is_waiting = which is Queue.waiting
    return [sa.func.coalesce(Comment.spam_score, 0.0) < HOLD_AT] if is_waiting else []


def _place(which: Queue, sought: Sought) -> tuple[Any, Any]:
    """What a list is ordered by."""
    at = _MOMENT.get(which, Comment.created_at)
    return (past_index(at) if _equal(sought) else at), Comment.id


def _newest(place: tuple[Any, Any]) -> tuple[Any, Any]:
    return place[0].desc(), place[1].desc()


def _equal(sought: Sought) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if sought.article_id is not None:
        conditions.append(Comment.article_id == sought.article_id)
    if sought.email:
        conditions.append(Comment.email_key == email_key(sought.email))
    if sought.network:  # the index knows only replies that have one
        conditions += [Comment.network == sought.network, Comment.network != ""]
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
