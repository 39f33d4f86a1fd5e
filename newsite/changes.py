"""The change log that kept pages follow: which parts of the published site changed, in commit order.

An action names what it changed with `touch`; the keys are written in its own transaction, so they
are there exactly when the change is. DESIGN.md §6 and docs/adr/0005 say why it is made so.
"""

import secrets
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from newsite.db import Base, db

FRONT = (
    "front"  # the front page and all that lists the latest: the feed, the site map, the 404 page
)
CORRECTIONS = "corrections"  # the list of all of them
SITE = "site"  # the site's own settings and menus: on every page
MAX_NEWS = (
    5_000  # rows; after an import it is cheaper to drop every page than to compare their keys
)
_TOUCHED, _LAST = "newsite_touched", "newsite_touched_last"


class Change(Base):
    """One key of one commit."""

    __tablename__ = "changes"

    sequence: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ChangeCounter(Base):
    """The one row that gives out the numbers; its lock makes commit order and number order the same."""

    __tablename__ = "change_counter"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(sa.BigInteger)
    epoch: Mapped[str]  # another one after a restore: numbers of before mean nothing then


class News(NamedTuple):
    """What somebody missed who had followed the changes up to some number."""

    epoch: str
    sequence: int
    changes: list[tuple[int, str]] | None  # numbers and keys; None: more than can be said


def touch(*keys: str) -> None:
    """Notes that this transaction changes published state under `keys`; its commit writes them."""
    _info().setdefault(_TOUCHED, set()).update(keys)


def touch_last(name: Hashable, find: Callable[[], Iterable[str]]) -> None:
    """Notes that the commit has to ask `find` for more keys, once for each `name`.

    It is asked under the lock of the counter, when every change with a smaller number can be seen
    and none with a greater one is made: the only moment at which it is certain what stands beside
    what. It only reads, and quickly, since all other commits wait.
    """
    _info().setdefault(_LAST, {})[name] = find


def latest() -> tuple[str, int]:
    """The epoch and the number of the last change that this connection can see."""
    row = db.session.execute(sa.select(ChangeCounter.epoch, ChangeCounter.sequence)).one()
    return row.epoch, row.sequence


def since(sequence: int) -> set[str]:
    """The keys of all changes after `sequence`."""
    return set(db.session.scalars(sa.select(Change.key).where(Change.sequence > sequence)))


def news(connection: Connection, epoch: str, sequence: int) -> News:
    """What was committed after `sequence` of `epoch`, as this connection can see."""
    counter = sa.select(ChangeCounter.epoch, ChangeCounter.sequence)
    now = connection.execute(counter).one()
    if (now.epoch, now.sequence) == (epoch, sequence):
        return News(epoch, sequence, [])
    missed = now.sequence - sequence
    if now.epoch != epoch or not 0 < missed <= MAX_NEWS:
        return News(now.epoch, now.sequence, None)
    query = sa.select(Change.sequence, Change.key).where(
        Change.sequence > sequence, Change.sequence <= now.sequence
    )
    rows = [(number, key) for number, key in connection.execute(query.limit(MAX_NEWS + 1))]
    # Every commit has a row: where a number is missing, its rows were cleared away unread.
    is_whole = len(rows) <= MAX_NEWS and len({number for number, _ in rows}) == missed
    return News(now.epoch, now.sequence, rows if is_whole else None)


def forget(before: datetime) -> int:
    """Deletes changes older than `before`, and says how many; the caller commits."""
    result: Any = db.session.execute(sa.delete(Change).where(Change.at < before))
    return int(result.rowcount)


def new_epoch() -> str:
    """A name for a new count: 64 random bits."""
    return secrets.token_hex(8)


def _info() -> dict[Any, Any]:
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback, even before the first statement, is noticed below
    return session.info


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the end of a savepoint: the transaction goes on
    keys, last = session.info.pop(_TOUCHED, set()), session.info.pop(_LAST, {})
    if not keys and not last:
        return
    session.flush()  # the counter's row is locked from here to the commit: nothing slow may follow
    sequence = session.scalar(
        sa.update(ChangeCounter)
        .values(sequence=ChangeCounter.sequence + 1)
        .returning(ChangeCounter.sequence)
    )
    keys = keys.union(*(find() for find in last.values()))
    now = datetime.now(UTC)  # for clearing up only: no rule reads it
    rows = [{"sequence": sequence, "key": key, "at": now} for key in sorted(keys)]
    session.execute(sa.insert(Change), rows)


@event.listens_for(Session, "after_soft_rollback")
def _forget_touched(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_TOUCHED, None)
        session.info.pop(_LAST, None)
