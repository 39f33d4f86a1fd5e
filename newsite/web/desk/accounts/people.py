"""The people of the desk, for admins."""

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.accounts import actions, invitations, passwords, queries, second_factor
from newsite.accounts.models import Role, User
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.accounts.forms import PersonForm
from newsite.web.desk.notices import tell


@bp.get("/people/")
def people() -> ResponseReturnValue:
    """Everybody who has an account."""
    return render_template(
        "desk/accounts/people.html",
        people=queries.users(),
        invitations=invitations.waiting(),
        now=now(),
    )


@bp.route("/people/new", methods=["GET", "POST"])
def new_person() -> ResponseReturnValue:
    """Somebody new. Their password is made here, and shown in the answer and never again."""
    form = PersonForm(role=Role.writer.value)
    if not form.validate_on_submit():
        return _page("new_person", form)
    made = passwords.made()
    try:
        person = actions.create_user(
            name=form.name.data,
            email=form.email.data,
            badge=form.badge.data,
            role=form.chosen_role(),
            password=made,
            by=g.user,
            now=now(),
        )
    except RuleBroken as error:
        form.refuse(error)
        return _page("new_person", form)
    db.session.commit()
    return render_template("desk/accounts/made.html", person=person, made=made, is_new=True), 201


@bp.route("/people/<id:user_id>", methods=["GET", "POST"])
def person(user_id: int) -> ResponseReturnValue:
    """Somebody's name, email address, badge and role."""
    person = _person(user_id)
    form = PersonForm(obj=person, role=person.role.value)
    if not form.validate_on_submit():
        return _page("person", form, person)
    values = {"name": form.name.data, "email": form.email.data, "badge": form.badge.data}
    try:
        actions.change_profile(person, **values, by=g.user, now=now())
        actions.set_role(person, form.chosen_role(), by=g.user, now=now())
    except RuleBroken as error:
        db.session.rollback()  # the role is refused: the name beside it was not changed either
        form.refuse(error)
        return _page("person", form, person)
    db.session.commit()
    tell(gettext("The account of %(name)s is saved.", name=person.name))
    return redirect(url_for(".people"), 303)


@bp.post("/people/<id:user_id>/password")
def new_password(user_id: int) -> ResponseReturnValue:
    """A new password, made here, shown in the answer and never again."""
    person = _person(user_id)
    made = passwords.made()
    actions.set_password(person, made, by=g.user, now=now())
    db.session.commit()
    return render_template("desk/accounts/made.html", person=person, made=made, is_new=False), 201


@bp.post("/people/<id:user_id>/second-factor/delete")
def take_away_factors(user_id: int) -> ResponseReturnValue:
    """Lets somebody in by the password alone, who lost their telephone and the recovery codes too."""
    person = _person(user_id)
    second_factor.take_away(person, by=g.user, now=now())
    db.session.commit()
    tell(gettext("%(name)s signs in with the password alone.", name=person.name))
    return redirect(url_for(".person", user_id=user_id), 303)


@bp.post("/people/<id:user_id>/deactivate")
def deactivate(user_id: int) -> ResponseReturnValue:
    """Closes an account."""
    person = _person(user_id)
    try:
        actions.deactivate(person, by=g.user, now=now())
    except RuleBroken as error:
        tell(error.message)
        return redirect(url_for(".person", user_id=user_id), 303)
    db.session.commit()
    tell(
        gettext("%(name)s cannot sign in any more.", name=person.name),
        undo=url_for(".activate", user_id=person.id),
    )
    return redirect(url_for(".people"), 303)


@bp.post("/people/<id:user_id>/activate")
def activate(user_id: int) -> ResponseReturnValue:
    """Opens a closed account again."""
    person = _person(user_id)
    actions.activate(person, by=g.user, now=now())
    db.session.commit()
    tell(gettext("%(name)s can sign in again.", name=person.name))
    return redirect(url_for(".people"), 303)


def _person(user_id: int) -> User:
    return queries.user_by_id(user_id) or abort(404)


def _page(name: str, form: PersonForm, person: User | None = None) -> ResponseReturnValue:
    has_factor = person is not None and second_factor.has_one(person)
    page = render_template(
        f"desk/accounts/{name}.html", form=form, person=person, has_factor=has_factor
    )
    return page, 422 if form.errors else 200
