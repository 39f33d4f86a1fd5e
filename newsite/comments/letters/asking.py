"""Asking for letters, in the transaction of what they tell of: jobs that hold ids and no address.

Without a mail server nothing is asked for, and nothing depends on it.
"""

from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from newsite import limits, mail, outbox
from newsite.accounts.emails import email_key
from newsite.comments import rules
from newsite.comments.letters.jobs import Kind
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.db import db
from newsite.outbox import Job

HOURLY = (Kind.moderators,)
ANSWERS_EVERY = timedelta(minutes=5)  # answers to one reply are collected for so long
THREADS_EVERY = timedelta(hours=1)
# A letter tells of what was approved so long before it is written: all of that is committed by then.
SETTLING = timedelta(minutes=1)
UNDO_FOR = timedelta(minutes=1)  # a slip of the hand is seen by then


class Stored(Protocol):
    """Whatever has the id of a reply."""

    @property
    def id(self) -> int:
        """Of the reply."""


def ask_to_confirm(comment: Stored, *, now: datetime) -> None:
    """Has the writer of a reply asked whether the address is theirs; the caller commits.

    Whether it is one that is asked about, and not too often, is looked at when the letter is written.
    """
    if mail.is_set_up():
        outbox.add(Kind.confirm, f"confirm:{comment.id}", {"comment": comment.id}, now=now)


def tell_of_approval(comment: Comment, *, now: datetime) -> None:
    """Has those told who follow, when a reply first came on its page; the caller commits.

    Its writer is asked to confirm, if nobody wanted to write to the address before.
    """
    if not mail.is_set_up():
        return
    if _was_passed_over(comment):
        key = f"confirm-approved:{comment.id}"
        outbox.add(Kind.confirm, key, {"comment": comment.id}, now=now)
    if comment.parent_id is not None:
        end = _end(now, ANSWERS_EVERY)
        key = f"answer:{comment.parent_id}:{end:%Y-%m-%dT%H:%M}"
        told = {"comment": comment.parent_id}
        outbox.add(Kind.answer, key, told, now=now, due=end + SETTLING)
    end = _end(now, THREADS_EVERY)
    key = f"threads:{comment.article_id}:{end:%Y-%m-%dT%H}"
    outbox.add(Kind.threads, key, {"article": comment.article_id}, now=now, due=end + SETTLING)


def tell_of_decision(entry: ModerationEntry, *, now: datetime) -> None:
    """Has the writer of a reply told what was decided about it, if it still stands in a minute; the caller commits."""
    if mail.is_set_up():
        db.session.flush()  # the decision's id is in the job
        told = {"entry": entry.id}
        outbox.add(Kind.decision, f"decision:{entry.id}", told, now=now, due=now + UNDO_FOR)


def send_privacy_link(email: str, *, now: datetime) -> None:
    """Has the link to what is held about them sent to this address, if anything is; the caller commits.

    The job holds the address until it is done. Asked again within five minutes, it is sent once.
    """
    if mail.is_set_up():
        key = f"{_privacy_key(email)}:{_end(now, ANSWERS_EVERY):%Y-%m-%dT%H:%M}"
        outbox.add(Kind.privacy, key, {"email": email}, now=now)


def forget_privacy_links(email: str) -> None:
    """Forgets that this address asked for the link, whether or not it was sent; the caller commits."""
    asked = Job.key.startswith(_privacy_key(email), autoescape=True)
    db.session.execute(sa.delete(Job).where(Job.kind == Kind.privacy, asked))


def _was_passed_over(comment: Comment) -> bool:
    """Whether a rule took a reply for spam, or put it aside when it came: then the writer was not asked."""
    came_aside = [
        entry.old_status is None and entry.new_status is not Status.pending
        for entry in comment.entries
    ]
    looked = [entry.rule.startswith(rules.LOOKS_LIKE_SPAM) for entry in comment.entries]
    return any(came_aside + looked)


def _privacy_key(email: str) -> str:
    return f"privacy:{limits.hidden(f'privacy:{email_key(email)}')[:32]}"


def _end(now: datetime, span: timedelta) -> datetime:
    """When the span of time ends that `now` is in; spans begin with the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour + ((now - hour) // span + 1) * span
