"""Adding and removing one's own passkeys."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.accounts import passkeys
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk import proof
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.factors import codes_page
from newsite.web.desk.accounts.forms import PasskeyForm
from newsite.web.desk.notices import tell


@bp.route("/second-factor/passkeys/new", methods=["GET", "POST"])
def add_passkey() -> ResponseReturnValue:
    """The page whose script has a passkey made; the form brings it."""
    if not passkeys.are_possible():
        return redirect(url_for(".factors"), 303)  # which says what is missing
    form = PasskeyForm()
    if request.method == "GET":
        return _page(form, 200)
    try:
        codes = passkeys.register(
            g.user,
            form.credential.data or "",
            form.question.data or "",
            name=form.name.data or "",
            place=proof.place(),
            now=now(),
        )
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _page(form, error.status)
    db.session.commit()
    return codes_page(codes, gettext("The passkey is added"))


@bp.post("/second-factor/passkeys/<id:passkey_id>/delete")
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Takes one of one's own passkeys away."""
    own = {passkey.id: passkey for passkey in g.user.passkeys}
    passkey = own.get(passkey_id) or abort(404)
    name = passkey.name
    passkeys.remove(passkey, now=now())
    db.session.commit()
    tell(gettext("The passkey “%(name)s” opens nothing any more.", name=name))
    return redirect(url_for(".factors"), 303)


def _page(form: PasskeyForm, status: int) -> ResponseReturnValue:
    question = passkeys.ask_to_register(g.user, proof.place(), now=now())
    return render_template("desk/accounts/passkey.html", form=form, question=question), status
