"""Who decided what about replies."""

from flask import render_template, request

from newsite.accounts import queries as accounts
from newsite.comments import context
from newsite.db import MAX_ID
from newsite.web.comments.form import number
from newsite.web.desk.replies.asked import place_asked
from newsite.web.desk.replies.blueprint import bp


@bp.get("/decisions/")
def log() -> str:
    """What was decided, newest first: everybody's, or one person's."""
    asked = number(request.args.get("by", ""))
    by_id = asked if asked and asked <= MAX_ID else None
    people = [user for user in accounts.users() if user.is_editor or user.id == by_id]
    page = context.decisions(by_id, place_asked())
    return render_template("desk/replies/log.html", page=page, people=people, by_id=by_id)
