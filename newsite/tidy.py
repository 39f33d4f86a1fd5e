"""What is cleared away every hour, because nobody needs it any more."""

from datetime import datetime, timedelta

from newsite import audit, changes, limits, outbox, tokens
from newsite.accounts import invitations, signing_in
from newsite.articles import autosaving, links, reads
from newsite.comments import bans, retention
from newsite.mail import troubles

KIND = "tidy"  # of the job in the outbox
CHANGES_KEPT = timedelta(days=7)  # a page cache that slept longer drops everything
JOBS_KEPT = timedelta(days=30)  # done ones: long enough to see what was sent, and that it was once


def tidy(now: datetime) -> dict[str, int]:
    """Deletes what has had its time, and says how many rows of each; the caller commits."""
    return {
        "ended sign-ins": signing_in.tidy(now),
        "ended invitations": invitations.tidy(now),
        "old entries of the log": audit.tidy(now),
        "counts of attempts": limits.tidy(now),
        "used links": tokens.tidy(now),
        "ended bans": bans.tidy(now),
        "changes": changes.forget(now - CHANGES_KEPT),
        "words that nobody saved": autosaving.tidy(now),
        "old counts of readings": reads.tidy(now),
        "old counts of mails that came back": troubles.tidy(now),
        "done jobs": outbox.forget(now - JOBS_KEPT),
    }


def job(claim: outbox.Claim, now: datetime) -> None:
    """The hourly job. What of replies is kept for a time only goes once a day, by a job of its own."""
    tidy(now)
    retention.ask(now=now)
    links.ask(now=now)
