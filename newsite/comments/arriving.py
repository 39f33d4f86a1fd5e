"""A reader's reply on its way in: all that can be worked out of it beforehand, and then its rows.

On SQLite one process writes at a time, so whatever takes long (cleaning, the spam filter, the questions
to the database) comes before the first statement that writes; and that part speaks to the tables
themselves: objects that the session watches would cost more than all the rest (docs/adr/0021).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from newsite.accounts.emails import email_key
from newsite.articles import subjects
from newsite.articles.models import Kind
from newsite.articles.printed import Text
from newsite.articles.subjects import Subject
from newsite.comments import queries, submission, threads
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.comments.spam.verdicts import verdict
from newsite.comments.submission import NewReply
from newsite.db import db, insert
from newsite.errors import DuplicateReply, RepliesClosed, RuleBroken
from newsite.sanitize import POLICY, link_count, reply_html
from newsite.text import tidy_text

SENT_BEFORE = "You have sent this reply before. It waits for an editor, or has been read."
SAME_AGAIN = timedelta(seconds=60)  # a second press of the button, not a second thought
_COMMENTS = cast(sa.Table, Comment.__table__)
_ENTRIES = cast(sa.Table, ModerationEntry.__table__)


class Parent(NamedTuple):
    """What an answer has to know of the reply that it answers."""

    id: int
    depth: int
    place: str | None

    @classmethod
    def of(cls, comment: Comment) -> "Parent":
        """As much of a reply."""
        return cls(comment.id, comment.depth, comment.place)


@dataclass(frozen=True)
class Arrival:
    """A reply of which all is known but its id."""

    reply: NewReply  # tidied
    parent: Parent | None
    columns: dict[str, Any]  # of its row
    rule: str = ""  # why it waits, or lies in spam: for an editor


class Stored(NamedTuple):
    """Where a reply is: its id, and whether the same words had been sent a moment before."""

    id: int
    is_repeat: bool


def takes_replies(article: Text | Subject, now: datetime) -> bool:
    """Whether readers may reply at `now`; a page that stands by itself has no replies."""
    return article.kind is Kind.article and article.takes_replies(now)


def prepare(
    article: Text | Subject, reply: NewReply, *, now: datetime, suspicion: str = ""
) -> Arrival:
    """What `store` is to write; this only reads. `suspicion` names the rule of a trap, if one was stepped into.

    Raises RepliesClosed, RuleBroken naming a field.
    """
    _require_open(article, now)
    reply = reply.tidied()
    for field, sentence in submission.problems(reply).items():
        raise RuleBroken(sentence, field=field)
    answered = queries.answerable(article.id, reply.parent_id)
    parent = Parent.of(answered) if answered else None
    columns = cleaned(reply, now) | {"article_id": article.id}
    if suspicion:
        return Arrival(reply, parent, columns | {"status": Status.spam}, suspicion)
    suspect = Suspect(reply.body, reply.author_name, reply.email, reply.website)
    found = verdict(learning.current(), suspect)
    columns["spam_score"] = found.kept_score
    looks = f"Looks like spam: {'; '.join(found.reasons)}" if found.is_hold else ""
    return Arrival(reply, parent, columns, looks or _why_held(columns))


def cleaned(reply: NewReply, now: datetime) -> dict[str, Any]:
    """The columns of a tidied reply's row, as of one that waits; which article it is about is to be added."""
    return {
        "status": Status.pending,
        "spam_score": None,
        "user_id": None,
        "badge": "",
        "author_name": reply.author_name,
        "email": reply.email,
        "email_key": email_key(reply.email),
        "website": reply.website,
        "body": reply.body,
        "body_html": reply_html(tidy_text(reply.body)),
        "body_policy": POLICY,
        "created_at": now,
    }


def store(arrival: Arrival, *, now: datetime) -> Stored:
    """Writes a reader's reply that was prepared; the caller commits.

    What may have changed since is asked again: whether the article takes replies (else RepliesClosed),
    and whether what is answered is still there; if not, the reply stands by itself, as always.
    Raises DuplicateReply as `write`.
    """
    article_id, parent = arrival.columns["article_id"], arrival.parent
    _require_open(subjects.by_id(article_id), now)
    if parent and queries.answerable(article_id, parent.id) is None:
        arrival = replace(arrival, parent=None)
    return write(arrival, now=now)


def write(arrival: Arrival, *, now: datetime) -> Stored:
    """Writes a reply, whether or not readers may send one; the caller commits.

    The same words sent again within 60 seconds are the first reply. Raises DuplicateReply later on.
    """
    connection, parent = db.session.connection(), arrival.parent
    parent_id = parent.id if parent else None
    row = arrival.columns | {
        "parent_id": parent_id,
        "depth": threads.depth(parent),
        "fingerprint": submission.fingerprint(arrival.reply, parent_id),
    }
    comment_id = connection.execute(_insert(connection.dialect.name, tuple(row)), row).scalar()
    if comment_id is None:
        return _sent_before(row, now)
    place = threads.place_of(comment_id, now, parent)
    connection.execute(_set_place(), {"of": comment_id, "at": place})
    if arrival.rule:
        entry = {"comment": comment_id, "status": row["status"], "rule": arrival.rule, "now": now}
        connection.execute(_insert_entry(), entry)
    return Stored(comment_id, is_repeat=False)


def _sent_before(row: dict[str, Any], now: datetime) -> Stored:
    first = queries.with_fingerprint(row["article_id"], row["fingerprint"])
    if now - first.created_at > SAME_AGAIN:
        raise DuplicateReply(SENT_BEFORE, field="body")
    return Stored(first.id, is_repeat=True)


def _require_open(article: Text | Subject | None, now: datetime) -> None:
    if article is None or not takes_replies(article, now):
        raise RepliesClosed("Replies to this article are closed.")


def _why_held(columns: dict[str, Any]) -> str:
    """The rule that makes a reader's reply wait, in words for an editor."""
    is_known = queries.has_approved(columns["email_key"])
    rule = "Every reply is read first" if is_known else "First reply from this address"
    links = link_count(columns["body_html"])
    return f"{rule} · {links} {'link' if links == 1 else 'links'}" if links else rule


@cache
def _insert(dialect: str, names: tuple[str, ...]) -> Any:
    """Inserts a reply unless it is there: the unique fingerprint decides, however many ask at once, or where."""
    return (
        insert(_COMMENTS)
        .values({name: sa.bindparam(name) for name in names})
        .on_conflict_do_nothing(index_elements=["article_id", "fingerprint"])
        .returning(_COMMENTS.c.id)
    )


@cache
def _set_place() -> sa.Update:
    """Its id is a part of its place."""
    where = _COMMENTS.c.id == sa.bindparam("of")
    return sa.update(_COMMENTS).where(where).values(place=sa.bindparam("at"))


@cache
def _insert_entry() -> sa.Insert:
    return sa.insert(_ENTRIES).values(
        comment_id=sa.bindparam("comment"),
        old_status=None,
        new_status=sa.bindparam("status"),
        rule=sa.bindparam("rule"),
        reason="",
        at=sa.bindparam("now"),
    )
