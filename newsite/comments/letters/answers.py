"""The letter that says that somebody answered: to whoever follows answers to their reply."""

from datetime import datetime

from newsite.comments.letters import following
from newsite.comments.letters.asking import SETTLING
from newsite.comments.letters.jobs import Written
from newsite.comments.models import Comment, Follows
from newsite.outbox import Claim


def write(claim: Claim, now: datetime) -> Written | None:
    """Tells of the answers of the last minutes, in one letter."""
    until = now - SETTLING
    own = following.follower(claim.payload["comment"], Follows.answers, now)
    if own is None:
        return None
    found = following.news(own, until, Comment.parent_id == own.id)
    if not found.comments:
        return None
    letter = following.letter("answer", own, found, now=now)
    return Written(letter, following.told(own, until))
