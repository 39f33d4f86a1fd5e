"""One's own account: profile, password, and the devices that one is signed in on."""

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.accounts import actions, queries, signing_in
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web import session
from newsite.web.context import now
from newsite.web.desk import proof
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import OwnProfileForm, PasswordForm
from newsite.web.desk.notices import tell


@bp.route("/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Name, email address and badge; and for those who decide about replies, how often they get mail."""
    form = OwnProfileForm(obj=g.user)
    if not g.user.is_editor:
        del form.reply_mail
    if not form.validate_on_submit():
        return _page("profile", form)
    asked = proof.ask() if form.email.data != g.user.email else None  # mail goes there from now on
    if asked is not None:
        return asked
    try:
        values = {"name": form.name.data, "email": form.email.data, "badge": form.badge.data}
        actions.change_profile(
            g.user, **values, reply_mail=form.chosen_mail(), by=g.user, now=now()
        )
    except RuleBroken as error:
        form.refuse(error)
        return _page("profile", form)
    db.session.commit()
    tell(gettext("Your profile is saved."))
    return redirect(url_for(".profile"), 303)


@bp.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Another password; all other devices are signed out by it."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page("password", form)
    try:
        proof.count_guess(g.user.id)
        actions.change_password(
            g.user, form.current.data, form.password.data, keep=session.device(), now=now()
        )
    except RuleBroken as error:
        form.refuse(error)
        return _page("password", form, error.status)
    db.session.commit()
    tell(gettext("Your password is changed. Your other devices are signed out."))
    return redirect(url_for(".password"), 303)


@bp.get("/devices/")
def devices() -> ResponseReturnValue:
    """Where one is signed in."""
    return render_template(
        "desk/accounts/devices.html",
        devices=queries.devices(g.user, now()),
        here=session.device(),
        idle_days=queries.IDLE.days,
        lifetime_days=signing_in.LIFETIME.days,
    )


@bp.post("/devices/<id:device_id>/end")
def end_device(device_id: int) -> ResponseReturnValue:
    """Signs one of one's own devices out."""
    own = {device.id: device for device in queries.devices(g.user, now())}
    device = own.get(device_id) or abort(404)
    signing_in.sign_out(device, now=now())
    db.session.commit()
    tell(gettext("%(device)s is signed out.", device=device.device))
    return redirect(url_for(".devices"), 303)


@bp.post("/devices/others/end")
def end_other_devices() -> ResponseReturnValue:
    """Signs out every device but the one in hand."""
    actions.sign_out_everywhere_else(g.user, keep=session.device())
    actions.record("signed out all other devices of", g.user, by=g.user, now=now())
    db.session.commit()
    tell(gettext("All your other devices are signed out."))
    return redirect(url_for(".devices"), 303)


def _page(name: str, form: OwnProfileForm | PasswordForm, status: int = 422) -> ResponseReturnValue:
    page = render_template(f"desk/accounts/{name}.html", form=form)
    return page, status if form.errors else 200
