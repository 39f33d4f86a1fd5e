"""The letter that tells what was replied to an article in the last hour, to whoever follows the whole thread."""

from datetime import datetime

import sqlalchemy as sa

from newsite import outbox
from newsite.comments.letters import following
from newsite.comments.letters.asking import SETTLING
from newsite.comments.letters.jobs import Kind, Written
from newsite.comments.models import Comment, Follows
from newsite.db import db
from newsite.outbox import Claim


def share_out(claim: Claim, now: datetime) -> None:
    """Asks for a letter to each address that follows an article: each is sent, or fails, by itself."""
    hour = claim.key.rpartition(":")[2]
    followers = sa.select(sa.func.min(Comment.id)).where(
        Comment.article_id == claim.payload["article"],
        Comment.follows != Follows.nothing,  # so that the index of those who follow is used
        Comment.follows == Follows.thread,
        Comment.confirmed_at.is_not(None),
    )
    for comment_id in db.session.scalars(followers.group_by(Comment.email_key)).all():
        outbox.add(Kind.thread, f"thread:{comment_id}:{hour}", {"comment": comment_id}, now=now)


def write(claim: Claim, now: datetime) -> Written | None:
    """Tells of the replies of the last hour, and of those that an earlier letter could not tell of."""
    until = now - SETTLING
    own = following.follower(claim.payload["comment"], Follows.thread, now)
    found = following.news(own, until) if own else None
    if own is None or found is None or not found.comments:
        return None
    letter = following.letter("thread", own, found, now=now)
    return Written(letter, following.told(own, until))
