"""Which addresses mail servers refuse for good: counted, and after three times given up. No address is kept."""

from datetime import datetime

import sqlalchemy as sa

from newsite import limits
from newsite.db import UTCDateTime, db, insert
from newsite.mail.models import MailTrouble

MOST_REFUSALS = 3  # without a mail in between that was taken


def refused(email: str, now: datetime) -> None:
    """Counts that a server would not take a mail for this address, and never will; the caller commits."""
    first = insert(MailTrouble).values(address=_hidden(email), refusals=1, last_at=now)
    counted = MailTrouble.refusals + 1
    db.session.execute(
        first.on_conflict_do_update(
            index_elements=[MailTrouble.address],
            set_={
                "refusals": counted,
                "last_at": now,
                "given_up_at": sa.case(
                    (
                        counted >= MOST_REFUSALS,
                        sa.func.coalesce(MailTrouble.given_up_at, sa.literal(now, UTCDateTime())),
                    ),
                    else_=None,
                ),
            },
        )
    )


def taken(email: str) -> None:
    """Forgets refusals, since a server took a mail; one that was given up stays so. The caller commits."""
    trouble = sa.delete(MailTrouble).where(MailTrouble.address == _hidden(email))
    db.session.execute(trouble.where(MailTrouble.given_up_at.is_(None)))


def forgive(email: str) -> None:
    """Forgets all refusals: whoever has the address has shown that they read it. The caller commits."""
    db.session.execute(sa.delete(MailTrouble).where(MailTrouble.address == _hidden(email)))


def is_given_up(email: str) -> bool:
    """Whether nothing goes to this address any more, but what its owner asks for."""
    trouble = db.session.get(MailTrouble, _hidden(email))
    return trouble is not None and trouble.given_up_at is not None


def given_up() -> int:
    """How many addresses were given up."""
    query = sa.select(sa.func.count()).where(MailTrouble.given_up_at.is_not(None))
    return db.session.scalar(query) or 0


def _hidden(email: str) -> str:
    return limits.hidden(f"mail-trouble:{email.strip().casefold()}")
