"""Addresses that letters lead to, each signed for what it does: decide as an editor, end mails, see one's data."""

import enum
import hashlib
import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from newsite import tokens
from newsite.comments.models import Comment

DECIDE, STOP, PRIVACY = "decide", "stop", "privacy"  # what tokens are for
DECIDE_FOR = timedelta(days=7)


class Choice(enum.StrEnum):
    """What an editor may decide from a mail."""

    approve = "approve"
    spam = "spam"
    trash = "trash"


class Chosen(NamedTuple):
    """What an address to decide by says."""

    user_id: int
    comment_id: int
    choice: Choice
    state: str  # of the reply when the letter was written, from `state_of`


class Stopped(NamedTuple):
    """Whose mails an address ends: those to the writer of a reply, or those to an editor."""

    comment_id: int | None
    user_id: int | None
    made_at: datetime  # ids may go to others later


def state_of(comment: Comment) -> str:
    """The last decision about a reply and what it says, in short: another when either has changed."""
    last = comment.entries[-1].id if comment.entries else 0
    said = f"{comment.author_name}\x00{comment.website}\x00{comment.body}"
    return f"{last}.{hashlib.blake2s(said.encode(), digest_size=12).hexdigest()}"


def decide_path(user_id: int, comment: Comment, choice: Choice, *, now: datetime) -> str:
    """Where this editor makes this decision about the reply as it is, for 7 days."""
    value = [user_id, comment.id, choice.value, state_of(comment)]
    return f"/replies/decide/{tokens.signed(DECIDE, value, now=now)}"


def chosen(token: str, *, now: datetime) -> Chosen | None:
    """What a token of `decide_path` says; None if it is none, or too old."""
    value = tokens.opened(DECIDE, token, now=now, valid=DECIDE_FOR)
    if value is None:
        return None
    user_id, comment_id, choice, state = value
    return Chosen(user_id, comment_id, Choice(choice), state)


def stop_path(*, comment_id: int | None = None, user_id: int | None = None, now: datetime) -> str:
    """Where mails end, without end: whoever finds an old one must be able to."""
    made_at = math.ceil(now.timestamp())
    return f"/replies/stop/{tokens.signed(STOP, [comment_id, user_id, made_at], now=now)}"


def stopped(token: str, *, now: datetime) -> Stopped | None:
    """Whose mails a token of `stop_path` ends; None if it is none."""
    value = tokens.opened(STOP, token, now=now)
    if value is None:
        return None
    comment_id, user_id, made_at = value
    return Stopped(comment_id, user_id, datetime.fromtimestamp(made_at, UTC))


def privacy_path(comment_id: int, *, now: datetime) -> str:
    """Where the writer of this reply sees what is held about them.

    The reply stands for the address, which is in no link: links come into histories and logs.
    """
    return f"/privacy/me/{tokens.signed(PRIVACY, comment_id, now=now)}"
