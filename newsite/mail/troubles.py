"""Which addresses mail servers refuse for good: counted, and after three times given up. No address is kept.

Counted twice over, in rows of their own: what our server refuses at once, in a row; and what it takes and a later one
returns. Of the second nobody says when a mail arrived, so such a row begins anew when nothing was returned for long.
"""

import contextlib
from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite import limits
from newsite.db import UTCDateTime, db, insert
from newsite.mail.message import NoAddress, recipient
from newsite.mail.models import MailTrouble

MOST_REFUSALS = 3  # without a mail in between that was taken
KEPT = timedelta(days=180)  # after the last time, of an address that was not given up


def refused(email: str, now: datetime) -> None:
    """Counts that a server would not take a mail for this address, and never will; the caller commits."""
    if not _is_lost(_returned(email)):  # each address is given up once
        _count(_hidden(email), now)


def returned(email: str, now: datetime) -> None:
    """Counts that a mail to this address was taken and came back for good; the caller commits."""
    db.session.execute(_old(now).where(MailTrouble.address == _returned(email)))
    if not _is_lost(_hidden(email)):
        _count(_returned(email), now)


def taken(email: str) -> None:
    """Forgets refusals, since a server took a mail; one that was given up stays so. The caller commits."""
    trouble = sa.delete(MailTrouble).where(MailTrouble.address == _hidden(email))
    db.session.execute(trouble.where(MailTrouble.given_up_at.is_(None)))


def forgive(email: str) -> None:
    """Forgets all refusals: whoever has the address has shown that they read it. The caller commits."""
    db.session.execute(sa.delete(MailTrouble).where(MailTrouble.address.in_(_both(email))))


def is_given_up(email: str) -> bool:
    """Whether nothing goes to this address any more, but what its owner asks for."""
    return _is_lost(*_both(email))


def given_up() -> int:
    """How many addresses were given up."""
    query = sa.select(sa.func.count()).where(MailTrouble.given_up_at.is_not(None))
    return db.session.scalar(query) or 0


def tidy(now: datetime) -> int:
    """Forgets what was counted if nothing came after it for long, and says how many rows; the caller commits."""
    return len(db.session.execute(_old(now).returning(MailTrouble.address)).all())


def as_mailed(email: str) -> str:
    """The address as it stands in a mail, and as two of them are compared here."""
    with contextlib.suppress(NoAddress):
        email = recipient(email.strip()).addr_spec
    return email.casefold()


def _count(address: str, now: datetime) -> None:
    first = insert(MailTrouble).values(address=address, refusals=1, last_at=now)
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


def _is_lost(*addresses: str) -> bool:
    lost = (MailTrouble.address.in_(addresses), MailTrouble.given_up_at.is_not(None))
    return bool(db.session.scalar(sa.select(sa.exists().where(*lost))))


def _old(now: datetime) -> sa.Delete:
    old = (MailTrouble.last_at < now - KEPT, MailTrouble.given_up_at.is_(None))
    return sa.delete(MailTrouble).where(*old)


def _both(email: str) -> list[str]:
    return [_hidden(email), _returned(email)]


def _returned(email: str) -> str:
    return limits.hidden(f"mail-returned:{as_mailed(email)}")


def _hidden(email: str) -> str:
    return limits.hidden(f"mail-trouble:{email.strip().casefold()}")
