"""How a job of the outbox becomes a mail: a letter is written when it is sent, of what is so by then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from newsite import db as database
from newsite.db import db
from newsite.mail import office
from newsite.mail.message import Letter
from newsite.mail.sending import deliver
from newsite.outbox import Claim, Handler, Hopeless


@dataclass(frozen=True)
class Written:
    """A letter, and what is noted in the session when it was sent."""

    letter: Letter
    then: Callable[[], None] = lambda: None


Writer = Callable[[Claim, datetime], Written | None]  # only reads; None: there is nothing to tell


def sender(write: Writer, kinds: Iterable[str]) -> Handler:
    """The handler that sends what `write` has written for a job; `kinds` wait with it while the server is away.

    A worker that dies between the server's yes and its note of it sends the letter again, with the
    Message-ID of the first: mail programs know them for one.
    """

    def send(claim: Claim, now: datetime) -> None:
        if not office.is_set_up():
            raise Hopeless("there is no mail server any more")
        with database.reading():  # on SQLite whoever writes would wait for the mail server
            written = write(claim, now)
            db.session.rollback()
        if written and deliver(written.letter, claim, kinds=kinds, now=now):
            written.then()

    return send
