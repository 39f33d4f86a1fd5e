"""Letters about accounts: an invitation, and the link to a new password. The outbox sends them, if mail is set up."""

import enum
from datetime import datetime

from newsite import limits, mail, outbox
from newsite.accounts import invitations, queries, resetting
from newsite.accounts.emails import email_key
from newsite.accounts.models import Invitation
from newsite.db import db
from newsite.mail.posting import Written, sender
from newsite.outbox import Claim, Handlers
from newsite.printing import printed

EVERY = 300  # seconds: whoever asks for a new password twice within is sent one mail


class Kind(enum.StrEnum):
    """What a job of the outbox is about."""

    invitation = "mail.invitation"
    password = "mail.password"  # noqa: S105  (a name, no password)


def are_sent() -> bool:
    """Whether a mail server is set up to send them by."""
    return mail.is_set_up()


def send_invitation(invitation: Invitation, *, now: datetime) -> bool:
    """Has the link mailed to whoever is invited; False where no mail is set up. The caller commits."""
    if not mail.is_set_up():
        return False
    db.session.flush()  # its id is in the job
    key = f"invitation:{invitation.id}:{now.isoformat()}"
    return outbox.add(Kind.invitation, key, {"invitation": invitation.id}, now=now)


def send_password_link(email: str, *, now: datetime) -> None:
    """Has a link to a new password mailed, if this address has an account: which is looked up later, by the worker.

    The job holds the address until it is done. The caller commits.
    """
    if mail.is_set_up():
        code = limits.hidden(f"password:{email_key(email)}")[:32]
        key = f"password:{code}:{int(now.timestamp()) // EVERY}"
        outbox.add(Kind.password, key, {"email": email}, now=now)


def write_invitation(claim: Claim, now: datetime) -> Written | None:
    """The invitation, unless it was taken back, accepted or has ended since."""
    invitation = invitations.by_id(claim.payload["invitation"])
    if invitation is None or invitation.ends_at <= now:
        return None
    by = invitation.invited_by
    letter = printed(
        "invitation",
        invitation.email,
        is_asked_for=True,
        whom=invitation.name,
        by=by.name if by else "",
        link=mail.absolute(invitations.path(invitation)),
        days=invitations.LIFETIME.days,
    )
    return Written(letter)


def write_password_link(claim: Claim, now: datetime) -> Written | None:
    """The link, to the address that the account has: what was typed may be another that only compares as the same."""
    user = queries.user_by_email(claim.payload["email"])
    if user is None or not user.is_active:
        return None
    link = mail.absolute(resetting.path(user, now=now))
    minutes = int(resetting.VALID.total_seconds()) // 60
    letter = printed("password", user.email, is_asked_for=True, link=link, minutes=minutes)
    return Written(letter)


HANDLERS: Handlers = {
    Kind.invitation: sender(write_invitation, list(Kind)),
    Kind.password: sender(write_password_link, list(Kind)),
}
