"""Asking for one's data: the answer is the same whether an address is known or not, and so is the work.

Nothing is looked up before the worker writes the mail.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import EmailField, Form

from newsite import limits, mail
from newsite.accounts.emails import email_key
from newsite.comments import letters, submission
from newsite.comments.submission import MAX_EMAIL_CHARS, NewReply
from newsite.db import db
from newsite.errors import TooFast
from newsite.web.comments.form import ReplyForm
from newsite.web.comments.tokens import Purpose
from newsite.web.context import now
from newsite.web.headers import private
from newsite.web.privacy.blueprint import bp

NETWORK_LIMIT = "10 per 1 hour"
ADDRESS_LIMIT = "3 per 1 day"  # mails that anybody can have sent to somebody
NO_ARTICLE = 0  # what the form's token is bound to


class AskForm(Form):
    """For which address somebody asks."""

    class Meta(ReplyForm.Meta):
        pass

    email = EmailField(
        lazy_gettext("Email"),
        filters=[lambda value: submission.storable(value or "").strip()],
        render_kw={"required": True, "maxlength": MAX_EMAIL_CHARS, "autocomplete": "email"},
    )

    def problem(self) -> str | None:
        """What has to change, if anything has."""
        if not self.validate():
            return str(self.csrf_token.errors[0])
        return submission.problems(NewReply("", self.email.data, "", "")).get("email")


@bp.get("/me")
def ask() -> Response:
    """The form for an address, and what is kept for how long."""
    return _page(_form())


@bp.post("/me")
def send() -> Response:
    """Has the link mailed, if there is anything to show: whether there is, only the mail tells."""
    network = limits.network(request.remote_addr)
    wait = 0  # counted before anything is read
    if not limits.hit("privacy", network, NETWORK_LIMIT, now=now()):
        wait = limits.seconds_left("privacy", network, NETWORK_LIMIT, now=now())
    form = _form(request.form)
    if wait:
        return _slowed(form, wait)
    if not mail.is_set_up():
        return _page(form)
    problem = form.problem()
    if problem:
        return _page(form, problem, 422)
    email = form.email.data
    # Beyond the limit the answer is the same too: that somebody asked before is nobody's business.
    if limits.hit("privacy-mail", email_key(email), ADDRESS_LIMIT, now=now()):
        letters.send_privacy_link(email, now=now())
        db.session.commit()
    return redirect(url_for("privacy.asked"), 303)


@bp.get("/asked")
def asked() -> Response:
    """What happens next, whoever asked."""
    return private(render_template("privacy/asked.html"))


def _form(sent: Any = None) -> AskForm:
    return AskForm(sent, meta={"csrf_context": (Purpose.privacy, NO_ARTICLE, now())})


def _slowed(form: AskForm, seconds: int) -> Response:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "That was a lot. Wait a minute, then send it again.",
        "That was a lot. Wait %(num)d minutes, then send it again.",
        minutes,
    )
    response = _page(form, sentence, TooFast.status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(form: AskForm, problem: str = "", status: int = 200) -> Response:
    page = render_template(
        "privacy/ask.html", form=form, problem=problem, is_mailed=mail.is_set_up()
    )
    return private(page, status)
