"""The letter with the link to what is held about somebody."""

from datetime import datetime

import sqlalchemy as sa

from newsite import mail
from newsite.accounts.emails import email_key
from newsite.comments.letters.jobs import Written
from newsite.comments.letters.links import privacy_path
from newsite.comments.letters.printing import printed
from newsite.comments.models import Comment
from newsite.db import db
from newsite.outbox import Claim


def write(claim: Claim, now: datetime) -> Written | None:
    """Sends the link to the address that asked for it, if a reply was sent with exactly that one."""
    email = claim.payload["email"]
    query = sa.select(Comment.id, Comment.email).where(
        Comment.email_key == email_key(email), Comment.user_id.is_(None)
    )
    # Two letter boxes may share a key, and then each sees its own alone.
    same = [row.id for row in db.session.execute(query) if is_same(row.email, email)]
    if not same:
        return None
    link = mail.absolute(privacy_path(max(same), now=now))
    return Written(printed("privacy", email, is_asked_for=True, link=link))


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one letter box, in large or small letters."""
    return one.strip().casefold() == other.strip().casefold()
