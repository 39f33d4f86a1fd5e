"""Asking somebody to work at the desk: a link that makes one account, for a week. The caller commits.

The link's secret is reckoned from the row and the site's own secret, and the row has only its hash: whoever reads
the database, or a backup, cannot come in by it, and a letter can be written when it is sent.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from newsite import audit, limits
from newsite.accounts import actions, queries
from newsite.accounts.emails import email_key
from newsite.accounts.models import Invitation, Role, User
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.text import tidy_line

LIFETIME = timedelta(days=7)
REMEMBERED = timedelta(days=30)  # after its end, so that a late link is told what became of it
PEOPLE = "/desk/people/"


def invite(*, email: str, name: str, role: Role, by: User, now: datetime) -> Invitation:
    """A new invitation. Raises RuleBroken for the field `name` or `email`."""
    name, email = actions.named(name, email)
    if queries.user_by_email(email) is not None:
        raise RuleBroken("Somebody with this email address has an account.", field="email")
    if _by_email(email) is not None:
        raise RuleBroken(
            "This address has been invited. Send that invitation again, or take it back first.",
            field="email",
        )
    invitation = Invitation(
        email=email, email_key=email_key(email), name=name, role=role, invited_by=by
    )
    _date(invitation, now)
    db.session.add(invitation)
    _record("invited", invitation, by=by, now=now)
    return invitation


def renew(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """The invitation with another link, for another week; the one of before ends."""
    _date(invitation, now)
    _record("invited again", invitation, by=by, now=now)
    return invitation


def take_back(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Ends an invitation: its link opens nothing any more."""
    _record("took back the invitation of", invitation, by=by, now=now)
    db.session.delete(invitation)


def accept(invitation: Invitation, password: str, *, now: datetime) -> User:
    """The account that an invitation was for, with the password that its owner chose; the link is used up.

    Raises RuleBroken for the field `password`, Conflict if somebody else was faster or it has ended.
    """
    is_open = sa.and_(Invitation.id == invitation.id, Invitation.ends_at > now)
    named = {"name": invitation.name, "email": invitation.email}
    user = actions.make_user(**named, role=invitation.role, password=password, now=now)
    query = sa.delete(Invitation).where(is_open).returning(Invitation.id)
    if db.session.execute(query).first() is None:
        raise Conflict("This invitation was used, or taken back, a moment ago.")
    actions.record("accepted the invitation for", user, by=user, now=now)
    return user


def path(invitation: Invitation) -> str:
    """Where whoever was invited makes the account."""
    return f"/desk/invitation/{_token(invitation)}"


def by_token(token: str) -> Invitation | None:
    """The invitation whose link carries this, ended or not; who invited is loaded."""
    query = sa.select(Invitation).where(Invitation.token_hash == queries.token_hash(token))
    return db.session.scalar(query.options(joinedload(Invitation.invited_by)))


def by_id(invitation_id: int) -> Invitation | None:
    """The invitation with this id, ended or not."""
    return db.session.get(Invitation, invitation_id)


def waiting() -> list[Invitation]:
    """All that nobody accepted yet, the newest first; who invited is loaded."""
    query = sa.select(Invitation).options(joinedload(Invitation.invited_by))
    return list(
        db.session.scalars(query.order_by(Invitation.created_at.desc(), Invitation.id.desc()))
    )


def tidy(now: datetime) -> int:
    """Deletes invitations that ended long ago, and says how many."""
    query = sa.delete(Invitation).where(Invitation.ends_at <= now - REMEMBERED)
    return len(db.session.execute(query.returning(Invitation.id)).all())


def _by_email(email: str) -> Invitation | None:
    return db.session.scalar(sa.select(Invitation).where(Invitation.email_key == email_key(email)))


def _date(invitation: Invitation, now: datetime) -> None:
    invitation.created_at, invitation.ends_at = now, now + LIFETIME
    invitation.token_hash = queries.token_hash(_token(invitation))


def _token(invitation: Invitation) -> str:
    return limits.hidden(f"invitation:{invitation.email_key}:{invitation.created_at.isoformat()}")


def _record(action: str, invitation: Invitation, *, by: User, now: datetime) -> None:
    audit.record(
        at=now,
        user_id=by.id,
        user_name=by.name,
        action=action,
        subject=tidy_line(invitation.name),
        address=PEOPLE,
    )
