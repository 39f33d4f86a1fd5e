"""What is done from a mail, without signing in: an editor decides about a reply, somebody ends their mails.

The signed address is the authority. It decides about one reply as it was when the mail was written, once,
within 7 days, in the name of whom the mail went to. The caller commits.
"""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from newsite import tokens
from newsite.accounts import queries as accounts
from newsite.accounts.models import ReplyMail, User
from newsite.comments import actions, deciding, queries
from newsite.comments.actions import Decision
from newsite.comments.letters.links import DECIDE_FOR, Choice, chosen, state_of, stopped
from newsite.comments.models import Comment, Follows, ModerationEntry
from newsite.db import db
from newsite.errors import RuleBroken

DECISIONS: dict[Choice, Decision] = {
    Choice.approve: actions.approve,
    Choice.spam: actions.mark_spam,
    Choice.trash: actions.trash,
}


class NoMore(RuleBroken):
    """An address from a mail that does nothing any more."""

    status = 410


class Asked(NamedTuple):
    """A decision that an editor may make by the address in their hands."""

    user: User
    comment: Comment
    choice: Choice


def asked(token: str, *, now: datetime) -> Asked:
    """What this address decides, and for whom; it only reads. Raises NoMore with a sentence for the editor."""
    said = chosen(token, now=now)
    if said is None:
        raise NoMore("This link is older than 7 days, or was not copied to its end.")
    user, comment = accounts.user_by_id(said.user_id), queries.by_id(said.comment_id)
    if user is None or not user.is_active or not user.is_editor:
        raise NoMore("Whoever got this mail decides about replies no more.")
    if tokens.is_spent(token):
        raise NoMore("This link has been used. It works once.")
    if comment is None:
        raise NoMore("This reply is not there any more.")
    if state_of(comment) != said.state:
        raise NoMore("Somebody has decided about this reply since, or its writer has changed it.")
    return Asked(user, comment, said.choice)


def decide(token: str, *, now: datetime) -> ModerationEntry:
    """The decision, made. Raises NoMore, and Conflict if the reply is where it should go."""
    comment = asked(token, now=now).comment
    deciding.lock(comment)
    db.session.expire(comment)
    said = asked(token, now=now)  # once more, now that nobody else decides
    if not tokens.spend(token, ends_at=now + DECIDE_FOR):
        raise NoMore("This link has been used. It works once.")
    return DECISIONS[said.choice](said.comment, by=said.user, now=now)


def may_stop(token: str, *, now: datetime) -> bool:
    """Whether this address ends anybody's mails."""
    return stopped(token, now=now) is not None


def stop(token: str, *, now: datetime) -> None:
    """Ends the mails that an address came with; asked again, or about somebody gone, it changes nothing.

    Of a reply's writer, those to the same address about the same article.
    """
    said = stopped(token, now=now)
    user = accounts.user_by_id(said.user_id) if said and said.user_id else None
    if said and user and user.created_at <= said.made_at:
        user.reply_mail = ReplyMail.never
    comment = queries.by_id(said.comment_id) if said and said.comment_id else None
    # SQLite gives the number of a deleted reply to another one.
    if said and comment and comment.created_at <= said.made_at:
        same = (
            Comment.article_id == comment.article_id,
            Comment.email_key == comment.email_key,
            Comment.follows != Follows.nothing,
        )
        db.session.execute(sa.update(Comment).where(*same).values(follows=Follows.nothing))
