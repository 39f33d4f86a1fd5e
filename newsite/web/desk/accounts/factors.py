"""The second factor of one's own account: codes by an app, and recovery codes."""

import segno
from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.accounts import passkeys, second_factor
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import current_site, now
from newsite.web.desk import gate
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import AppForm
from newsite.web.desk.notices import tell


@bp.get("/second-factor/")
def factors() -> str:
    """What signing in takes besides the password, and what could be added."""
    return render_template(
        "desk/accounts/factors.html",
        is_on=second_factor.has_one(g.user),
        codes_left=second_factor.codes_left(g.user),
        are_passkeys_possible=passkeys.are_possible(),
        is_required=current_site().requires_second_factor,
    )


@bp.post("/second-factor/app/begin")
def begin_app() -> ResponseReturnValue:
    """Makes the secret that an app will share."""
    try:
        second_factor.begin(g.user)
    except RuleBroken as error:
        tell(error.message)
        return redirect(url_for(".factors"), 303)
    db.session.commit()
    return redirect(url_for(".app"), 303)


@bp.route("/second-factor/app", methods=["GET", "POST"])
def app() -> ResponseReturnValue:
    """The secret as a picture and in letters; the first code shows that it arrived."""
    if not g.user.totp_secret or g.user.totp_since is not None:
        return redirect(url_for(".factors"), 303)
    form = AppForm()
    if request.method == "GET" or not form.validate():
        return _app_page(form, 422 if form.errors else 200)
    try:
        codes = second_factor.switch_on(g.user, form.code.data, now=now())
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _app_page(form, error.status)
    db.session.commit()
    return codes_page(codes, gettext("Codes are asked for from now on"))


@bp.post("/second-factor/app/off")
def switch_off_app() -> ResponseReturnValue:
    """Asks for codes of the app no more."""
    second_factor.switch_off(g.user, now=now())
    db.session.commit()
    tell(gettext("Codes by an app are not asked for any more."))
    return redirect(url_for(".factors"), 303)


@bp.post("/second-factor/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, in the answer and never again."""
    try:
        codes = second_factor.renew_recovery_codes(g.user, now=now())
    except RuleBroken as error:
        tell(error.message)
        return redirect(url_for(".factors"), 303)
    db.session.commit()
    return codes_page(codes, gettext("Your new recovery codes"))


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Back to where one was held up to show who one is; the gate has asked."""
    return redirect(gate.inside(request.args.get("next")), 303)


def codes_page(codes: list[str], heading: str) -> ResponseReturnValue:
    """The page that shows recovery codes once, or says that those of before still hold."""
    return render_template("desk/accounts/codes.html", codes=codes, heading=heading), 201


def _app_page(form: AppForm, status: int) -> ResponseReturnValue:
    address = second_factor.address(g.user, current_site().name)
    picture = segno.make(address, error="m")
    page = render_template(
        "desk/accounts/app.html",
        form=form,
        qr_html=picture.svg_inline(
            border=4, light="#fff", omitsize=True, svgclass="qr", lineclass=None
        ),
        address=address,
        secret=second_factor.spelled(g.user),
    )
    return page, status
