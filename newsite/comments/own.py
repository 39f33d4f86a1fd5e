"""What the writer of a reply may do with it, without an account: docs/adr/0025. The caller commits.

Who asks has shown an address that opens the reply (`links`): the web half looks at its right.
"""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from newsite import mail
from newsite.articles.actions import touch_replies
from newsite.comments import actions, blocks, deciding, submission
from newsite.comments.arriving import takes_replies
from newsite.comments.models import Comment, Follows, ModerationEntry, Status
from newsite.comments.spam import learning
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict, DuplicateReply, NotAllowed, RepliesClosed, RuleBroken
from newsite.sanitize import POLICY, reply_html
from newsite.site import queries as sites
from newsite.text import tidy_text

MAY_EDIT_FOR = timedelta(minutes=15)  # a slip is seen by then; later, others may have answered
MAX_APPEAL_CHARS = 1_000  # after trimming
WITHDRAWN = "Withdrawn by its writer"  # the rule in the entry
_ASIDE = (Status.spam, Status.trash)


def confirm(comment: Comment, *, now: datetime) -> Comment:
    """The reply, its address shown to be its writer's, and judged once more; nothing changes the second time.

    Raises Conflict if it was withdrawn, NotAllowed if its address was erased.
    """
    deciding.lock(comment)
    _require_stands(comment)
    _require_address(comment)
    if comment.confirmed_at is None:
        comment.confirmed_at = now
        mail.forgive(comment.email)  # a mail did arrive
        actions.judge_again(comment, now=now)
    return comment


def may_edit(comment: Comment, now: datetime) -> bool:
    """Whether `edit` would take other words at `now`."""
    return _why_fixed(comment, now) is None


def edit(comment: Comment, body: str, *, now: datetime) -> Comment:
    """The reply in other words, marked as edited and judged once more: it may have to wait again.

    The same words change nothing. Raises Conflict, NotAllowed or RepliesClosed if it cannot be changed
    any more, DuplicateReply and RuleBroken for the field `body`.
    """
    deciding.lock(comment)
    problem = _why_fixed(comment, now)
    if problem is not None:
        raise problem
    reply = NewReply(comment.author_name, comment.email, comment.website, body).tidied()
    sentence = submission.problems(reply).get("body")
    if sentence:
        raise RuleBroken(sentence, field="body")
    if reply.body == comment.body:
        return comment
    comment.edited_at = now
    _write(comment, reply)
    learning.forget(comment, now=now)  # an editor decided about other words
    actions.judge_again(comment, now=now)
    _show(comment)
    return comment


def withdraw(comment: Comment, *, now: datetime) -> ModerationEntry:
    """The entry that takes a reply away for good; answers to it stay. Raises Conflict if it was withdrawn."""
    deciding.lock(comment)
    _require_stands(comment)
    comment.withdrawn_at, comment.follows = now, Follows.nothing
    comment.fingerprint = submission.of_none(comment.id)  # the same words may be sent again
    if comment.status is not Status.trash:
        return deciding.move(comment, Status.trash, rule=WITHDRAWN, now=now)
    there = Status.trash
    entry = ModerationEntry(old_status=there, new_status=there, rule=WITHDRAWN, at=now)
    comment.entries.append(entry)
    comment.appealed_at = None
    learning.forget(comment, now=now)
    _show(comment)
    return entry


def follow(comment: Comment, follows: Follows, *, now: datetime) -> Comment:
    """The reply, whose writer is told of this by mail from now on. To follow nothing is always possible.

    Raises Conflict if it was withdrawn, NotAllowed if its address is not confirmed or was erased.
    """
    if follows is not Follows.nothing:
        _require_stands(comment)
        _require_address(comment)
        if comment.confirmed_at is None:
            raise NotAllowed("Confirm your address first. Then you can follow the answers.")
        if comment.follows is Follows.nothing:
            comment.told_at = now
    comment.follows = follows
    return comment


def may_appeal(comment: Comment) -> bool:
    """Whether `appeal` would take its writer's words."""
    return _why_no_appeal(comment) is None


def appeal(comment: Comment, words: str, *, now: datetime) -> Comment:
    """The reply, with what its writer says to the editors who put it aside; once.

    Raises Conflict if it was not put aside, or somebody has appealed, RuleBroken for the field `words`.
    """
    deciding.lock(comment)
    problem = _why_no_appeal(comment)
    if problem is not None:
        raise problem
    words = tidy_text(submission.storable(words))
    if not words:
        raise RuleBroken("Say why your reply should be published.", field="words")
    if len(words) > MAX_APPEAL_CHARS:
        raise RuleBroken(
            f"An appeal has at most {MAX_APPEAL_CHARS:,} characters; this one has {len(words):,}.",
            field="words",
        )
    comment.appeal, comment.appealed_at = words, now
    return comment


def _why_fixed(comment: Comment, now: datetime) -> RuleBroken | None:
    """Why a reply's words cannot be changed; None if they can."""
    if comment.withdrawn_at is not None:
        return _withdrawn()
    if comment.erased_at is not None:
        return Conflict("This reply was erased, so there is nothing to change.")
    if comment.status in _ASIDE:
        return Conflict("This reply was put aside. Its words can no longer be changed.")
    if now - comment.created_at > MAY_EDIT_FOR:
        minutes = MAY_EDIT_FOR // timedelta(minutes=1)
        return NotAllowed(
            f"A reply can be changed for {minutes} minutes, and these are over. "
            "You can withdraw it, or send another."
        )
    if not takes_replies(comment.article, now, sites.the_site().replies_close_days):
        return RepliesClosed("Replies to this article are closed, so this one stays as it is.")
    return None


def _why_no_appeal(comment: Comment) -> RuleBroken | None:
    if comment.withdrawn_at is not None:
        return _withdrawn()
    if comment.status not in _ASIDE:
        return Conflict("There is nothing to appeal against: this reply was not put aside.")
    if comment.appeal:
        return Conflict("You have appealed before. An editor reads it, and that decision stands.")
    return None


def _write(comment: Comment, reply: NewReply) -> None:
    """Gives a reply other words; raises DuplicateReply if they stand under the article already."""
    try:
        with db.session.begin_nested():
            comment.body = reply.body
            comment.body_html, comment.body_policy = reply_html(tidy_text(reply.body)), POLICY
            comment.fingerprint = submission.fingerprint(reply, comment.parent_id)
            db.session.flush()
    except IntegrityError:
        raise DuplicateReply("You have sent these words before.", field="body") from None


def _show(comment: Comment) -> None:
    """Readers who see the reply, or its gap, see what it is now."""
    if comment.is_on_page:
        blocks.prepare(comment, blocks.look(sites.the_site()))
        touch_replies(comment.article)


def _require_stands(comment: Comment) -> None:
    if comment.withdrawn_at is not None:
        raise _withdrawn()


def _require_address(comment: Comment) -> None:
    if not comment.email:
        raise NotAllowed("The address of this reply was erased, so nothing can be mailed to it.")


def _withdrawn() -> Conflict:
    return Conflict("You have withdrawn this reply. That cannot be undone: send it again.")
