"""What is done with replies: sent, answered, approved, held, put aside. The caller commits."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import arriving, deciding, rules, submission
from newsite.comments.arriving import Arrival, Parent, Stored
from newsite.comments.models import UNDONE, Comment, ModerationEntry, Status
from newsite.comments.rules import NOBODY, Sender
from newsite.comments.spam import learning
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken, ThreadLocked
from newsite.site import queries as sites

Decision = Callable[..., ModerationEntry]  # approve, hold, mark_spam, trash, restore or leave
AUTHOR = "Author"  # the badge of an answer by whoever began the article, after their own
says_where = deciding.says_where


def submit_reply(
    article: Article,
    reply: NewReply,
    *,
    sender: Sender = NOBODY,
    now: datetime,
    suspicion: str = "",
) -> Comment:
    """A reader's reply, where the site's rules put it: on the page, to wait, in spam or in the trash.

    `suspicion` names the rule of a trap that it stepped into. The same words sent again within 60
    seconds are the first reply, with `is_repeat` set.
    Raises RepliesClosed, TooFast, DuplicateReply for the same words later, RuleBroken naming a field.
    """
    db.session.flush()  # the article may be new
    site = sites.the_site()
    arrival = arriving.prepare(article, reply, site, sender=sender, now=now, suspicion=suspicion)
    return _loaded(arriving.store(arrival, now=now))


def judge_again(comment: Comment, *, now: datetime) -> Comment:
    """The reply, where the rules put it now that its address is confirmed, or its words are others.

    What an editor put aside or held stays there, and what stands on the page goes for new words only.
    What a rule put aside stays aside: nobody shall find out by trying which words pass.
    """
    deciding.lock(comment)
    if not _may_be_judged(comment):
        return comment
    site, sender = sites.the_site(), Sender(network=comment.network)
    ruling = rules.judge(comment, site, sender=sender, now=now)
    comment.spam_score = ruling.spam_score
    rule = ruling.rule or rules.passed(ruling)
    if ruling.status is not comment.status:
        deciding.move(comment, ruling.status, rule=rule, now=now)
    elif comment.status is Status.pending and all(rule != one.rule for one in comment.entries[-1:]):
        waits = Status.pending
        entry = ModerationEntry(old_status=waits, new_status=waits, rule=rule, at=now)
        comment.entries.append(entry)
    return comment


def answer(comment: Comment, body: str, *, by: User, now: datetime) -> Comment:
    """A member of staff's answer, on the page at once; a reply that was waiting is approved with it.

    Closing an article to readers does not stop it. Whoever wrote the article answers as its author.
    Raises NotAllowed, Conflict if the reply was put aside, ThreadLocked, RuleBroken
    for the field `body`.
    """
    _require_editor(by)
    if comment.status in (Status.spam, Status.trash):
        raise Conflict("This reply was put aside. Restore it before you answer it.")
    if comment.is_locked:
        raise ThreadLocked(arriving.LOCKED)
    reply = NewReply(by.name, by.email, "", body, comment.id).tidied()
    sentence = submission.problems(reply).get("body")
    if sentence:
        raise RuleBroken(sentence, field="body")
    db.session.flush()  # what is answered may be new
    columns = arriving.cleaned(reply, now) | {"article_id": comment.article_id}
    is_author = comment.article.created_by_id == by.id
    badges = filter(None, dict.fromkeys([by.badge, AUTHOR if is_author else ""]))
    columns |= {"user_id": by.id, "badge": " · ".join(badges)}
    levels = sites.the_site().replies_depth
    arrival = Arrival(reply, Parent.of(comment), columns, levels)
    stored = _loaded(arriving.write(arrival, now=now))
    if not stored.is_repeat:
        decide([comment, stored], approve, by=by, now=now)
    return stored


def approve(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that puts a reply on the page. Raises NotAllowed, Conflict if it is there."""
    return _decide(comment, Status.approved, by=by, reason=reason, note=note, now=now)


