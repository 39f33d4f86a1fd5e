"""How the filter learns: a decision is one row, and a worker makes the model anew from all of them.

So decisions of many people at once lose nothing, and one that is taken back is as if it had never been taken.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from newsite import db as database
from newsite import outbox
from newsite.comments.models import Comment, Status
from newsite.comments.spam.features import Suspect, read
from newsite.comments.spam.model import Model
from newsite.comments.spam.models import SpamLesson, SpamModel
from newsite.comments.spam.training import Lesson, train
from newsite.db import db, insert

KIND = "spam"  # of the job in the outbox
EVERY = timedelta(seconds=20)  # at most so often, however many decisions there are
MOST_LESSONS = 2_000  # of each kind, the newest: spam changes, and training takes three seconds
MOST_KEPT = 2 * MOST_LESSONS  # so that older ones come back when newer ones are taken back
MOST_TRIES = 5  # to store a model while others store theirs
TEACHES = {
    Status.approved: False,
    Status.spam: True,
}  # the trash is for other reasons: it teaches nothing
_ASKED = "newsite_spam_asked"
_KEPT: dict[str, Model] = {}  # the model of this process, by its version


def current() -> Model | None:
    """The model as it was last made; None if nothing has been learned. One small query if it is known here."""
    version = db.session.scalar(sa.select(SpamModel.version))
    if version is None or version in _KEPT:
        return _KEPT.get(version or "")
    row = sa.select(SpamModel.version, SpamModel.spam, SpamModel.honest, SpamModel.tables)
    version, spam, honest, tables = db.session.execute(row).one()
    model = Model.unpacked(tables, spam=spam, honest=honest)
    _keep(version, model)
    return model


def suspect(comment: Comment) -> Suspect:
    """A reply as the filter is shown it."""
    return Suspect(comment.body, comment.author_name, comment.email, comment.website)


def follow(comment: Comment, *, now: datetime) -> None:
    """Learns from what somebody has just decided about a reader's reply, instead of what was decided before.

    The caller commits; the worker makes the model anew within half a minute.
    """
    forget(comment, now=now)
    if comment.user_id is None and comment.status in TEACHES:
        lesson = SpamLesson(
            comment_id=comment.id,
            is_spam=TEACHES[comment.status],
            buckets=SpamLesson.packed(read(suspect(comment)).buckets),
        )
        db.session.add(lesson)


def forget(comment: Comment, *, now: datetime) -> None:
    """Takes back what was learned from a reply, as of one whose writer wants it gone; the caller commits."""
    db.session.flush()  # a lesson of this very transaction
    db.session.execute(sa.delete(SpamLesson).where(SpamLesson.comment_id == comment.id))
    ask(now=now)


def ask(*, now: datetime) -> None:
    """Asks the worker to make the model anew soon after `now`: of several in a transaction the last counts.

    The caller commits.
    """
    session = db.session()
    session.info[_ASKED] = now


def take(lines: Iterable[tuple[str, Suspect, bool]]) -> None:
    """Learns from lines that are given: a key, a reply, and whether it is spam. A known key is learned anew."""
    for key, shown, is_spam in lines:
        values: dict[str, Any] = {
            "key": key,
            "is_spam": is_spam,
            "buckets": SpamLesson.packed(read(shown).buckets),
        }
        row = insert(SpamLesson).values(**values)
        db.session.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))


def relearn() -> Model:
    """Makes the model anew from the newest lessons, and stores it unless it is the same; the caller commits.

    No transaction is open while it is made. Another process that stored one meanwhile is not overwritten: it
    is made once more. Raises RuntimeError if that happens again and again.
    """
    for _ in range(MOST_TRIES):
        with database.reading():
            version, tables = _stored()
            lessons = _lessons()
            db.session.rollback()
        model = train(lessons)
        packed = model.packed()
        if packed == tables or _store(model, packed, instead_of=version):
            _drop_old()
            return model
        db.session.rollback()
    raise RuntimeError("other processes kept storing models of their own")


def job(claim: outbox.Claim, now: datetime) -> None:
    """Follows what was decided since the last time."""
    relearn()


def _stored() -> tuple[str | None, bytes]:
    row = db.session.execute(sa.select(SpamModel.version, SpamModel.tables)).one_or_none()
    return (row.version, row.tables) if row else (None, b"")


def _lessons() -> Sequence[Lesson]:
    """The newest lessons of each kind, in the order in which they were given."""
    found: list[tuple[int, Lesson]] = []
    for is_spam in (True, False):
        newest = (
            sa.select(SpamLesson.id, SpamLesson.buckets)
            .where(SpamLesson.is_spam.is_(is_spam))
            .order_by(SpamLesson.id.desc())
            .limit(MOST_LESSONS)
        )
        rows = db.session.execute(newest)
        found += [(number, SpamLesson.lesson(is_spam, packed)) for number, packed in rows]
    return [lesson for _, lesson in sorted(found, key=lambda pair: pair[0])]


def _store(model: Model, packed: bytes, *, instead_of: str | None) -> bool:
    """Whether the model could be stored in the place of that version (None: of no model)."""
    values: dict[str, Any] = {
        "version": secrets.token_hex(8),
        "honest": model.honest,
        "spam": model.spam,
        "tables": packed,
    }
    if instead_of is None:
        row = insert(SpamModel).values(id=1, **values).on_conflict_do_nothing()
    else:
        row = sa.update(SpamModel).where(SpamModel.version == instead_of).values(**values)
    return db.session.execute(row.returning(SpamModel.id)).first() is not None


def _drop_old() -> None:
    """Deletes lessons that lie so far back that they will not be read again."""
    for is_spam in (True, False):
        kind = SpamLesson.is_spam.is_(is_spam)
        newest = sa.select(SpamLesson.id).where(kind).order_by(SpamLesson.id.desc())
        last = newest.offset(MOST_KEPT).limit(1).scalar_subquery()
        db.session.execute(sa.delete(SpamLesson).where(kind, SpamLesson.id <= last))


def _keep(version: str, model: Model) -> None:
    for other in set(_KEPT) - {version}:
        _KEPT.pop(other, None)
    _KEPT[version] = model


# Asked for at the commit, after every lock of a decision and before the change log's counter: two editors who
# decide about the same articles in another order must not wait for each other's job.
@event.listens_for(Session, "before_commit", insert=True)
def _ask(session: Session) -> None:
    if session.in_nested_transaction():
        return
    now = session.info.pop(_ASKED, None)
    if now is None:
        return
    turn = int(now.timestamp() // EVERY.total_seconds()) + 1
    due = datetime.fromtimestamp(turn * EVERY.total_seconds(), tz=now.tzinfo)
    outbox.add(KIND, f"{KIND}:turn:{turn}", now=now, due=due)


@event.listens_for(Session, "after_soft_rollback")
def _forget_asked(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_ASKED, None)
