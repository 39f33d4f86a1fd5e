"""What stands around a reply, for an editor who decides about it: its thread, and what else its writer sent."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from newsite.comments import threads
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.queries import COUNTED
from newsite.db import db
from newsite.paging import Cursor, Page, cut

MOST_ABOVE = 10  # answers to answers are read upwards so far
MOST_BESIDE = 5  # on each side, with the same parent
MOST_BELOW = 10
MOST_OF_WRITER = 20
DECISIONS = 50  # on a page of the log


@dataclass(frozen=True)
class Thread:
    """A reply among others, each list in the order of reading."""

    above: list[Comment]  # what it answers, the first of the thread first
    before: list[Comment]  # what answers the same
    after: list[Comment]
    below: list[Comment]  # what answers it


class Writer(NamedTuple):
    """What came from a reply's mail address, whoever typed it."""

    counts: dict[Status, int]  # of 1,000 at most
    confirmed: int  # of all, those whose address a mailed link confirmed
    latest: list[Comment]  # newest first, each with its article, without the reply itself


def thread(comment: Comment) -> Thread:
    """The replies around one, at most ten above, five on each side, and ten below; four queries."""
    return Thread(
        above=_above(comment),
        before=_beside(comment, is_later=False)[::-1] if comment.parent_id else [],
        after=_beside(comment, is_later=True) if comment.parent_id else [],
        below=_listed(
            sa.select(Comment)
            .where(Comment.parent_id == comment.id)
            .order_by(Comment.created_at, Comment.id)
            .limit(MOST_BELOW)
        ),
    )


def writer(comment: Comment) -> Writer:
    """What else came from this reply's address; nobody is a writer whose address was erased."""
    if not comment.email_key:
        return Writer({}, 0, [])
    own = Comment.email_key == comment.email_key
    few = sa.select(Comment.status, Comment.confirmed_at).where(own).limit(COUNTED).subquery()
    query = sa.select(few.c.status, sa.func.count(), sa.func.count(few.c.confirmed_at))
    rows = db.session.execute(query.group_by(few.c.status)).all()
    latest = (
        sa.select(Comment)
        .where(own, Comment.id != comment.id)
        .options(joinedload(Comment.article))
        .order_by(Comment.id.desc())
        .limit(MOST_OF_WRITER)
    )
    return Writer(
        counts={status: number for status, number, _ in rows},
        confirmed=sum(confirmed for _, _, confirmed in rows),
        latest=_listed(latest),
    )


def decisions(by_id: int | None = None, before: Cursor | None = None) -> Page[ModerationEntry]:
    """What was decided about replies after they had come, newest first; one person's, if given.

    Each with its reply, that reply's article, and whoever decided.
    """
    query = sa.select(ModerationEntry).where(ModerationEntry.old_status.is_not(None))
    if by_id is not None:
        query = query.where(ModerationEntry.by_id == by_id)
    if before is not None:
        query = query.where(ModerationEntry.id < before.id)
    query = query.options(
        joinedload(ModerationEntry.by),
        joinedload(ModerationEntry.comment).joinedload(Comment.article),
    )
    rows = db.session.scalars(query.order_by(ModerationEntry.id.desc()).limit(DECISIONS + 1)).all()
    return cut(rows, DECISIONS, lambda entry: Cursor(entry.at, entry.id))


def in_thread(comment: Comment) -> tuple[sa.ColumnElement[bool], ...]:
    """That a reply is in the same thread as this one, wherever it stands."""
    if not comment.place:
        return (Comment.id == comment.id,)
    begin = threads.root(comment.place)
    # "g" comes after every place, which is hexadecimal.
    return (
        Comment.article_id == comment.article_id,
        Comment.place >= begin,
        Comment.place < begin + "g",
    )


def _above(comment: Comment) -> list[Comment]:
    """One query, however deep it stands."""
    first = sa.select(Comment.id, Comment.parent_id, sa.literal(1).label("step"))
    chain = first.where(Comment.id == comment.parent_id).cte("chain", recursive=True)
    higher = sa.select(Comment.id, Comment.parent_id, chain.c.step + 1)
    chain = chain.union_all(
        higher.where(Comment.id == chain.c.parent_id, chain.c.step < MOST_ABOVE)
    )
    query = sa.select(Comment).join(chain, chain.c.id == Comment.id)
    return _listed(query.order_by(chain.c.step.desc()))


def _beside(comment: Comment, *, is_later: bool) -> list[Comment]:
    here = sa.tuple_(sa.literal(comment.created_at), sa.literal(comment.id))
    place = sa.tuple_(Comment.created_at, Comment.id)
    query = sa.select(Comment).where(Comment.parent_id == comment.parent_id)
    query = query.where(place > here if is_later else place < here)
    order: Any = (Comment.created_at, Comment.id)
    if not is_later:
        order = (Comment.created_at.desc(), Comment.id.desc())
    return _listed(query.order_by(*order).limit(MOST_BESIDE))


def _listed(query: sa.Select[Comment]) -> list[Comment]:
    return list(db.session.scalars(query))
