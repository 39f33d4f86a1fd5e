"""Readers' reports of replies: received, and settled by whatever an editor decides. The caller commits.

No number of reports hides anything: they are words to an editor, who decides.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from newsite import limits
from newsite.accounts.models import User
from newsite.comments.models import Comment, Report, ReportReason
from newsite.db import db, insert
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.site import queries as sites
from newsite.text import tidy_text

MAX_WORDS_CHARS = 1_000  # after trimming: what is wrong with it, not a letter
LISTED = 20  # reports of one reply that are shown; more say the same


def report(
    comment: Comment, reason: ReportReason, words: str, *, reporter: str, now: datetime
) -> bool:
    """Takes a reader's report; False if somebody of the same network has reported this reply before.

    `reporter` is the network as `limits.network` writes it; only an HMAC of it is kept.
    Raises NotAllowed where the site takes none, Conflict if the reply is not on the page, RuleBroken for `words`.
    """
    if not sites.the_site().takes_reports:
        raise NotAllowed("This site takes no reports.")
    if not comment.is_approved:
        raise Conflict("This reply is not on the page any more.")
    words = tidy_text(words)
    if len(words) > MAX_WORDS_CHARS:
        raise RuleBroken(f"Use fewer words: at most {MAX_WORDS_CHARS:,} characters.", field="words")
    if reason is ReportReason.other and not words:
        raise RuleBroken("Say in a sentence what is wrong with it.", field="words")
    row = insert(Report).values(
        comment_id=comment.id,
        reason=reason,
        words=words,
        reporter=limits.hidden(f"report:{reporter}"),
        created_at=now,
    )
    is_first = db.session.scalar(row.on_conflict_do_nothing().returning(Report.id)) is not None
    if is_first and comment.reported_at is None:
        comment.reported_at = now
    return is_first


def settle(comment: Comment, *, by: User | None, now: datetime) -> None:
    """Marks all open reports of a reply as dealt with; `by` is None where its writer or a rule took it away."""
    if comment.reported_at is None:
        return
    change = sa.update(Report).where(Report.comment_id == comment.id, Report.settled_at.is_(None))
    _update(change.values(settled_at=now, settled_by_id=by.id if by else None))
    comment.reported_at = None


def reopen(comment: Comment, *, settled_at: datetime) -> None:
    """Opens the reports again that were settled at that moment, by a decision that is taken back."""
    meant = (Report.comment_id == comment.id, Report.settled_at == settled_at)
    first = db.session.scalar(sa.select(sa.func.min(Report.created_at)).where(*meant))
    if first is not None:
        _update(sa.update(Report).where(*meant).values(settled_at=None, settled_by_id=None))
        comment.reported_at = first


def of(comments: Iterable[Comment]) -> dict[int, list[Report]]:
    """The open reports of these replies by their ids, oldest first, at most 20 of each; one query."""
    meant = [comment.id for comment in comments if comment.reported_at is not None]
    if not meant:
        return {}
    turn = sa.func.row_number().over(partition_by=Report.comment_id, order_by=Report.id)
    open_ones = sa.select(Report.id, turn.label("turn")).where(
        Report.comment_id.in_(meant), Report.settled_at.is_(None)
    )
    few = open_ones.subquery()
    query = sa.select(Report).join(few, few.c.id == Report.id).where(few.c.turn <= LISTED)
    found: dict[int, list[Report]] = {}
    for one in db.session.scalars(query.order_by(Report.id)):
        found.setdefault(one.comment_id, []).append(one)
    return found


def about(comment: Comment) -> list[Report]:
    """The last 20 reports of a reply, settled or not, newest first."""
    query = sa.select(Report).where(Report.comment_id == comment.id)
    return list(db.session.scalars(query.order_by(Report.id.desc()).limit(LISTED)))


def _update(change: sa.Update) -> None:
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})
