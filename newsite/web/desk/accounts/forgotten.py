"""A forgotten password: a link by mail, and the same answer whether an address is known or not."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite import limits
from newsite.accounts import letters, resetting
from newsite.accounts.emails import email_key
from newsite.db import db
from newsite.errors import RuleBroken, TooFast
from newsite.web.context import now
from newsite.web.desk import gate
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import ForgottenForm, NewPasswordForm
from newsite.web.desk.notices import tell

PER_NETWORK = "10 per 1 hour"
PER_EMAIL = "5 per 1 day"  # mails that anybody can have sent to somebody


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """The form for an address; nothing is looked up before the worker writes the mail."""
    form = ForgottenForm()
    if request.method == "GET" or not form.validate():
        return _page(form, 422 if form.errors else 200)
    limit = ("forgotten", limits.network(request.remote_addr), PER_NETWORK)
    if not limits.hit(*limit, now=now()):
        wait = limits.seconds_left(*limit, now=now())
        form.refuse(TooFast(gettext("That was a lot. Try again in an hour.")))
        return *_page(form, TooFast.status), {"Retry-After": str(wait)}
    email = form.email.data
    # Beyond the limit the answer is the same too: that somebody asked before is nobody's business.
    if limits.hit("forgotten-mail", email_key(email), PER_EMAIL, now=now()):
        letters.send_password_link(email, now=now())
        db.session.commit()
    return redirect(url_for(".asked_for_password"), 303)


@bp.get("/forgotten/sent")
def asked_for_password() -> str:
    """What happens next, whoever asked."""
    return render_template("desk/accounts/asked.html")


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """A new password, by whoever reads the account's mail."""
    user = resetting.user_of(token, now=now())
    if user is None:
        return render_template("desk/accounts/reset_over.html"), 410
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _reset_page(form, 422 if form.errors else 200)
    try:
        resetting.reset(user, token, form.password.data, now=now())
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _reset_page(form, error.status)
    db.session.commit()
    tell(
        gettext(
            "Your password is changed, and all your devices are signed out. Sign in with the new one."
        )
    )
    return redirect(url_for(gate.LOGIN), 303)


def _page(form: ForgottenForm, status: int) -> tuple[str, int]:
    is_mailed = letters.are_sent()
    page = render_template("desk/accounts/forgotten.html", form=form, is_mailed=is_mailed)
    return page, status


def _reset_page(form: NewPasswordForm, status: int) -> ResponseReturnValue:
    return render_template("desk/accounts/reset.html", form=form), status
