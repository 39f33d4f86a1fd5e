"""The letter that tells the writer of a reply what an editor decided about it."""

from datetime import datetime

from newsite import mail
from newsite.comments import links
from newsite.comments.letters.jobs import Written
from newsite.comments.letters.printing import printed
from newsite.comments.models import ModerationEntry
from newsite.db import db
from newsite.outbox import Claim


def write(claim: Claim, now: datetime) -> Written | None:
    """Tells of a decision that still stands, with its note; nobody whose address was not confirmed."""
    entry = db.session.get(ModerationEntry, claim.payload["entry"])
    if entry is None or entry.was_undone:
        return None
    comment = entry.comment
    if comment.confirmed_at is None or not comment.email:
        return None
    letter = printed(
        "decision",
        comment.email,
        title=comment.article.title,
        status=entry.new_status.value,
        note=entry.note,
        link=mail.absolute(links.status_path(comment.id, links.MAIL, now=now)),
    )
    return Written(letter)
