"""What the letters' jobs have in common: their kinds, and how a job becomes a mail."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsite import db as database
from newsite import mail
from newsite.db import db
from newsite.mail import Letter
from newsite.outbox import Claim, Handler, Hopeless


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


@dataclass(frozen=True)
class Written:
    """A letter, and what is noted in the session when it was sent."""

    letter: Letter
    then: Callable[[], None] = lambda: None


Writer = Callable[[Claim, datetime], Written | None]  # only reads; None: there is nothing to tell


def sender(write: Writer) -> Handler:
    """The handler that sends what `write` has written for a job.

    A worker that dies between the server's yes and its note of it sends the letter again, with the
    Message-ID of the first: mail programs know them for one.
    """

    def send(claim: Claim, now: datetime) -> None:
        if not mail.is_set_up():
            raise Hopeless("there is no mail server any more")
        with database.reading():  # on SQLite whoever writes would wait for the mail server
            written = write(claim, now)
            db.session.rollback()
        if written and mail.deliver(written.letter, claim, kinds=SENT, now=now):
            written.then()

    return send
