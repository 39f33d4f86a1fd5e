"""What the letters' jobs have in common: their kinds, and how a job becomes a mail."""

import enum

from newsite.mail import posting
from newsite.mail.posting import Writer, Written
from newsite.outbox import Handler

__all__ = ["SENT", "Kind", "Writer", "Written", "sender"]


class Kind(enum.StrEnum):
    """What a job of the outbox is about."""

    confirm = "mail.confirm"
    answer = "mail.answer"
    thread = "mail.thread"
    threads = "mail.threads"  # makes a job of the kind before for each who is told
    decision = "mail.decision"
    moderator = "mail.moderator"
    moderators = "mail.moderators"  # the same, every hour
    privacy = "mail.privacy"


SENT = [kind for kind in Kind if kind not in (Kind.threads, Kind.moderators)]


def sender(write: Writer) -> Handler:
    """The handler that sends what `write` has written for a job."""
    return posting.sender(write, SENT)
