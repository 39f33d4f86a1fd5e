"""The same words again, as WordPress knows them: by the name or the address that they came with before."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite.comments import queries, submission
from newsite.comments.models import Comment, Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import DuplicateReply

SENT_BEFORE = "You have sent this reply before. It waits for an editor, or has been read."
SAME_AGAIN = timedelta(seconds=60)  # a second press of the button, not a second thought


def require_new(reply: NewReply, article_id: int, parent_id: int | None, key: str) -> None:
    """Raises DuplicateReply if the tidied reply's words stand there under its name, or from its address.

    `key` is the address as compared. What is in the trash is no hindrance. The very same reply is let
    through: whether that is a second press of the button, only the row that is written can tell.
    """
    if db.session.scalar(sent_before(reply, article_id, parent_id, key)) is not None:
        raise DuplicateReply(SENT_BEFORE, field="body")


def sent_before(
    reply: NewReply, article_id: int, parent_id: int | None, key: str
) -> sa.Select[int]:
    """The id of a reply that `require_new` looks for: one step into an index, whatever the article has."""
    own, begin = submission.fingerprint(reply, parent_id), submission.of_words(reply, parent_id)
    there = (Comment.status != Status.trash, Comment.fingerprint != own)
    # "g" comes after every fingerprint, which is hexadecimal.
    said = (
        Comment.article_id == article_id,
        Comment.fingerprint >= begin,
        Comment.fingerprint < f"{begin}g",
    )
    is_name = sa.func.lower(Comment.author_name) == sa.func.lower(reply.author_name)
    known = is_name | (Comment.email_key == key)
    return sa.select(Comment.id).where(*there, *said, known).limit(1)


def first_of(article_id: int, fingerprint: str, now: datetime) -> Comment | None:
    """The reply with this fingerprint, if it came a moment ago; None if its words may be sent again.

    Those of a reply that lies in the trash for longer may: it gets a fingerprint of its own.
    Raises DuplicateReply if they may not.
    """
    first = queries.with_fingerprint(article_id, fingerprint)
    if now - first.created_at <= SAME_AGAIN:
        return first
    if first.status is not Status.trash:
        raise DuplicateReply(SENT_BEFORE, field="body")
    first.fingerprint = submission.of_none(first.id)
    db.session.flush()
    return None
