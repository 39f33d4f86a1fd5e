"""The page of one reply: the thread around it, what was said and decided about it, and what else its writer sent."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from newsite.comments import bans, context, measures, reports
from newsite.comments.models import Comment
from newsite.comments.queries import Queue
from newsite.web.context import now
from newsite.web.desk.replies.asked import Asked, found
from newsite.web.desk.replies.bans import BanForm, ban_form, made
from newsite.web.desk.replies.blueprint import bp


@bp.get("/<id:comment_id>/")
def one(comment_id: int) -> ResponseReturnValue:
    """Everything that an editor may want to know before deciding."""
    comment = found(comment_id)
    return _page(comment, ban_form(comment), 200)


@bp.post("/<id:comment_id>/ban")
def ban_writer(comment_id: int) -> ResponseReturnValue:
    """Bans whoever wrote a reply, by what was chosen."""
    comment = found(comment_id)
    form = ban_form(comment)
    then = url_for(".one", comment_id=comment.id)
    return made(form, then) or _page(found(comment_id), form, 422)


def _page(comment: Comment, form: BanForm, status_code: int) -> ResponseReturnValue:
    said = reports.about(comment)
    html = render_template(
        "desk/replies/one.html",
        comment=comment,
        asked=Asked(Queue.waiting, reply_id=comment.id),
        moment=now(),
        thread=context.thread(comment),
        writer=context.writer(comment),
        in_sight=measures.in_sight(comment),
        batch=measures.BATCH,
        reports={comment.id: [one for one in said if one.settled_at is None]},
        settled=[one for one in said if one.settled_at is not None],
        bans=bans.against(comment, now()),
        form=form,
    )
    return html, status_code
