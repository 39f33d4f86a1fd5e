"""The change log that kept pages follow: which parts of the published site changed, in commit order.

An action names what it changed with `touch`; the keys are written in its own transaction, so they
are there exactly when the change is. DESIGN.md §6 and docs/adr/0005 say why it is made so.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from newsite.db import Base, db

FRONT = (
    "front"  # the front page and all that lists the latest: the feed, the site map, the 404 page
)
CORRECTIONS = "corrections"  # the list of all of them
SITE = "site"  # the site's own settings and menus: on every page
_TOUCHED = "newsite_touched"


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


def touch(*keys: str) -> None:
    """Notes that this transaction changes published state under `keys`; its commit writes them."""
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback, even before the first statement, is noticed below
    session.info.setdefault(_TOUCHED, set()).update(keys)


def latest() -> tuple[str, int]:
    """The epoch and the number of the last change that this connection can see."""
    row = db.session.execute(sa.select(ChangeCounter.epoch, ChangeCounter.sequence)).one()
    return row.epoch, row.sequence


def since(sequence: int) -> set[str]:
    """The keys of all changes after `sequence`."""
    return set(db.session.scalars(sa.select(Change.key).where(Change.sequence > sequence)))


def forget(before: datetime) -> int:
    """Deletes changes older than `before`, and says how many; the caller commits."""
    result: Any = db.session.execute(sa.delete(Change).where(Change.at < before))
    return int(result.rowcount)


def new_epoch() -> str:
    """A name for a new count: 64 random bits."""
    return secrets.token_hex(8)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the end of a savepoint: the transaction goes on
    keys = session.info.pop(_TOUCHED, set())
    if not keys:
        return
    session.flush()  # the counter's row is locked from here to the commit: nothing slow may follow
    sequence = session.scalar(
        sa.update(ChangeCounter)
        .values(sequence=ChangeCounter.sequence + 1)
        .returning(ChangeCounter.sequence)
    )
    now = datetime.now(UTC)  # for clearing up only: no rule reads it
    rows = [{"sequence": sequence, "key": key, "at": now} for key in sorted(keys)]
    session.execute(sa.insert(Change), rows)


@event.listens_for(Session, "after_soft_rollback")
def _forget_touched(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_TOUCHED, None)
