"""Answering a reply as a member of staff."""

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from newsite.comments import actions
from newsite.comments.models import Comment
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.replies.asked import back, found, way_back
from newsite.web.desk.replies.blueprint import bp


class AnswerForm(DeskForm):
    """A member of staff's answer to a reply."""

    body = TextAreaField(
        lazy_gettext("Your answer"),
        [DataRequired(lazy_gettext("Write something before you post."))],
        description=lazy_gettext("It is on the page at once, with your name and badge."),
        render_kw={"rows": 8},  # no maxlength: a browser would cut what is pasted without a word
    )


@bp.route("/<id:comment_id>/answer", methods=["GET", "POST"])
def answer(comment_id: int) -> ResponseReturnValue:
    """A page to answer one reply on, which stands above the field."""
    comment = found(comment_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(comment, form, 422 if form.errors else 200)
    try:
        actions.answer(comment, form.body.data, by=g.user, now=now())
    except RuleBroken as error:
        form.refuse(error)
        return _page(comment, form, error.status)
    db.session.commit()
    tell(gettext("Your answer to %(name)s is on the page.", name=comment.author_name))
    return back()


def _page(comment: Comment, form: AnswerForm, status_code: int) -> ResponseReturnValue:
    html = render_template("desk/replies/answer.html", comment=comment, form=form, back=way_back())
    return html, status_code
