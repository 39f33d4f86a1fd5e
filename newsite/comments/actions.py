"""What is done with replies: sent, answered, approved, held, put aside. The caller commits."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from newsite.accounts.emails import email_key
from newsite.accounts.models import User
from newsite.articles.models import Article, Kind
from newsite.articles.printed import Text
from newsite.comments import deciding, queries, submission, threads
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.spam import learning
from newsite.comments.spam.verdicts import verdict
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict, DuplicateReply, NotAllowed, RepliesClosed, RuleBroken
from newsite.sanitize import POLICY, link_count, reply_html
from newsite.text import tidy_text

Decision = Callable[..., ModerationEntry]  # approve, hold, mark_spam, trash or restore
SENT_BEFORE = "You have sent this reply before. It waits for an editor, or has been read."
SAME_AGAIN = timedelta(seconds=60)  # a second press of the button, not a second thought
says_where = deciding.says_where


def takes_replies(article: Text, now: datetime) -> bool:
    """Whether readers may reply at `now`; a page that stands by itself has no replies."""
    return article.kind is Kind.article and article.takes_replies(now)


def submit_reply(
    article: Article, reply: NewReply, *, now: datetime, suspicion: str = ""
) -> Comment:
    """A reader's reply, which waits for an editor, or lies in spam if `suspicion` names a trap's rule.

    Every one waits: a name and an address that anybody can type prove nothing, so an earlier
    approved reply from the same address is no reason to trust this one.
    The same words sent again within 60 seconds are the first reply, with `is_repeat` set.
    Raises RepliesClosed, DuplicateReply for the same words later, RuleBroken naming a field.
    """
    if not takes_replies(article, now):
        raise RepliesClosed("Replies to this article are closed.")
    reply = reply.tidied()
    for field, sentence in submission.problems(reply).items():
        raise RuleBroken(sentence, field=field)
    parent = queries.answerable(article, reply.parent_id)
    comment = _written(article, reply, parent, now=now)
    comment.status = Status.spam if suspicion else Status.pending
    rule = suspicion or _looks_like_spam(comment) or _why_held(comment)
    comment.entries = [ModerationEntry(new_status=comment.status, rule=rule, at=now)]
    return _stored_once(comment, now)


def answer(comment: Comment, body: str, *, by: User, now: datetime) -> Comment:
    """A member of staff's answer, on the page at once; a reply that was waiting is approved with it.

    Closing an article to readers does not stop it.
    Raises NotAllowed, Conflict if the reply was put aside, RuleBroken for the field `body`.
    """
    _require_editor(by)
    if comment.status in (Status.spam, Status.trash):
        raise Conflict("This reply was put aside. Restore it before you answer it.")
    reply = NewReply(by.name, by.email, "", body, comment.id).tidied()
    sentence = submission.problems(reply).get("body")
    if sentence:
        raise RuleBroken(sentence, field="body")
    written = _written(comment.article, reply, comment, now=now)
    written.user_id, written.badge = by.id, by.badge
    written.status = Status.pending
    stored = _stored_once(written, now)
    if not stored.is_repeat:
        decide([comment, stored], approve, by=by, now=now)
    return stored


def approve(comment: Comment, *, by: User, reason: str = "", now: datetime) -> ModerationEntry:
    """The decision that puts a reply on the page. Raises NotAllowed, Conflict if it is there."""
    return _decide(comment, Status.approved, by=by, reason=reason, now=now)


def hold(comment: Comment, *, by: User, reason: str = "", now: datetime) -> ModerationEntry:
    """The decision that makes a reply wait (again). Raises NotAllowed, Conflict if it waits."""
    return _decide(comment, Status.pending, by=by, reason=reason, now=now)


def mark_spam(comment: Comment, *, by: User, reason: str = "", now: datetime) -> ModerationEntry:
    """The decision that a reply is spam. Raises NotAllowed, Conflict if it is spam already."""
    return _decide(comment, Status.spam, by=by, reason=reason, now=now)


def trash(comment: Comment, *, by: User, reason: str = "", now: datetime) -> ModerationEntry:
    """The decision that a reply goes to the trash. Raises NotAllowed, Conflict if it is there."""
    return _decide(comment, Status.trash, by=by, reason=reason, now=now)


def restore(comment: Comment, *, by: User, reason: str = "", now: datetime) -> ModerationEntry:
    """The decision that takes a reply out of spam or trash, to where it was before, else to wait.

    Raises NotAllowed, Conflict if it is in neither.
    """
    if comment.status in (Status.approved, Status.pending):
        raise Conflict(deciding.says_where(comment))
    before = comment.entries[-1].old_status if comment.entries else None
    status = Status.approved if before is Status.approved else Status.pending
    comment.spam_score = None  # somebody has looked, and says that it is none
    return _decide(comment, status, by=by, reason=reason, now=now)


def decide(
    comments: Iterable[Comment], decision: Decision, *, by: User, reason: str = "", now: datetime
) -> list[ModerationEntry]:
    """One decision, such as `approve`, about many replies; those that it does not fit are left alone.

    Raises NotAllowed.
    """
    entries = []
    # Articles are locked in one order, so that two editors with long lists do not wait for each other.
    for comment in sorted(comments, key=lambda comment: (comment.article_id, comment.id)):
        with suppress(Conflict):
            entries.append(decision(comment, by=by, reason=reason, now=now))
    return entries


def undo(entries: Iterable[ModerationEntry], *, by: User, now: datetime) -> list[ModerationEntry]:
    """The opposite of decisions that were the last about their replies; others are left alone.

    Raises NotAllowed.
    """
    undone = []
    for entry in sorted(entries, key=lambda entry: (entry.comment.article_id, entry.comment_id)):
        deciding.lock(entry.comment)
        if entry.old_status is not None and entry is entry.comment.entries[-1]:
            before = entry.comment.entries[-2:-1]
            undone.append(_decide(entry.comment, entry.old_status, by=by, reason="Undone", now=now))
            if (
                before and before[0].rule
            ):  # a trap had decided, and nobody else: there is nothing to learn
                learning.forget(entry.comment, now=now)
    return undone


def _written(
    article: Article, reply: NewReply, parent: Comment | None, *, now: datetime
) -> Comment:
    comment = Comment(
        article=article,
        author_name=reply.author_name,
        email=reply.email,
        email_key=email_key(reply.email),
        website=reply.website,
        body=reply.body,
        body_html=reply_html(tidy_text(reply.body)),
        body_policy=POLICY,
        fingerprint=submission.fingerprint(reply, parent.id if parent else None),
        created_at=now,
    )
    threads.stand(comment, parent)
    return comment


def _stored_once(comment: Comment, now: datetime) -> Comment:
    """The comment, stored; or the one that was stored before with the same words.

    The unique fingerprint decides, so that it does not matter how many ask at once, or where.
    """
    try:
        with db.session.begin_nested():
            db.session.add(comment)
            db.session.flush()  # its id is a part of its place
            comment.place = threads.place(comment, comment.parent)
    except IntegrityError:
        first = queries.with_fingerprint(comment.article, comment.fingerprint)
        if first is None:
            raise
        if now - first.created_at > SAME_AGAIN:
            raise DuplicateReply(SENT_BEFORE, field="body") from None
        first.is_repeat = True
        return first
    return comment


def _why_held(comment: Comment) -> str:
    """The rule that makes a reader's reply wait, in words for an editor."""
    is_known = queries.has_approved(comment.email_key)
    rule = "Every reply is read first" if is_known else "First reply from this address"
    links = link_count(comment.body_html)
    return f"{rule} · {links} {'link' if links == 1 else 'links'}" if links else rule


def _looks_like_spam(comment: Comment) -> str:
    """Why the filter takes a reply for spam, in words for an editor; empty if it does not. Keeps its score."""
    found = verdict(learning.current(), learning.suspect(comment))
    comment.spam_score = found.kept_score
    return f"Looks like spam: {'; '.join(found.reasons)}" if found.is_hold else ""


def _decide(
    comment: Comment, status: Status, *, by: User, reason: str, now: datetime
) -> ModerationEntry:
    _require_editor(by)
    return deciding.move(comment, status, by=by, reason=reason, now=now)


def _require_editor(by: User) -> None:
    if not by.is_editor:
        raise NotAllowed("Only an editor may do this.")
