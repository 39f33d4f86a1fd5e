"""Sending a letter from the outbox: at the pace that was set, and what becomes of it if the server says no."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from newsite import outbox
from newsite.db import db
from newsite.mail import office, pace, troubles
from newsite.mail.line import NobodyThere, Refused, ServerAway, TryLater
from newsite.mail.message import Letter, NoAddress
from newsite.outbox import Claim, Hopeless, NotNow, Trouble

TRIED_FOR = timedelta(days=2)  # from when the mail was asked for; news from before is no news
OLD = "it could not be sent for two days"

log = logging.getLogger(__name__)


def deliver(letter: Letter, claim: Claim, *, kinds: Iterable[str], now: datetime) -> bool:
    """Sends the letter that a job asks for; False if its address was given up. The caller commits what it notes.

    The session must be in no transaction: the server may take its time. When the server is away,
    all jobs of `kinds` wait, not this one alone. Raises NotNow, Trouble and Hopeless for the outbox.
    """
    if troubles.is_given_up(letter.to) and not letter.is_asked_for:
        db.session.rollback()
        return False
    db.session.rollback()
    in_use, is_old = office.current(), now - claim.created_at > TRIED_FOR
    if is_old and in_use.failures:
        raise Hopeless(OLD)  # while others wait for the server
    full_until = pace.take(in_use.settings.rate, now)
    if full_until is not None:
        raise _later(kinds, full_until)
    try:
        in_use.send(letter, claim.key, now)
    except ServerAway as problem:
        log.warning("mail waits: %s", problem)
        later = _later(kinds, now + in_use.pause())
        raise Hopeless(OLD) if is_old else later from None
    except TryLater as problem:
        raise Hopeless(f"{OLD}: {problem}") if is_old else Trouble(str(problem)) from None
    except (NoAddress, Refused) as problem:
        if isinstance(problem, NobodyThere):
            troubles.refused(letter.to, now)
            db.session.commit()
        raise Hopeless(str(problem)) from None
    troubles.taken(letter.to)
    return True


def _later(kinds: Iterable[str], until: datetime) -> NotNow:
    outbox.postpone(kinds, until)
    db.session.commit()
    return NotNow(until)
