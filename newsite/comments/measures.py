"""What an editor does about many replies: all that a list finds, of a writer, of a thread. The caller commits."""

from datetime import datetime

import sqlalchemy as sa

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.actions import touch_replies
from newsite.comments import actions, blocks, context, queries
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.queries import Queue, Sought
from newsite.db import db
from newsite.errors import Conflict, NotAllowed
from newsite.site import queries as sites

BATCH = 100  # decided in one transaction: while it lasts, nobody else writes on SQLite
PREPARED = (
    200  # blocks of a thread that are made at once; its page makes the rest when it is asked for
)


def decide_found(
    which: Queue,
    sought: Sought,
    decision: actions.Decision,
    *,
    by: User,
    reason: str = "",
    note: str = "",
    now: datetime,
) -> list[ModerationEntry]:
    """One decision about all that a list finds, the newest hundred of it; the rest is still found.

    Raises NotAllowed.
    """
    found = queries.queue(which, limit=BATCH, sought=sought).items
    return actions.decide(found, decision, by=by, reason=reason, note=note, now=now)


def hide_all(
    comment: Comment, decision: actions.Decision, *, by: User, reason: str = "", now: datetime
) -> list[ModerationEntry]:
    """One decision, such as `trash`, about all of this reply's writer that waits or is on a page.

    The newest hundred of it; staff's own are left alone. Raises NotAllowed, Conflict if there are none.
    """
    found = _in_sight(comment, BATCH)
    if not found:
        raise Conflict("No other reply from this address waits or is on a page.")
    return actions.decide(found, decision, by=by, reason=reason, now=now)


def in_sight(comment: Comment) -> int:
    """How many replies of this reply's writer wait or are on a page, 100 standing for that many and more."""
    return len(_in_sight(comment, BATCH))


def lock(comment: Comment, *, is_locked: bool, by: User, now: datetime) -> Comment:
    """Locks the thread that a reply stands in, so that nobody answers in it, or unlocks it; its first reply.

    What waits may still be approved. Raises NotAllowed, Conflict if it is so already.
    """
    if not by.is_editor:
        raise NotAllowed("Only an editor may do this.")
    if comment.is_locked == is_locked:
        raise Conflict("This thread is locked." if is_locked else "This thread is not locked.")
    meant = context.in_thread(comment)
    # Without its mark a block is made anew by whoever needs it.
    change = sa.update(Comment).where(*meant).values(is_locked=is_locked, block_mark="")
    db.session.execute(change, execution_options={"synchronize_session": False})
    db.session.expire_all()
    few = sa.select(Comment).where(*meant, Comment.is_on_page).order_by(Comment.place)
    look = blocks.look(sites.the_site())
    shown = db.session.scalars(few.limit(PREPARED)).all()
    for one in shown:
        blocks.prepare(one, look)
    touch_replies(comment.article)
    first = shown[0] if shown else comment
    audit.record(
        at=now,
        user_id=by.id,
        user_name=by.name,
        action="locked a thread under" if is_locked else "unlocked a thread under",
        subject=f"“{comment.article.title}”",
        address=f"/desk/replies/{first.id}/",
    )
    return first


def _in_sight(comment: Comment, limit: int) -> list[Comment]:
    query = sa.select(Comment).where(
        Comment.email_key == comment.email_key,
        Comment.email_key != "",
        Comment.status.in_([Status.pending, Status.approved]),
        Comment.user_id.is_(None),
    )
    return list(db.session.scalars(query.order_by(Comment.id.desc()).limit(limit)))
