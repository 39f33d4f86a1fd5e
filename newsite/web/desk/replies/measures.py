"""What is done from a reply's page about more than that reply: its writer's others, its thread."""

from flask import abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.comments import actions, measures
from newsite.db import db
from newsite.errors import Conflict
from newsite.web.context import now
from newsite.web.desk.notices import tell
from newsite.web.desk.replies.asked import back, found
from newsite.web.desk.replies.blueprint import bp
from newsite.web.desk.replies.decisions import notice_of

HIDINGS = {"trash": actions.trash, "spam": actions.mark_spam}


@bp.post("/<id:comment_id>/all")
def hide_all(comment_id: int) -> ResponseReturnValue:
    """Puts all replies of this one's writer in the trash, or in spam, and offers to undo it."""
    comment = found(comment_id)
    decision = HIDINGS.get(request.form.get("as", "")) or abort(400)
    try:
        entries = measures.hide_all(comment, decision, by=g.user, now=now())
    except Conflict as error:
        tell(error.message)
        return back()
    notice = notice_of(entries, [comment])
    db.session.commit()
    tell(**notice)
    return back()


@bp.post("/<id:comment_id>/lock")
def lock(comment_id: int) -> ResponseReturnValue:
    """Locks the thread that a reply stands in, or unlocks it."""
    comment = found(comment_id)
    is_locked = request.form.get("lock") == "yes"
    try:
        measures.lock(comment, is_locked=is_locked, by=g.user, now=now())
    except Conflict as error:
        tell(error.message)
        return back()
    db.session.commit()
    if is_locked:
        tell(gettext("The thread is locked: nobody can answer in it."))
    else:
        tell(gettext("The thread is unlocked."))
    return back()
