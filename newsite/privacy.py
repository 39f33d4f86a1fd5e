"""What one person may see, correct and erase of what is held about them. The caller commits. docs/adr/0026.

A person is an address: whoever reads mail sent there has what was sent with it. What staff write at the desk
belongs to their accounts, and is not among it. What others wrote, about whomever, is theirs.
"""

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from newsite import mail, wiping
from newsite.accounts.emails import email_key
from newsite.articles.actions import touch_replies
from newsite.comments import actions, blocks, deciding, emptying, letters, own, submission
from newsite.comments.letters.privacy import is_same
from newsite.comments.models import Comment, ModerationEntry
from newsite.comments.spam import learning
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site import queries as sites
from newsite.text import tidy_line

SHOWN = 50  # replies on a page
STEP = 50  # replies that are changed at once
UNNAMED = "Name and address erased by its writer"  # the rule in the entry


class Erasing(enum.StrEnum):
    """How much of a reply goes at its writer's wish."""

    everything = "everything"  # its place is left, if answers hang on it
    name = "name"  # and the address: the words stay


def ids_of(email: str) -> list[int]:
    """The replies that were sent with this address, newest first."""
    query = sa.select(Comment.id, Comment.email).where(
        Comment.email_key == email_key(email), Comment.email != "", Comment.user_id.is_(None)
    )
    rows = db.session.execute(query.order_by(Comment.id.desc()))
    # Two letter boxes may share a key, and then each sees its own alone.
    return [row.id for row in rows if is_same(row.email, email)]


def in_steps(ids: list[int]) -> list[list[int]]:
    """The same, a few at a time: each step is committed, so that others may write in between."""
    return [ids[first : first + STEP] for first in range(0, len(ids), STEP)]


def replies(ids: Iterable[int]) -> list[Comment]:
    """These replies, newest first, each with its words, its article and what was decided about it."""
    query = sa.select(Comment).where(Comment.id.in_(list(ids))).order_by(Comment.id.desc())
    query = query.options(undefer(Comment.body), joinedload(Comment.article))
    return list(db.session.scalars(query.options(selectinload(Comment.entries))))


def correct_name(ids: Iterable[int], name: str, *, now: datetime) -> list[Comment]:
    """The replies under another name; one that stands on its page is judged again, as if it had been edited.

    What was put aside changes its name, and nothing else. Raises RuleBroken for the field `author_name`.
    """
    name = tidy_line(submission.storable(name))
    sentence = submission.problems(NewReply(name, "", "", "")).get("author_name")
    if sentence:
        raise RuleBroken(sentence, field="author_name")
    found = [comment for comment in _in_order(ids) if comment.author_name != name]
    for comment in found:
        deciding.lock(comment)
        comment.author_name, comment.edited_at = name, now
        _sign_anew(comment)
        learning.forget(comment, now=now)  # an editor decided about another name
        actions.judge_again(comment, now=now)
        _show(comment)
    return found


def erase(ids: Iterable[int], what: Erasing, *, now: datetime) -> int:
    """Erases so much of these replies for good, and says of how many; the worker wipes the files after it.

    Answers to them stay, and so do the words of others, whomever they quote.
    """
    found = _in_order(ids)
    addresses = {comment.email for comment in found}
    for comment in found:
        deciding.lock(comment)
        if what is Erasing.everything:
            if comment.withdrawn_at is None:
                own.withdraw(comment, now=now)
            emptying.empty(comment, now=now)
        else:
            _unname(comment, now)
        comment.erased_at = now
        _show(comment)
    for email in addresses:
        _forget_mail(email)
    if found:
        wiping.ask(now=now)
    return len(found)


def as_data(email: str) -> dict[str, Any]:
    """All that is held about an address, for programs: times in UTC as ISO 8601."""
    return {"address": email, "replies": [_reply_data(one) for one in replies(ids_of(email))]}


def _reply_data(comment: Comment) -> dict[str, Any]:
    names = ("created_at", "confirmed_at", "approved_at", "edited_at", "withdrawn_at", "told_at")
    given = ("author_name", "email", "website", "body", "appeal", "network")
    return {
        "number": comment.id,
        "article": {"title": comment.article.title, "path": comment.article.path},
        "answers": comment.parent_id,
        "status": comment.status.value,
        "follows": comment.follows.value,
        "looks_like_spam": comment.spam_score,
        **{name: getattr(comment, name) for name in given},
        **{name: _iso(getattr(comment, name)) for name in names},
        "decisions": [_decision_data(entry) for entry in comment.entries],
    }


def _decision_data(entry: ModerationEntry) -> dict[str, Any]:
    """A decision as its writer may see it: who decided, and what editors tell each other, is not among it."""
    return {
        "at": _iso(entry.at),
        "status": entry.new_status.value,
        "note": entry.note,
        "taken_back": entry.was_undone,
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _in_order(ids: Iterable[int]) -> list[Comment]:
    """The replies in the order in which articles are locked: see `actions.decide`."""
    return sorted(replies(ids), key=lambda comment: (comment.article_id, comment.id))


def _sign_anew(comment: Comment) -> None:
    """Gives a reply the fingerprint of its new name, unless the same words stand there under that name.

    The words of one that was withdrawn may be sent again: it has a fingerprint of its own.
    """
    reply = NewReply(comment.author_name, comment.email, comment.website, comment.body)
    fingerprint = submission.fingerprint(reply, comment.parent_id)
    taken = sa.exists().where(
        Comment.article_id == comment.article_id, Comment.fingerprint == fingerprint
    )
    if comment.withdrawn_at is None and not db.session.scalar(sa.select(taken)):
        comment.fingerprint = fingerprint


def _unname(comment: Comment, now: datetime) -> None:
    where = comment.status
    entry = ModerationEntry(old_status=where, new_status=where, rule=UNNAMED, at=now)
    comment.entries.append(entry)
    emptying.unname(comment, now=now)


def _show(comment: Comment) -> None:
    """Readers who see the reply, or its gap, see what it is now."""
    if comment.is_on_page:
        blocks.prepare(comment, blocks.look(sites.the_site()))
        touch_replies(comment.article)


def _forget_mail(email: str) -> None:
    """Forgets what mail knows of an address, once no reply has it any more."""
    if not ids_of(email):
        letters.forget_privacy_links(email)
        mail.forgive(email)
