"""A reader says that a reply should not stand there: no account, a few an hour, each network once."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import Form, SelectChoice, SelectField, TextAreaField
from wtforms.validators import AnyOf

from newsite import limits
from newsite.comments import queries, reports, submission
from newsite.comments.models import Comment, ReportReason
from newsite.db import db
from newsite.errors import RuleBroken, TooFast
from newsite.web.comments.form import ReplyForm
from newsite.web.comments.tokens import Purpose
from newsite.web.context import current_site, now
from newsite.web.headers import private

LIMIT = "5 per 1 hour"  # from one network: enough for a bad evening

bp = Blueprint(
    "reporting", __name__, url_prefix="/articles/<id:article_id>/replies/<id:comment_id>"
)


class ReportForm(Form):
    """What is wrong with a reply."""

    class Meta(ReplyForm.Meta):
        pass

    reason = SelectField(
        lazy_gettext("What is wrong with it"),
        [AnyOf([one.value for one in ReportReason], lazy_gettext("Choose what is wrong with it."))],
        choices=[
            SelectChoice("", lazy_gettext("Choose one")),
            SelectChoice(
                ReportReason.offensive.value, lazy_gettext("It is offensive: hateful or obscene")
            ),
            SelectChoice(
                ReportReason.abusive.value, lazy_gettext("It attacks or threatens somebody")
            ),
            SelectChoice(ReportReason.spam.value, lazy_gettext("It is spam or advertising")),
            SelectChoice(ReportReason.other.value, lazy_gettext("Something else")),
        ],
        validate_choice=False,  # its sentence says less
        render_kw={"required": True},
    )
    words = TextAreaField(
        lazy_gettext("More about it, if you like"),
        filters=[lambda value: submission.storable(value or "")],
        render_kw={"rows": 4},
    )

    def refuse(self, error: RuleBroken) -> None:
        """Puts what a rule said beside the field that it is about, or over the whole form."""
        if error.field in self:
            self[error.field].errors = [*self[error.field].errors, error.message]
        else:
            self.form_errors.append(error.message)

    @property
    def summary(self) -> list[tuple[str | None, str]]:
        """All that is wrong: the id of the field, if it is one's, and the sentence."""
        whole = [(None, sentence) for sentence in [*self.form_errors, *self.csrf_token.errors]]
        fields = (self.reason, self.words)
        return whole + [(field.id, sentence) for field in fields for sentence in field.errors]


@bp.get("/report")
def new(article_id: int, comment_id: int) -> Response:
    """The form, under the reply that it is about."""
    comment = _reported(article_id, comment_id)
    return _page(comment, _form(comment), 200)


@bp.post("/report")
def create(article_id: int, comment_id: int) -> Response:
    """Takes a report, or gives it back with what has to change."""
    network = limits.network(request.remote_addr)
    wait = 0  # counted before anything is read
    if not limits.hit("report", network, LIMIT, now=now()):
        wait = limits.seconds_left("report", network, LIMIT, now=now())
    comment = _reported(article_id, comment_id)
    form = _form(comment, request.form)
    if wait:
        return _slowed(comment, form, wait)
    if not form.validate():
        return _page(comment, form, 422)
    try:
        reason = ReportReason(form.reason.data)
        reports.report(comment, reason, form.words.data, reporter=network, now=now())
    except RuleBroken as error:
        form.refuse(error)
        return _page(comment, form, error.status)
    db.session.commit()
    return redirect(url_for("reporting.thanks", article_id=article_id, comment_id=comment_id), 303)


@bp.get("/reported")
def thanks(article_id: int, comment_id: int) -> Response:
    """What happens next."""
    comment = _reported(article_id, comment_id)
    return private(render_template("reporting/thanks.html", article=comment.article))


def _reported(article_id: int, comment_id: int) -> Comment:
    """The reply, if it is on its page and the site takes reports; else 404."""
    comment = queries.by_id(comment_id)
    if (
        comment is None
        or comment.article_id != article_id
        or not (comment.is_approved and comment.article.is_public(now()))
        or not current_site().takes_reports
    ):
        abort(404)
    return comment


def _form(comment: Comment, sent: Any = None) -> ReportForm:
    context = (Purpose.report, comment.article_id, now())
    return ReportForm(sent, meta={"csrf_context": context})


def _slowed(comment: Comment, form: ReportForm, seconds: int) -> Response:
    """The form with its text, to be sent again in a while."""
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "That was a lot. Wait a minute, then send it again.",
        "That was a lot. Wait %(num)d minutes, then send it again.",
        minutes,
    )
    form.refuse(TooFast(sentence))
    response = _page(comment, form, TooFast.status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(comment: Comment, form: ReportForm, status_code: int) -> Response:
    article = comment.article
    body = render_template("reporting/new.html", article=article, answered=comment, form=form)
    return private(body, status_code)
