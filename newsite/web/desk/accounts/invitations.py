"""Inviting people, and accepting: the link is mailed, or shown to be handed over where there is no mail."""

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.accounts import invitations, letters
from newsite.accounts.models import Invitation, Role
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk.accounts import sign_in
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import InvitationForm, NewPasswordForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import stored


@bp.route("/people/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Whom to invite, and what they may do."""
    form = InvitationForm(role=Role.writer.value)
    if not form.is_submitted():
        return _invite_page(form, 200)
    made: list[Invitation] = []

    def deed() -> None:
        values = {"email": form.email.data, "name": form.name.data, "role": form.chosen_role()}
        made.append(invitations.invite(**values, by=g.user, now=now()))
        letters.send_invitation(made[0], now=now())

    refused = stored(form, deed, lambda status: _invite_page(form, status))
    return refused if refused is not None else _sent(made[0])


@bp.post("/people/invitations/<id:invitation_id>/send")
def send_invitation(invitation_id: int) -> ResponseReturnValue:
    """Another link for another week."""
    invitation = invitations.renew(_invitation(invitation_id), by=g.user, now=now())
    letters.send_invitation(invitation, now=now())
    db.session.commit()
    return _sent(invitation)


@bp.post("/people/invitations/<id:invitation_id>/take-back")
def take_back_invitation(invitation_id: int) -> ResponseReturnValue:
    """Ends an invitation."""
    invitation = _invitation(invitation_id)
    name = invitation.name
    invitations.take_back(invitation, by=g.user, now=now())
    db.session.commit()
    tell(gettext("The invitation of %(name)s is taken back: its link opens nothing.", name=name))
    return redirect(url_for(".people"), 303)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def accept_invitation(token: str) -> ResponseReturnValue:
    """Where whoever was invited chooses a password, and is signed in by that."""
    invitation = invitations.by_token(token)
    if invitation is None or invitation.ends_at <= now():
        page = render_template("desk/accounts/invitation_over.html", invitation=invitation)
        return page, 410
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _accept_page(form, invitation, 422 if form.errors else 200)
    try:
        user = invitations.accept(invitation, form.password.data, now=now())
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _accept_page(form, invitation, error.status)
    answer = sign_in.open_desk(user, user.email)  # it begins the session anew
    tell(gettext("Welcome. Your account is made, and you are signed in."))
    return answer


def _invitation(invitation_id: int) -> Invitation:
    return invitations.by_id(invitation_id) or abort(404)


def _sent(invitation: Invitation) -> ResponseReturnValue:
    """Says that it was mailed; where there is no mail, shows the link."""
    if letters.are_sent():
        tell(gettext("%(name)s is sent a mail with a link.", name=invitation.name))
        return redirect(url_for(".people"), 303)
    page = render_template(
        "desk/accounts/invited.html", invitation=invitation, path=invitations.path(invitation)
    )
    return page, 201


def _invite_page(form: InvitationForm, status: int) -> ResponseReturnValue:
    is_mailed = letters.are_sent()
    return render_template("desk/accounts/invite.html", form=form, is_mailed=is_mailed), status


def _accept_page(form: NewPasswordForm, invitation: Invitation, status: int) -> ResponseReturnValue:
    page = render_template("desk/accounts/accept.html", form=form, invitation=invitation)
    return page, status
