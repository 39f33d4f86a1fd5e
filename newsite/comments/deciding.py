"""How a reply comes from one place to another: one at a time, with an entry that says who or which rule decided."""

from datetime import datetime
from typing import cast

import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.actions import touch_replies
from newsite.articles.models import Article
from newsite.comments import blocks, letters, queries, reports
from newsite.comments.models import UNDONE, Comment, ModerationEntry, Status
from newsite.comments.spam import learning
from newsite.db import db
from newsite.errors import Conflict
from newsite.site import queries as sites
from newsite.text import tidy_line, tidy_text

NOW_IS = {  # where a reply is, as a sentence says it of its writer's name
    Status.pending: "The reply by {name} is waiting.",
    Status.approved: "The reply by {name} is on the page.",
    Status.spam: "The reply by {name} is in spam.",
    Status.trash: "The reply by {name} is in the trash.",
}

_ASIDE = (Status.spam, Status.trash)
_READ_ANEW = [
    "status",
    "is_on_page",
    "withdrawn_at",
    "reported_at",
    "appealed_at",
    "entries",
    "body_html",
]


def move(
    comment: Comment,
    status: Status,
    *,
    by: User | None = None,
    rule: str = "",
    reason: str = "",
    note: str = "",
    now: datetime,
) -> ModerationEntry:
    """Puts a reply where somebody, or else a rule, has decided that it belongs; the caller commits.

    Only the desk sees the reason; the note is to the reply's writer. Reports of it and an appeal are
    settled with it. The filter learns from people only: what a rule moves, it forgets.
    Raises Conflict if the reply is there, or if an editor wants it back which its writer has withdrawn, or of which
    nothing is left.
    """
    lock(comment)
    if comment.status is status or (by is not None and _is_gone(comment, status)):
        raise Conflict(says_where(comment))
    entry = _entered(comment, status, by=by, reason=reason, note=note, now=now)
    entry.rule = rule
    was_approved = comment.is_approved
    comment.status = status
    if comment.is_approved and comment.approved_at is None:
        comment.approved_at = now
        letters.tell_of_approval(comment, now=now)
    blocks.prepare(comment, blocks.look(sites.the_site()))
    _learn(comment, by, now)
    if by is not None or status in (Status.spam, Status.trash):
        _settle_words(comment, by, now)
    if comment.is_approved != was_approved:
        _count(comment.article, 1 if comment.is_approved else -1)
        _settle(comment)
        touch_replies(comment.article)  # readers see something else, and lists count replies
    return entry


def leave(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that a reply which was reported, or whose writer appealed, stays where it is.

    Raises Conflict if nobody has said anything about it that is not settled.
    """
    lock(comment)
    if comment.reported_at is None and comment.appealed_at is None:
        raise Conflict(says_where(comment))
    entry = _entered(comment, comment.status, by=by, reason=reason, note=note, now=now)
    _settle_words(comment, by, now)
    return entry


def unleave(entry: ModerationEntry, *, by: User, now: datetime) -> ModerationEntry:
    """The entry that takes a decision to leave a reply back."""
    comment = entry.comment
    unsettle(entry)
    return _entered(comment, comment.status, by=by, reason=UNDONE, note="", now=now)


def unsettle(entry: ModerationEntry) -> None:
    """Lets what readers and its writer said of a reply wait again, if this decision had settled it."""
    comment = entry.comment
    reports.reopen(comment, settled_at=entry.at)
    # A writer appeals once, after the reply was put aside: the decision that follows is the answer.
    [*_, before] = [None, *comment.entries[: comment.entries.index(entry)]]
    was_put_aside = before is not None and before.new_status in (Status.spam, Status.trash)
    if comment.appeal and was_put_aside and before.old_status is not before.new_status:
        comment.appealed_at = entry.at


def says_where(comment: Comment) -> str:
    """The sentence that says where a reply is now."""
    if comment.withdrawn_at is not None:
        return f"{comment.author_name} has withdrawn this reply. Nobody else can put it back."
    if _is_gone(comment, Status.pending):
        return "Nothing is left of this reply but its place: it had been put aside for too long."
    return NOW_IS[comment.status].format(name=comment.author_name)


def lock(comment: Comment) -> None:
    """Lets one decision at a time into an article's replies, and reads what the last one made of this."""
    article = sa.select(Article.id).where(Article.id == comment.article_id)
    # Not FOR UPDATE: the foreign keys of new replies would wait for it.
    db.session.execute(article.with_for_update(key_share=True))
    db.session.refresh(comment, _READ_ANEW)
    # Somebody may have published it while we waited for the lock: then readers see what is decided.
    db.session.refresh(comment.article, ["state"])


def _is_gone(comment: Comment, status: Status) -> bool:
    """Whether no editor can put a reply there: its writer took it back, or `emptying` left its place alone."""
    is_empty = comment.status in _ASIDE and status not in _ASIDE and not comment.body_html
    return comment.withdrawn_at is not None or is_empty


def _entered(
    comment: Comment,
    status: Status,
    *,
    by: User | None,
    reason: str,
    note: str,
    now: datetime,
) -> ModerationEntry:
    entry = ModerationEntry(old_status=comment.status, new_status=status, by=by, at=now)
    entry.reason, entry.note = tidy_line(reason), tidy_text(note)
    comment.entries.append(entry)
    if by is not None and (entry.note or comment.appealed_at is not None):
        letters.tell_of_decision(entry, now=now)
    return entry


def _learn(comment: Comment, by: User | None, now: datetime) -> None:
    if by is None:
        learning.forget(comment, now=now)
    else:
        learning.follow(comment, now=now)


def _settle_words(comment: Comment, by: User | None, now: datetime) -> None:
    """What readers and its writer said of a reply is settled: somebody has decided, or it is gone."""
    reports.settle(comment, by=by, now=now)
    comment.appealed_at = None


def _count(article: Article, step: int) -> None:
    """Counts in the database, past the article's version: an editor who is saving it loses nothing."""
    table = cast(sa.Table, Article.__table__)
    db.session.execute(
        sa.update(table)
        .where(table.c.id == article.id)
        .values(reply_count=table.c.reply_count + step)
    )
    db.session.expire(article, ["reply_count"])


def _settle(comment: Comment) -> None:
    """Puts a reply on its page, or takes it off, and those above it of which only a gap is left."""
    stands = comment.is_approved or queries.has_answers_on_page(comment)
    if stands == comment.is_on_page:
        return
    comment.is_on_page = stands
    db.session.flush()  # those above are found by what is stored
    above = queries.bare_above(comment) if stands else queries.gaps_above(comment)
    change = sa.update(Comment).where(Comment.id.in_(above)).values(is_on_page=stands)
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})
