"""What of replies, and of articles in the trash, is kept for a time only; and the job that lets it go. docs/adr/0026.

Counted from what happened last: a reply that was put in the trash today is there for thirty days, however old it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from newsite import outbox, wiping
from newsite.articles.models import Article, State
from newsite.comments import emptying
from newsite.comments.emptying import EMPTIED, NO_ADDRESS
from newsite.comments.models import Comment, ModerationEntry, Report, Status
from newsite.comments.spam.models import SpamLesson
from newsite.db import db

KIND = "retention"  # of the job in the outbox
NETWORKS_KEPT = timedelta(days=7)  # long enough to see who floods a site
ADDRESSES_KEPT = timedelta(days=30)  # of replies that nobody approved
TRASH_KEPT = timedelta(days=30)  # as in WordPress
APPEAL_WAITS = timedelta(days=30)  # so much longer, after the appeal; then nobody has it for ever
STEP = 200  # rows of each kind; whoever sends a reply meanwhile waits for one step at most
_ASIDE = (Status.spam, Status.trash)
_LESSON_KEY = "reply:"  # of what was learned from a reply that is deleted, before the lesson's id


def ask(*, now: datetime) -> None:
    """Has the worker let go what has had its time, once a day; the caller commits."""
    outbox.add(KIND, f"{KIND}:{now:%Y-%m-%d}", now=now)


def job(claim: outbox.Claim, now: datetime) -> None:
    """The daily job; each step is committed, so that nobody waits for all of it."""
    run_all(now)


def run_all(now: datetime) -> dict[str, int]:
    """Lets everything go that has had its time, and says how much of each; commits every step."""
    done: dict[str, int] = {}
    while any((step := run(now)).values()):
        # The index of articles' words keeps those of a deleted one until all of the file is wiped.
        has_articles = step["deleted articles"] > 0
        if has_articles or not done:
            wiping.ask(now=now, is_log_enough=not has_articles)
        db.session.commit()
        done = {name: done.get(name, 0) + count for name, count in step.items()}
    return done or step


def run(now: datetime) -> dict[str, int]:
    """Lets the next few go of what has had its time, and says how many of each; the caller commits.

    When all numbers are zero, nothing is left to do.
    """
    return {
        "networks": _networks(now - NETWORKS_KEPT) + _reporters(now - NETWORKS_KEPT),
        "addresses": _addresses(now - ADDRESSES_KEPT),
        "deleted replies": _delete(now - TRASH_KEPT),
        "emptied replies": _empty(now - TRASH_KEPT, now),
        "deleted articles": _delete_articles(now - TRASH_KEPT),
    }


def _networks(before: datetime) -> int:
    """Forgets from where replies came. A ban of a network keeps its own."""
    query = sa.select(Comment.id).where(Comment.network != "", Comment.created_at < before)
    return _update(Comment, query, {"network": ""})


def _reporters(before: datetime) -> int:
    """Forgets by what a reader who reported a reply was known."""
    query = sa.select(Report.id).where(Report.reporter.is_not(None), Report.created_at < before)
    return _update(Report, query, {"reporter": None})


def _addresses(before: datetime) -> int:
    """Forgets the addresses of replies that were never approved, or not again. Of what was put aside, see `_delete`."""
    query = sa.select(Comment.id).where(
        Comment.status == Status.pending,
        Comment.user_id.is_(None),
        sa.or_(Comment.email != "", Comment.website != ""),
        *_lay_still_since(before),
    )
    return _update(Comment, query, NO_ADDRESS | {"fingerprint": EMPTIED + _text_of(Comment.id)})


def _delete(before: datetime) -> int:
    """Deletes what was put aside and holds no answers. What the filter learned from it stays: numbers, and no words."""
    query = _aside(before).where(~_holds_answers(), ~_is_newest())
    gone = _ids(query)
    _keep_lessons(SpamLesson.comment_id.in_(gone))
    _run(sa.delete(Comment).where(Comment.id.in_(gone)))
    return len(gone)


def _empty(before: datetime, now: datetime) -> int:
    """Empties what was put aside and cannot be deleted: answers hang on it, or its number would be given out again."""
    is_left = sa.or_(_holds_answers(), _is_newest())
    ids = _ids(_aside(before).where(Comment.body != "", is_left))
    for comment in db.session.scalars(sa.select(Comment).where(Comment.id.in_(ids))):
        emptying.empty(comment, now=now)
    return len(ids)


def _delete_articles(before: datetime) -> int:
    """Deletes articles that were in the trash for long enough, with all of theirs: versions, notes, replies.

    The newest one waits, and one with the newest reply: SQLite would give their numbers out again.
    """
    newest = aliased(Article)
    last_id = sa.select(sa.func.max(newest.id)).scalar_subquery()
    query = sa.select(Article.id).where(
        Article.state == State.trash,
        Article.trashed_at < before,
        Article.id != last_id,
        ~sa.exists().where(Comment.article_id == Article.id, _is_newest()),
    )
    gone = _ids(query)
    theirs = sa.select(Comment.id).where(Comment.article_id.in_(gone))
    _keep_lessons(SpamLesson.comment_id.in_(theirs))
    _run(sa.delete(Article).where(Article.id.in_(gone)))
    return len(gone)


def _keep_lessons(condition: sa.ColumnElement[bool]) -> None:
    """Keeps what the filter learned from replies that are about to be deleted."""
    kept = sa.update(SpamLesson).where(condition)
    _run(kept.values(comment_id=None, key=_LESSON_KEY + _text_of(SpamLesson.id)))


def _aside(before: datetime) -> sa.Select[int]:
    query = sa.select(Comment.id).where(Comment.status.in_(_ASIDE), *_lay_still_since(before))
    return query.order_by(Comment.id.desc())  # answers before what they answer


def _lay_still_since(before: datetime) -> Iterable[sa.ColumnElement[bool]]:
    """That a reply came before then, nobody has decided about it since, and no appeal waits that is young enough."""
    decided = sa.exists().where(
        ModerationEntry.comment_id == Comment.id, ModerationEntry.at >= before
    )
    waits = Comment.appealed_at >= before - APPEAL_WAITS
    is_over = sa.or_(Comment.appealed_at.is_(None), ~waits)
    return Comment.created_at < before, is_over, ~decided


def _holds_answers() -> sa.ColumnElement[bool]:
    answer = aliased(Comment)
    return sa.exists().where(answer.parent_id == Comment.id)


def _is_newest() -> sa.ColumnElement[bool]:
    """That a reply or a decision about it is the last: SQLite gives its number to the next, and links carry numbers."""
    last, entry = aliased(Comment), aliased(ModerationEntry)
    last_id = sa.select(sa.func.max(last.id)).scalar_subquery()
    last_entry = sa.select(sa.func.max(entry.id)).scalar_subquery()
    is_its = sa.exists().where(
        ModerationEntry.comment_id == Comment.id, ModerationEntry.id == last_entry
    )
    return sa.or_(Comment.id == last_id, is_its)


def _text_of(column: Any) -> sa.ColumnElement[str]:
    return sa.cast(column, sa.String)


def _update(model: type[Comment] | type[Report], query: sa.Select[int], values: Any) -> int:
    ids = _ids(query)
    _run(sa.update(model).where(model.id.in_(ids)).values(**values))
    return len(ids)


def _ids(query: sa.Select[int]) -> Sequence[int]:
    """The first few; those that somebody decides about in this moment come the next time."""
    return db.session.scalars(query.limit(STEP).with_for_update(skip_locked=True)).all()


def _run(change: sa.Update | sa.Delete) -> None:
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})
