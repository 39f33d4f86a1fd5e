"""Who did what at the desk, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsite.db import Base, UTCDateTime, db, reading
from newsite.paging import Cursor, Page, cut

SIGNED_IN = "signed in"
SIGNED_OUT = "signed out"
COMING_AND_GOING = (
    SIGNED_IN,
    SIGNED_OUT,
)  # kept for whoever looks into something, too many for a list
COMING_AND_GOING_KEPT = timedelta(days=365)  # everything else stays as long as the site
PAGE = 50  # entries
STEP = 500  # entries that are read at once for a file
NOBODY = 0  # asked for in place of a user's id: what was done without an account, as by command


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; None and "" leave a question out."""

    user_id: int | None = None
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None  # before this


class AuditEntry(Base):
    """One thing that somebody did. The name is kept, so that the line outlives the account."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_newest", "at", "id"),
        sa.Index("ix_audit_entries_action", "action", "at", "id"),
        sa.Index("ix_audit_entries_person", "user_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    user_name: Mapped[str]
    action: Mapped[str]  # a verb of the desk's own talk, such as "published"
    subject: Mapped[str]  # what it was done to, in words: “Nuneaton votes”
    address: Mapped[str | None]  # of the desk page that shows it


def record(
    *,
    at: datetime,
    user_id: int | None,
    user_name: str,
    action: str,
    subject: str,
    address: str | None = None,
) -> AuditEntry:
    """A new entry, added to the session; the caller commits."""
    entry = AuditEntry(
        at=at,
        user_id=user_id,
        user_name=user_name,
        action=action,
        subject=subject,
        address=address,
    )
    db.session.add(entry)
    return entry


def latest(limit: int, *, user_id: int | None = None) -> list[AuditEntry]:
    """The newest entries, newest first, without coming and going; one person's, if given."""
    query = sa.select(AuditEntry).where(AuditEntry.action.not_in(COMING_AND_GOING))
    if user_id is not None:
        query = query.where(AuditEntry.user_id == user_id)
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def entries(wanted: Wanted, before: Cursor | None = None) -> Page[AuditEntry]:
    """A page of what is wanted, newest first."""
    return cut(_rows(wanted, before, PAGE + 1), PAGE, _place)


def in_steps(wanted: Wanted) -> Iterator[list[AuditEntry]]:
    """All that is wanted, newest first, a few hundred at a time, each in a transaction of its own that only reads."""
    before: Cursor | None = None
    while True:
        with reading():
            rows = _rows(wanted, before, STEP)
            if rows:
                before = _place(rows[-1])
            db.session.expunge_all()
            db.session.rollback()
        if not rows:
            return
        yield rows


def actions() -> list[str]:
    """The verbs that stand in the log, by alphabet: from each one the index is asked for the next."""
    first = sa.select(sa.func.min(AuditEntry.action).label("action")).cte("verbs", recursive=True)
    following = sa.select(sa.func.min(AuditEntry.action)).where(AuditEntry.action > first.c.action)
    more = sa.select(following.scalar_subquery()).where(first.c.action.is_not(None))
    verbs = first.union_all(more)
    found = sa.select(verbs.c.action).where(verbs.c.action.is_not(None))
    return sorted(db.session.scalars(found))


def tidy(now: datetime) -> int:
    """Deletes who came and went more than a year ago, and says how many entries; the caller commits."""
    is_old = AuditEntry.at <= now - COMING_AND_GOING_KEPT
    query = sa.delete(AuditEntry).where(AuditEntry.action.in_(COMING_AND_GOING), is_old)
    return len(db.session.execute(query.returning(AuditEntry.id)).all())


def _rows(wanted: Wanted, before: Cursor | None, limit: int) -> list[AuditEntry]:
    query = sa.select(AuditEntry)
    if wanted.user_id is not None:
        user_id = wanted.user_id or None
        query = query.where(AuditEntry.user_id == user_id)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if before is not None:
        place = sa.tuple_(AuditEntry.at, AuditEntry.id)
        query = query.where(place < sa.tuple_(sa.literal(before.at, UTCDateTime()), before.id))
    order = (AuditEntry.at.desc(), AuditEntry.id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


def _place(entry: AuditEntry) -> Cursor:
    return Cursor(entry.at, entry.id)
