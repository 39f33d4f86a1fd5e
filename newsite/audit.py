"""Who did what at the desk, and when."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsite.db import Base, db

SIGNED_IN = "signed in"
SIGNED_OUT = "signed out"
COMING_AND_GOING = (
    SIGNED_IN,
    SIGNED_OUT,
)  # kept for whoever looks into something, too many for a list


class AuditEntry(Base):
    """One thing that somebody did. The name is kept, so that the line outlives the account."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
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
