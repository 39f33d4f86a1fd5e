"""The session of the desk: a signed cookie that exists under /desk and nowhere else.

Law 1 by construction: at any other address there is no session, and code that tries to use one
fails at once instead of making a page that depends on who reads it.
"""

import hashlib
import logging
from datetime import timedelta
from typing import Any, NoReturn, cast

from flask import Flask, Request, g, session
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError

from newsite import limits
from newsite.accounts import passwords, queries, signing_in
from newsite.accounts.emails import email_key
from newsite.accounts.models import SignIn, User
from newsite.config import Settings
from newsite.db import db, expect
from newsite.web.context import now

COOKIE = "newsite_desk"
PATH = "/desk"
TOKEN = "token"  # noqa: S105  (the name of the entry, not a token)
KNOWN = "known"  # whose account was opened on this device before
HALFWAY = "halfway"  # who gave the password, and not yet the second factor
HALFWAY_FOR = timedelta(minutes=10)  # to find the telephone

log = logging.getLogger(__name__)


class NoSession(NullSession):
    """What stands in for the session at a public address: any use of it is a mistake of ours."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(
            "There is no session outside of the desk: a public page knows no reader."
        )

    __getitem__ = __contains__ = __iter__ = __len__ = get = keys = values = items = _refuse
    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _refuse


class DeskSessions(SecureCookieSessionInterface):
    """Opens the cookie under /desk only; there it is signed with SHA-256."""

    salt = "newsite-desk"
    digest_method = staticmethod(hashlib.sha256)
    null_session_class = NoSession

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The desk's session; None, and so `NoSession`, elsewhere."""
        is_desk = request.path == PATH or request.path.startswith(f"{PATH}/")
        return super().open_session(app, request) if is_desk else None


def init_app(app: Flask, settings: Settings) -> None:
    """Gives the app this session and no other, and its forms a token that lasts as long."""
    app.session_interface = DeskSessions()
    app.config.from_mapping(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_PATH=PATH,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_REFRESH_EACH_REQUEST=False,  # the end of a sign-in is fixed when it begins
        PERMANENT_SESSION_LIFETIME=signing_in.LIFETIME,
        WTF_CSRF_TIME_LIMIT=None,  # who writes for an afternoon must be able to save
    )
    app.jinja_env.globals["csrf_token"] = generate_csrf
    app.teardown_request(_note_use)


def begin(token: str, email: str) -> None:
    """Makes the session that of a device on which `email` has just signed in.

    Nothing of the session before stays, the form token included: whoever planted it knows nothing.
    """
    session.clear()
    session.permanent = True
    session[TOKEN] = token
    session[KNOWN] = limits.hidden(email_key(email))


def begin_halfway(user: User, email: str) -> None:
    """Notes that the password of `user` was right; `email` is what was typed. Nothing is open yet."""
    session[HALFWAY] = {
        "user": user.id,
        "email": email,
        "mark": passwords.mark(user.password_hash),
        "until": int((now() + HALFWAY_FOR).timestamp()),
    }


def halfway() -> tuple[int, str] | None:
    """The id of the user whose password was right a short time ago, and the address typed; asks no database."""
    noted = session.get(HALFWAY)
    if noted is None or noted["until"] < now().timestamp():
        return None
    return noted["user"], noted["email"]


def halfway_user() -> User | None:
    """The same as a user; None if the account was closed since, or has another password."""
    found = halfway()
    user = queries.user_by_id(found[0]) if found else None
    if user is None or not user.is_active:
        return None
    return user if passwords.mark(user.password_hash) == session[HALFWAY]["mark"] else None


def end() -> None:
    """Ends the session; only that this device was signed in once is kept: see `is_known`."""
    known = session[KNOWN]
    session.clear()
    session.permanent = True
    session[KNOWN] = known


def is_known(email: str) -> bool:
    """Whether this account was opened on this device before, so that strangers' tries do not bar it."""
    return session.get(KNOWN) == limits.hidden(email_key(email))


def device() -> SignIn | None:
    """The device that this request comes from, its user loaded, if somebody is signed in on it."""
    if "device" not in g:
        token = session.get(TOKEN)
        g.device = queries.sign_in_by_token(token, now()) if token else None
        if g.device is not None and signing_in.is_use_worth_noting(g.device, now()):
            g.used_device_id = g.device.id
    return cast(SignIn | None, g.device)


def _note_use(error: BaseException | None) -> None:
    """Writes down the last use once the answer is made, in a transaction of its own: a GET is a reader."""
    device_id, at = g.pop("used_device_id", None), g.get("now")
    if device_id is None:
        return
    db.session.remove()
    expect(only_reads=False)
    try:
        signing_in.note_use(device_id, at)
        db.session.commit()
    except SQLAlchemyError:  # the answer is made, and must not be lost for this
        db.session.rollback()
        log.warning("the last use of a device was not written down", exc_info=True)
