"""Signing in and out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from newsite import limits
from newsite.accounts import devices, passkeys, second_factor, signing_in
from newsite.accounts.emails import email_key
from newsite.accounts.models import User
from newsite.db import db, reading
from newsite.errors import RuleBroken, TooFast
from newsite.web import session
from newsite.web.context import now
from newsite.web.desk import gate, proof
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import CodeForm, LoginForm
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
    wait = _seconds_to_wait(_address_limit(), _account_limit(email))
    if wait:
        form.refuse(_too_fast())
        return _login_page(form), TooFast.status, {"Retry-After": str(wait)}
    try:
        with reading():  # reckoning a password takes long: nobody who writes waits for it
            user = signing_in.identify(email, password)
        db.session.rollback()
        signing_in.renew_hash(user, password)
        if second_factor.has_one(user):
            return _half_way(user, email)
        return open_desk(user, email)
    except RuleBroken as error:
        form.refuse(error)
        return _login_page(form), error.status


@bp.route("/login/code", methods=["GET", "POST"])
def second_step() -> ResponseReturnValue:
    """The second factor, of somebody whose password was right."""
    found = session.halfway()
    if found is None:
        return _begin_again()
    form, (user_id, email) = CodeForm(), found
    if request.method == "GET" or not form.validate():
        return _code_page(form, 422 if form.errors else 200)
    limit = _code_limit(user_id, email)
    wait = _seconds_to_wait(_address_limit(), limit)
    if wait:
        form.refuse(_too_fast())
        return *_code_page(form, TooFast.status), {"Retry-After": str(wait)}
    user = session.halfway_user()
    if user is None:
        return _begin_again()
    try:
        second_factor.check(user, form.code.data, now=now())
        answer = open_desk(user, email)
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _code_page(form, error.status)
    limits.clear(*limit)
    return answer


def open_desk(user: User, email: str) -> Response:
    """Signs in whoever has shown all that they had to; `email` is what they typed. Commits."""
    agent = devices.describe(request.user_agent.string)
    _device, token = signing_in.sign_in(user, device=agent, now=now())
    db.session.commit()
    limits.clear(*_account_limit(email))
    session.begin(token, email)
    return redirect(gate.inside(request.args.get("next")), 303)


@bp.post("/login/passkey")
def sign_in_by_passkey() -> ResponseReturnValue:
    """Signs in by a passkey: in place of the password, or after it."""
    wait = _seconds_to_wait(_address_limit())
    if wait:
        tell(_too_fast().message)
        return redirect(url_for(gate.LOGIN, next=request.args.get("next")), 303)
    user = session.halfway_user()
    answer, question = request.form.get("credential", ""), request.form.get("question", "")
    try:
        if not passkeys.are_possible():
            raise RuleBroken(passkeys.UNUSABLE)
        place = proof.place()
        owner = passkeys.check(passkeys.SIGN_IN, answer, question, place, user=user, now=now())
        return open_desk(owner, owner.email)
    except RuleBroken as error:
        db.session.rollback()
        tell(error.message)
    there = ".second_step" if user is not None else gate.LOGIN
    return redirect(url_for(there, next=request.args.get("next")), 303)


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
    question = proof.question(passkeys.SIGN_IN, None)
    return render_template(
        "desk/accounts/login.html", form=form, next=request.args.get("next"), question=question
    )


def _code_page(form: CodeForm, status: int) -> tuple[str, int]:
    user = session.halfway_user()
    question = proof.question(passkeys.SIGN_IN, user) if user else None
    page = render_template(
        "desk/accounts/code.html", form=form, next=request.args.get("next"), question=question
    )
    return page, status


def _half_way(user: User, email: str) -> Response:
    session.begin_halfway(user, email)
    db.session.commit()
    limits.clear(*_account_limit(email))
    return redirect(url_for(".second_step", next=request.args.get("next")), 303)


def _begin_again() -> Response:
    tell(gettext("That took longer than ten minutes, or your password was changed. Sign in again."))
    return redirect(url_for(gate.LOGIN, next=request.args.get("next")), 303)


def _too_fast() -> TooFast:
    return TooFast(gettext("There were too many tries. Try again in a quarter of an hour."))


def _seconds_to_wait(*counted: tuple[str, str, str]) -> int:
    """0 if one more try is within the limits; it is counted here, before anything is looked up."""
    for limit in counted:
        if not limits.hit(*limit, now=now()):
            return limits.seconds_left(*limit, now=now())
    return 0


def _address_limit() -> tuple[str, str, str]:
    return "sign-in from", limits.network(request.remote_addr), PER_ADDRESS


def _code_limit(user_id: int, email: str) -> tuple[str, str, str]:
    name = "code on a known device" if session.is_known(email) else "code"
    return name, str(user_id), PER_ACCOUNT


def _account_limit(email: str) -> tuple[str, str, str]:
    name = "sign-in on a known device" if session.is_known(email) else "sign-in"
    return name, email_key(email), PER_ACCOUNT
