"""Those who follow: who is told, and what is new to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite import mail
from newsite.comments import links, queries
from newsite.comments.letters.links import stop_path
from newsite.comments.letters.printing import address_of, address_of_reply, printed, words_of
from newsite.comments.models import Comment, Follows, Status
from newsite.db import db
from newsite.mail import Letter

MOST_SHOWN = 20  # replies in one letter; of more, their number
SHOWN_CHARS = 600  # of each


class News(NamedTuple):
    """What is new to somebody who follows."""

    comments: list[Comment]  # the first of them
    more: int  # how many are not among them


def follower(comment_id: int, follows: Follows, now: datetime) -> Comment | None:
    """The reply whose writer is told, if they still follow, showed that the address is theirs, and may read on."""
    comment = queries.by_id(comment_id)
    if comment is None or comment.follows is not follows or not comment.email:
        return None
    is_welcome = comment.status in (Status.approved, Status.pending)
    is_told = is_welcome and comment.confirmed_at is not None
    return comment if is_told and comment.article.is_public(now) else None


def news(comment: Comment, until: datetime, *which: sa.ColumnElement[bool]) -> News:
    """Replies of others that came on this reply's page since its writer was told last, oldest first."""
    since = comment.told_at or comment.confirmed_at or comment.created_at
    is_new = (
        Comment.article_id == comment.article_id,
        Comment.status == Status.approved,
        Comment.approved_at >= since,
        Comment.approved_at < until,
        Comment.email_key != comment.email_key,
        *which,
    )
    query = sa.select(Comment).where(*is_new).order_by(Comment.approved_at, Comment.id)
    shown = list(db.session.scalars(query.limit(MOST_SHOWN)))
    count = db.session.scalar(sa.select(sa.func.count(Comment.id)).where(*is_new)) or 0
    return News(shown, count - len(shown))


def told(comment: Comment, until: datetime) -> Callable[[], None]:
    """Notes that all that follow from one address under this article know what there was until then."""
    same = (
        Comment.article_id == comment.article_id,
        Comment.email_key == comment.email_key,
        Comment.follows == comment.follows,
    )
    note = sa.update(Comment).where(*same).values(told_at=until)

    def then() -> None:
        db.session.execute(note.execution_options(synchronize_session=False))

    return then


def letter(name: str, own: Comment, found: News, *, now: datetime) -> Letter:
    """The letter of this name to the writer of `own`, with what is new to them and the way to end such letters."""
    return printed(
        name,
        own.email,
        stop_path=stop_path(comment_id=own.id, now=now),
        title=own.article.title,
        address=address_of(own.article),
        replies=_shown(found.comments),
        more=found.more,
        count=len(found.comments) + found.more,
        link=mail.absolute(links.status_path(own.id, links.MAIL, now=now)),
    )


def _shown(comments: list[Comment]) -> list[dict[str, Any]]:
    """The replies as letters show them."""
    return [
        {
            "name": one.author_name,
            "text": words_of(one, SHOWN_CHARS),
            "address": address_of_reply(one),
        }
        for one in comments
    ]
