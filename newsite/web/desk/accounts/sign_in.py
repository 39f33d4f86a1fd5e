"""Signing in and out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite import limits
from newsite.accounts import devices, signing_in
from newsite.accounts.emails import email_key
from newsite.db import db, reading
from newsite.errors import RuleBroken, TooFast
from newsite.web import session
from newsite.web.context import now
from newsite.web.desk import gate
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import LoginForm
from newsite.web.desk.notices import tell

# Short windows on purpose. Strangers who know an address can use up its five tries, and so keep its
# owner out for a quarter of an hour at a time, but never from a device where the owner has signed in
# before: those count for themselves. And whoever is signed in stays so.
PER_ADDRESS = "10 per 15 minutes"
PER_ACCOUNT = "5 per 15 minutes"


@bp.get("/login")
def login() -> ResponseReturnValue:
    """The page to sign in on; whoever is signed in already is led on."""
    if session.device() is not None:
        return redirect(gate.inside(request.args.get("next")), 303)
    return _login_page(LoginForm())


@bp.post("/login")
def log_in() -> ResponseReturnValue:
    """Signs in, or says one sentence that does not tell whether the account exists."""
    form = LoginForm()
    if not form.validate():
        return _login_page(form), 422
    email, password = form.email.data, form.password.data
    wait = _seconds_to_wait(email)
    if wait:
        form.refuse(
            TooFast(gettext("There were too many tries. Try again in a quarter of an hour."))
        )
        return _login_page(form), TooFast.status, {"Retry-After": str(wait)}
    try:
        with reading():  # reckoning a password takes long: nobody who writes waits for it
            user = signing_in.identify(email, password)
        db.session.rollback()
        agent = devices.describe(request.user_agent.string)
        _device, token = signing_in.sign_in(user, password, device=agent, now=now())
    except RuleBroken as error:
        form.refuse(error)
        return _login_page(form), error.status
    db.session.commit()
    limits.clear(*_account_limit(email))
    session.begin(token, email)
    return redirect(gate.inside(request.args.get("next")), 303)


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Signs this device out."""
    device = session.device()
    assert device is not None  # the gate has let it in
    signing_in.sign_out(device, now=now())
    db.session.commit()
    session.end()
    tell(gettext("You are signed out on this device."))
    return redirect(url_for(gate.LOGIN), 303)


def _login_page(form: LoginForm) -> str:
    return render_template("desk/accounts/login.html", form=form, next=request.args.get("next"))


def _seconds_to_wait(email: str) -> int:
    """0 if one more try is within the limits; it is counted here, before anything is looked up."""
    by_address = ("sign-in from", limits.network(request.remote_addr), PER_ADDRESS)
    for limit in (by_address, _account_limit(email)):
        if not limits.hit(*limit, now=now()):
            return limits.seconds_left(*limit, now=now())
    return 0


def _account_limit(email: str) -> tuple[str, str, str]:
    name = "sign-in on a known device" if session.is_known(email) else "sign-in"
    return name, email_key(email), PER_ACCOUNT
