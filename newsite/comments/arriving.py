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

from newsite import limits
from newsite.accounts.emails import email_key
from newsite.articles import subjects
from newsite.articles.models import Kind
from newsite.articles.printed import Text
from newsite.articles.subjects import Subject
from newsite.comments import deciding, queries, repeats, rules, submission, threads
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.rules import NOBODY, Sender
from newsite.comments.submission import NewReply
from newsite.db import db, insert
from newsite.errors import RepliesClosed, RuleBroken, ThreadLocked, TooFast
from newsite.sanitize import POLICY, reply_html
from newsite.site.models import Site
from newsite.text import tidy_text

LOCKED = "This thread is locked: nobody can answer in it."
MOST_A_NETWORK = 30  # replies a minute from one /24 or /48: a meeting in a hall sends fewer
MINUTE = timedelta(minutes=1)
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
    levels: int  # of answers to answers
    rule: str = ""  # why it waits, or was put aside: for an editor
    passed: str = ""  # what stands in place of a rule, if it may appear at once
    close_days: int | None = None  # after which the article takes no replies
    pause: int = 0  # seconds that have to lie between two replies of these:
    paused: tuple[
        str, ...
    ] = ()  # its network and its address; not what is kept, see `limits.pause`


class Stored(NamedTuple):
    """Where a reply is: its id, and whether the same words had been sent a moment before."""

    id: int
    is_repeat: bool


def takes_replies(article: Text | Subject, now: datetime, close_days: int | None) -> bool:
    """Whether readers may reply at `now`; a page that stands by itself has no replies."""
    return article.kind is Kind.article and article.takes_replies(now, close_days)


def prepare(
    article: Text | Subject,
    reply: NewReply,
    site: Site,
    *,
    sender: Sender = NOBODY,
    now: datetime,
    suspicion: str = "",
) -> Arrival:
    """What `store` is to write; this only reads. `suspicion` names the rule of a trap, if one was stepped into.

    Raises RepliesClosed, TooFast, DuplicateReply, RuleBroken naming a field.
    """
    _require_open(article, now, site.replies_close_days)
    _require_calm(sender.network, now)
    reply = reply.tidied()
    for field, sentence in submission.problems(reply).items():
        raise RuleBroken(sentence, field=field)
    answered = _answered(article.id, reply.parent_id)
    key, parent = email_key(reply.email), Parent.of(answered) if answered else None
    repeats.require_new(reply, article.id, parent.id if parent else None, key)
    columns = cleaned(reply, now) | {"article_id": article.id, "network": sender.network}
    ruling = rules.judge(Comment(**columns), site, sender=sender, now=now, suspicion=suspicion)
    may_appear = ruling.status is Status.approved
    columns["status"] = Status.pending if may_appear else ruling.status
    columns["spam_score"] = ruling.spam_score
    return Arrival(
        reply,
        parent,
        columns,
        site.replies_depth,
        rule=ruling.rule,
        passed=rules.passed(ruling) if may_appear else "",
        close_days=site.replies_close_days,
        pause=site.replies_flood_seconds,
        paused=_paused(key, sender),
    )


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
    One that no rule holds is put on its page. Raises DuplicateReply as `write`, TooFast.
    """
    article_id, parent = arrival.columns["article_id"], arrival.parent
    _require_open(subjects.by_id(article_id), now, arrival.close_days)
    if parent and _answered(article_id, parent.id) is None:
        arrival = replace(arrival, parent=None)
    stored = write(arrival, now=now)
    if stored.is_repeat:  # a second press of the button is no second reply
        return stored
    wait = limits.pause("reply", arrival.paused, arrival.pause, now=now)
    if wait:
        raise TooFast(_too_fast(wait), seconds=wait)
    if arrival.passed:
        comment = db.session.get_one(Comment, stored.id)
        deciding.move(comment, Status.approved, rule=arrival.passed, now=now)
    return stored


def write(arrival: Arrival, *, now: datetime) -> Stored:
    """Writes a reply, whether or not readers may send one; the caller commits.

    The same words sent again within 60 seconds are the first reply. Raises DuplicateReply later on.
    """
    connection, parent = db.session.connection(), arrival.parent
    article_id: int = arrival.columns["article_id"]
    parent_id = parent.id if parent else None
    row = arrival.columns | {
        "parent_id": parent_id,
        "depth": threads.depth(parent, arrival.levels),
        "fingerprint": submission.fingerprint(arrival.reply, parent_id),
    }
    inserting = _insert(connection.dialect.name, tuple(row))
    comment_id = connection.scalar(inserting, row)
    while comment_id is None:
        first = repeats.first_of(article_id, row["fingerprint"], now)
        if first is not None:
            return Stored(first.id, is_repeat=True)
        # None again on PostgreSQL, if the same words have come meanwhile: they are the first reply.
        comment_id = connection.scalar(inserting, row)
    place = threads.place_of(comment_id, now, row["depth"], parent)
    connection.execute(_set_place(), {"of": comment_id, "at": place})
    if arrival.rule:
        entry = {"comment": comment_id, "status": row["status"], "rule": arrival.rule, "now": now}
        connection.execute(_insert_entry(), entry)
    return Stored(comment_id, is_repeat=False)


def _require_open(article: Text | Subject | None, now: datetime, close_days: int | None) -> None:
    if article is None or not takes_replies(article, now, close_days):
        raise RepliesClosed("Replies to this article are closed.")


def _require_calm(network: str, now: datetime) -> None:
    """Raises TooFast while a storm comes from a network, whose many addresses each keep the limits of one.

    It reads what has come: a count of its own would be one more row to write for every reply.
    """
    if not network or not limits.are_on():
        return
    # The index knows only replies that have a network.
    known = (Comment.network == network, Comment.network != "")
    newest = sa.select(Comment.created_at).where(*known).order_by(Comment.id.desc())
    at = db.session.scalar(newest.offset(MOST_A_NETWORK - 1).limit(1))
    if at is not None and timedelta() <= now - at < MINUTE:
        raise TooFast(
            "Many replies are coming from your network. Wait a minute, then post yours again.",
            seconds=MINUTE.seconds,
        )


def _answered(article_id: int, comment_id: int | None) -> Comment | None:
    answered = queries.answerable(article_id, comment_id)
    if answered is not None and answered.is_locked:
        raise ThreadLocked(f"{LOCKED} Posted again, your words are a reply of their own.")
    return answered


def _paused(key: str, sender: Sender) -> tuple[str, ...]:
    """By what whoever has just replied is known for a moment; staff, who reply at the desk, are not."""
    if sender is NOBODY:
        return ()
    network = limits.network(sender.address)
    return (f"address:{key}", *([f"network:{network}"] if network else []))


def _too_fast(seconds: int) -> str:
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    return f"That was quick. Wait {wait}, then post your reply again."


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
