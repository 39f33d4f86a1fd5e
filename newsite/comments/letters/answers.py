"""The letter that says that somebody answered: to whoever follows answers to their reply."""

from datetime import datetime

from newsite import mail
from newsite.comments import links
from newsite.comments.letters import following
from newsite.comments.letters.asking import SETTLING
from newsite.comments.letters.jobs import Written
from newsite.comments.letters.links import stop_path
from newsite.comments.letters.printing import address_of, printed
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
    letter = printed(
        "answer",
        own.email,
        stop_path=stop_path(comment_id=own.id, now=now),
        title=own.article.title,
        address=address_of(own.article),
        replies=following.shown(found.comments),
        more=found.more,
        count=len(found.comments) + found.more,
        link=mail.absolute(links.status_path(own.id, links.MAIL, now=now)),
    )
    return Written(letter, following.told(own, until))
