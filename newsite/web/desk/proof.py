"""Showing once more who one is, before what is dangerous: whoever finds a desk open must not take the account over.

A form that is held up for it is sent on with the password, so that nothing has to be typed twice.
"""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite import limits
from newsite.accounts import passkeys, passwords, signing_in
from newsite.accounts.models import User
from newsite.accounts.passkeys import Place, Question
from newsite.db import db, reading
from newsite.errors import RuleBroken, TooFast
from newsite.web import session
from newsite.web.context import current_site, now, settings
from newsite.web.guard import SAFE_METHODS

PER_PASSWORD = "5 per 15 minutes"  # noqa: S105  (how often the current one may be guessed at)
FIELD = "proof_password"
PASSKEY, QUESTION = "proof_passkey", "proof_question"  # a passkey's answer, and what was asked
CONFIRM = "desk.accounts.confirm"

# Before these are obeyed. One's own password is not among them: its form asks for the old one every time.
DANGEROUS = {
    CONFIRM,
    "desk.accounts.begin_app",
    "desk.accounts.app",
    "desk.accounts.switch_off_app",
    "desk.accounts.recovery_codes",
    "desk.accounts.add_passkey",
    "desk.accounts.remove_passkey",
    "desk.accounts.new_person",
    "desk.accounts.person",
    "desk.accounts.invite",
    "desk.accounts.export_log",
    "desk.accounts.send_invitation",
    "desk.accounts.take_back_invitation",
    "desk.accounts.new_password",
    "desk.accounts.take_away_factors",
    "desk.accounts.deactivate",
    "desk.accounts.activate",
    "desk.settings.security",
}
SECRET = {"desk.accounts.app"}  # and before these are shown: a secret stands there


def is_asked_for(endpoint: str) -> bool:
    """Whether this request is one that a proof of a short time ago is needed for."""
    return endpoint in (SECRET if request.method in SAFE_METHODS else DANGEROUS)


def ask() -> ResponseReturnValue | None:
    """None if whoever is there has shown who they are, now or a short time ago; else the page that asks."""
    device = session.device()
    assert device is not None  # the gate has let it in
    if signing_in.is_proof_fresh(device, now()):
        return None
    if FIELD not in request.form:
        return _page("", 403)
    try:
        if request.form.get(PASSKEY):
            _prove_by_passkey(request.form[PASSKEY])
        else:
            _prove(request.form[FIELD])
    except RuleBroken as error:
        return _page(error.message, error.status)
    return None


def count_guess(user_id: int) -> None:
    """Raises TooFast if the current password was guessed at too often, by whoever holds this device."""
    db.session.rollback()  # the gate has read who is there; limits are counted outside of that
    if not limits.hit("password", str(user_id), PER_PASSWORD, now=now()):
        raise TooFast(gettext("There were too many tries. Try again in a quarter of an hour."))


def sent() -> list[tuple[str, str]]:
    """The fields of the form that was sent, without passwords and its token."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "current", PASSKEY, QUESTION} and "password" not in name
    ]


def _prove(password: str) -> None:
    """Notes the proof, and commits it. Raises RuleBroken."""
    user_id = g.user.id
    count_guess(user_id)
    with reading():  # reckoning a password takes long: nobody who writes waits for it
        is_right = passwords.matches(g.user.password_hash, password)
        db.session.rollback()
    if not is_right:
        raise RuleBroken(gettext("Enter the password that you sign in with."))
    _note()
    limits.clear("password", str(user_id), PER_PASSWORD)


def _prove_by_passkey(answer: str) -> None:
    """The same for the answer of one of the user's passkeys."""
    question = request.form.get(QUESTION, "")
    if not passkeys.are_possible():
        raise RuleBroken(passkeys.UNUSABLE)
    passkeys.check(passkeys.PROVE, answer, question, place(), user=g.user, now=now())
    _note()


def _note() -> None:
    device = session.device()
    assert device is not None
    device.proved_at = now()
    db.session.commit()


def place() -> Place:
    """Where passkeys are made for: the name that this site was asked by, which is one of its own."""
    host = request.host
    scheme = "https" if settings().is_secure else "http"
    return Place(host.rpartition(":")[0] or host, f"{scheme}://{host}", current_site().name)


def question(purpose: str, user: User | None) -> Question | None:
    """What a passkey is asked for this; None where it cannot be answered: no library, or no passkey of the user."""
    if not passkeys.are_possible() or (user is not None and not user.passkeys):
        return None
    return passkeys.ask_to_sign_in(purpose, place(), user=user, now=now())


def _page(problem: str, status: int) -> ResponseReturnValue:
    is_form = request.method not in SAFE_METHODS
    address = request.full_path.rstrip("?")
    action = address if is_form else url_for(CONFIRM, next=address)
    fields = sent() if is_form else []
    page = render_template(
        "desk/accounts/confirm.html",
        action=action,
        fields=fields,
        problem=problem,
        question=question(passkeys.PROVE, g.user),
    )
    return page, status
