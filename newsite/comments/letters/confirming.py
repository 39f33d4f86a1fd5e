"""The letter that asks whether an address is its writer's: the only one to an address that nobody has confirmed.

Nothing of what was sent stands in it, neither words nor name: whoever writes them would be writing to
a stranger in the site's name.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite import mail
from newsite.comments import links, queries
from newsite.comments.letters.jobs import Written
from newsite.comments.letters.printing import address_of, printed
from newsite.comments.models import Comment, Status
from newsite.comments.spam.model import HOLD_AT
from newsite.db import db
from newsite.outbox import Claim

DAY = timedelta(days=1)
MOST_AN_ADDRESS = 3  # a day; beyond, a reply waits for an editor, and nobody is asked
MOST_A_NETWORK = 20


def write(claim: Claim, now: datetime) -> Written | None:
    """Asks, if there is somebody to ask, and nobody sends us to flood a letter box."""
    comment = queries.by_id(claim.payload["comment"])
    if comment is None or not is_asked(comment, now):
        return None
    link = mail.absolute(links.status_path(comment.id, links.MAIL, now=now))
    article = {"title": comment.article.title, "address": address_of(comment.article)}
    return Written(printed("confirm", comment.email, is_asked_for=True, link=link, **article))


def is_asked(comment: Comment, now: datetime) -> bool:
    """Whether its writer is to be asked, so long as there is a mail server."""
    is_honest = comment.status is Status.pending and (comment.spam_score or 0) < HOLD_AT
    is_open = comment.user_id is None and comment.confirmed_at is None and bool(comment.email)
    is_shown = is_honest or comment.is_approved
    return is_shown and is_open and comment.article.is_public(now) and not _is_flood(comment)


def _is_flood(comment: Comment) -> bool:
    """Whether as many came from there in the day before as may be asked about in one.

    Counted is what came, asked about or not: so a job that runs twice says the same twice. Replies
    that were confirmed do not count for their address: whoever has it wants the mails.
    """
    before = Comment.id < comment.id, Comment.created_at > comment.created_at - DAY
    by_address = (Comment.email_key == comment.email_key, Comment.confirmed_at.is_(None))
    if _count(*by_address, *before) >= MOST_AN_ADDRESS:
        return True
    by_network = (Comment.network == comment.network, Comment.network != "")
    return bool(comment.network) and _count(*by_network, *before) >= MOST_A_NETWORK


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    some = sa.select(sa.literal(1)).where(*conditions).limit(MOST_A_NETWORK).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
