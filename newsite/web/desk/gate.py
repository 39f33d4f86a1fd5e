"""Who may open what at the desk: one table, asked before every request under /desk."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from newsite.accounts import second_factor
from newsite.accounts.models import Role, User
from newsite.web import session
from newsite.web.context import current_site
from newsite.web.desk import proof
from newsite.web.guard import SAFE_METHODS

HOME = "/desk/"
LOGIN = "desk.accounts.login"
FACTORS = "desk.accounts.factors"
RANK = {Role.writer: 1, Role.editor: 2, Role.admin: 3}

# The least role for a blueprint, or for one endpoint, which then counts before its blueprint's.
# What is not named here is for admins. Whose article it is, is asked by the actions.
LEAST: dict[str, Role | None] = {
    LOGIN: None,  # who they are is what is asked there
    "desk.accounts.log_in": None,
    "desk.accounts.second_step": None,
    "desk.accounts.sign_in_by_passkey": None,
    "desk.accounts.forgotten": None,
    "desk.accounts.asked_for_password": None,
    "desk.accounts.reset_password": None,  # these two ask for what a mail brought
    "desk.accounts.accept_invitation": None,
    "desk.accounts.logout": Role.writer,
    "desk.accounts.confirm": Role.writer,
    "desk.accounts.factors": Role.writer,
    "desk.accounts.begin_app": Role.writer,
    "desk.accounts.app": Role.writer,
    "desk.accounts.switch_off_app": Role.writer,
    "desk.accounts.recovery_codes": Role.writer,
    "desk.accounts.add_passkey": Role.writer,
    "desk.accounts.remove_passkey": Role.writer,
    "desk.accounts.profile": Role.writer,
    "desk.accounts.password": Role.writer,
    "desk.accounts.devices": Role.writer,
    "desk.accounts.end_device": Role.writer,
    "desk.accounts.end_other_devices": Role.writer,
    "desk.accounts": Role.admin,
    "desk.today": Role.writer,
    "desk.articles": Role.writer,
    "desk.articles.publishing": Role.editor,
    "desk.articles.release": Role.editor,
    "desk.articles.send_back": Role.editor,
    "desk.articles.withhold": Role.editor,
    "desk.pictures": Role.writer,
    "desk.replies": Role.editor,
    "desk.redirects": Role.editor,
    "desk.search": Role.writer,  # each sees in it what they may open
    "desk.sections": Role.editor,
    "desk.tags": Role.editor,
    "desk.contributors": Role.editor,
    "desk.settings": Role.admin,
}

OPENED_BY_LINK = {
    "desk.accounts.forgotten",
    "desk.accounts.reset_password",
    "desk.accounts.accept_invitation",
}
# What is open, where the site asks for a second factor, to somebody who has none yet.
SETTING_UP = {
    "desk.accounts.logout",
    "desk.accounts.confirm",
    FACTORS,
    "desk.accounts.begin_app",
    "desk.accounts.app",
    "desk.accounts.add_passkey",
}


def least_role(endpoint: str) -> Role | None:
    """The least role that opens an endpoint; None: it is open to all."""
    while endpoint:
        if endpoint in LEAST:
            return LEAST[endpoint]
        endpoint = endpoint.rpartition(".")[0]
    return Role.admin


def may_open(user: User, endpoint: str) -> bool:
    """Whether this user's role opens the endpoint."""
    least = least_role(endpoint)
    return least is None or RANK[user.role] >= RANK[least]


def admit() -> ResponseReturnValue | None:
    """Lets the request in and sets `g.user`, or answers in the page's place."""
    endpoint = str(request.endpoint)
    if least_role(endpoint) is None:  # asks nothing of the database: the throttle has to come first
        g.user = None
        return None if _has_token() else _start_again()
    device = session.device()
    g.user = device.user if device else None
    if device is None:
        return _ask_to_sign_in()
    if not may_open(device.user, endpoint):
        abort(403, gettext("Your account may not do this. Ask an admin of this site."))
    if not _has_token():
        return _kept(400)
    if endpoint not in SETTING_UP and _lacks_second_factor(device.user):
        return _ask_to_set_up()
    return proof.ask() if proof.is_asked_for(endpoint) else None


def inside(address: str | None) -> str:
    """The address if it is one of the desk's own pages, else the desk's first page.

    Whatever a browser might read as another host is refused: "//", a backslash, a scheme, controls.
    """
    address = address or HOME
    is_ours = address.startswith(HOME) and address.isprintable()
    is_ours = is_ours and not any(sign in address for sign in ("//", "\\", "/.", " "))
    return address if is_ours else HOME


def _has_token() -> bool:
    """Whether a form carries its session's token; a script may send it as `X-CSRFToken`."""
    if request.method in SAFE_METHODS:
        return True
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError:
        return False
    g.csrf_valid = True  # forms need not look again
    return True


def _lacks_second_factor(user: User) -> bool:
    return current_site().requires_second_factor and not second_factor.has_one(user)


def _ask_to_set_up() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS:
        return _kept(409)
    return redirect(url_for(FACTORS), 303)


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS:
        return _kept(403)
    asked = request.full_path.rstrip("?")
    return redirect(url_for(LOGIN, next=asked if asked != HOME else None), 303)


def _start_again() -> ResponseReturnValue:
    if request.endpoint in OPENED_BY_LINK:
        flash(gettext("This page had been open for too long, or cookies are off. Send it again."))
        return redirect(request.path, 303)
    flash(gettext("This page had been open for too long, or cookies are off. Sign in now."))
    return redirect(url_for(LOGIN, next=request.args.get("next")), 303)


def _kept(status: int) -> ResponseReturnValue:
    """A page with all that was sent, to be sent again: no words are lost to an ended session.

    Going back does not do: what was typed into a page that may not be stored is gone by then.
    """
    return render_template("desk/kept.html", fields=proof.sent(), status=status), status