def hold(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that makes a reply wait (again). Raises NotAllowed, Conflict if it waits."""
    return _decide(comment, Status.pending, by=by, reason=reason, note=note, now=now)


def mark_spam(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that a reply is spam. Raises NotAllowed, Conflict if it is spam already."""
    return _decide(comment, Status.spam, by=by, reason=reason, note=note, now=now)


def trash(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that a reply goes to the trash. Raises NotAllowed, Conflict if it is there."""
    return _decide(comment, Status.trash, by=by, reason=reason, note=note, now=now)


def restore(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that takes a reply out of spam or trash, to where it was before, else to wait.

    Raises NotAllowed, Conflict if it is in neither.
    """
    if comment.status in (Status.approved, Status.pending):
        raise Conflict(deciding.says_where(comment))
    moves = [entry.old_status for entry in comment.entries if entry.old_status != entry.new_status]
    status = Status.approved if moves[-1:] == [Status.approved] else Status.pending
    comment.spam_score = None  # somebody has looked, and says that it is none
    return _decide(comment, status, by=by, reason=reason, note=note, now=now)


def leave(
    comment: Comment, *, by: User, reason: str = "", note: str = "", now: datetime
) -> ModerationEntry:
    """The decision that a reply which was reported, or whose writer appealed, stays where it is.

    Raises NotAllowed, Conflict if nothing that was said about it waits for a decision.
    """
    _require_editor(by)
    return deciding.leave(comment, by=by, reason=reason, note=note, now=now)


def decide(
    comments: Iterable[Comment],
    decision: Decision,
    *,
    by: User,
    reason: str = "",
    note: str = "",
    now: datetime,
) -> list[ModerationEntry]:
    """One decision, such as `approve`, about many replies; those that it does not fit are left alone.

    Raises NotAllowed.
    """
    entries = []
    # Articles are locked in one order, so that two editors with long lists do not wait for each other.
    for comment in sorted(comments, key=lambda comment: (comment.article_id, comment.id)):
        with suppress(Conflict):
            entries.append(decision(comment, by=by, reason=reason, note=note, now=now))
    return entries


def undo(entries: Iterable[ModerationEntry], *, by: User, now: datetime) -> list[ModerationEntry]:
    """The opposite of decisions that were the last about their replies; others are left alone.

    Raises NotAllowed.
    """
    undone = []
    for entry in sorted(entries, key=lambda entry: (entry.comment.article_id, entry.comment_id)):
        _require_editor(by)
        deciding.lock(entry.comment)
        if entry.old_status is not None and entry is entry.comment.entries[-1]:
            undone.append(_undone(entry, by, now))
    return undone


def _undone(entry: ModerationEntry, by: User, now: datetime) -> ModerationEntry:
    comment = entry.comment
    if entry.old_status is entry.new_status or entry.old_status is None:
        return deciding.unleave(entry, by=by, now=now)
    moves = [one for one in comment.entries[:-1] if one.old_status is not one.new_status]
    opposite = deciding.move(comment, entry.old_status, by=by, reason=UNDONE, now=now)
    deciding.unsettle(entry)
    if moves and moves[-1].rule:  # a trap had decided, and nobody else: there is nothing to learn
        learning.forget(comment, now=now)
    return opposite


def _may_be_judged(comment: Comment) -> bool:
    last = comment.entries[-1] if comment.entries else None
    if comment.status is Status.approved:
        edited = comment.edited_at
        return edited is not None and (last is None or edited >= last.at)
    if comment.status is not Status.pending or any(not one.rule for one in comment.standing[-1:]):
        return False
    return not any(rules.is_seen_once(entry.rule) for entry in comment.entries)


def _loaded(stored: Stored) -> Comment:
    comment = db.session.get_one(Comment, stored.id)
    comment.is_repeat = stored.is_repeat
    return comment


def _decide(
    comment: Comment, status: Status, *, by: User, reason: str, note: str, now: datetime
) -> ModerationEntry:
    _require_editor(by)
    return deciding.move(comment, status, by=by, reason=reason, note=note, now=now)


def _require_editor(by: User) -> None:
    if not by.is_editor:
        raise NotAllowed("Only an editor may do this.")
