"""The people of the desk, as an admin looks after them."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from pages import Pages, PageView

from newsite.accounts import queries
from newsite.accounts.models import Role, User
from newsite.db import db

PASSWORD = "a long enough password"


def press(page: PageView, words: str, status: int = 200) -> PageView:
    """The page after pressing a button that is its own form."""
    (form,) = [f for f in page.all("form") if f.get_text(" ").strip().startswith(words)]
    token = form.select_one("input[name=csrf_token]")
    assert token
    return page.pages.submit(str(form["action"]), {"csrf_token": str(token["value"])}, status)


def test_everybody_is_listed(desk: Pages, writer: User) -> None:
    page = desk.get("/desk/people/")
    assert page.texts(".lines a") == ["Ada", "Will"]
    assert page.texts(".lines .when") == ["Admin", "Writer"]


def test_somebody_is_added_with_a_password_that_is_shown_once(app: Flask, desk: Pages) -> None:
    form = desk.get("/desk/people/").follow("Add somebody").form("person")
    assert form.values["role"] == ["writer"]
    page = form.fill(name="Bo", email="bo@example.org", role="editor").submit(status=201)
    assert page.h1 == "Bo can sign in"
    bo = queries.user_by_email("bo@example.org")
    assert bo is not None
    assert bo.role is Role.editor
    made = page.texts(".secret")[0]
    assert Pages(app).sign_in(bo, made).get("/desk/").path == "/desk/"
    assert made not in desk.get(f"/desk/people/{bo.id}").html


def test_two_accounts_do_not_share_an_address(desk: Pages, writer: User) -> None:
    form = desk.get("/desk/people/new").form("person")
    page = form.fill(name="Bo", email="will@example.org").submit(status=422)
    assert page.texts(".summary a") == ["Another account has this email address."]
    form = desk.get("/desk/people/new").form("person").fill(name="", email="bo@example.org")
    assert form.submit(status=422).texts(".summary a") == ["Enter a name."]


def test_an_account_is_changed(desk: Pages, writer: User) -> None:
    page = desk.get(f"/desk/people/{writer.id}")
    after = page.form("person").fill(name="Willa", role="editor").submit()
    assert after.path == "/desk/people/"
    assert "The account of Willa is saved." in after.text
    assert (writer.name, writer.role) == ("Willa", Role.editor)


def test_a_refused_role_leaves_the_name_as_it_was(desk: Pages, admin: User) -> None:
    form = desk.get(f"/desk/people/{admin.id}").form("person").fill(name="Eva", role="writer")
    page = form.submit(status=422)
    assert page.texts(".summary a") == [
        "Eva is the last active admin. Make somebody else an admin first."
    ]
    assert page.one("[name=name]")["value"] == "Eva"
    assert (admin.name, admin.role) == ("Ada", Role.admin)


def test_a_new_password_is_made_and_the_old_one_ends(app: Flask, desk: Pages, writer: User) -> None:
    will = Pages(app).sign_in(writer, PASSWORD)
    page = press(desk.get(f"/desk/people/{writer.id}"), "Set a new password", 201)
    assert page.h1 == "A new password for Will"
    assert will.get("/desk/").path == "/desk/login"
    will.sign_in(writer, page.texts(".secret")[0])
    assert will.get("/desk/").path == "/desk/"


def test_an_account_is_closed_and_by_undo_opened_again(
    app: Flask, desk: Pages, writer: User
) -> None:
    will = Pages(app).sign_in(writer, PASSWORD)
    page = press(desk.get(f"/desk/people/{writer.id}"), "Close the account")
    assert "Will cannot sign in any more." in page.text
    assert "Account closed" in page.texts(".badge")
    assert will.get("/desk/").path == "/desk/login"
    after = press(page, "Undo")
    assert "Will can sign in again." in after.text
    db.session.expire_all()
    assert writer.is_active


def test_a_closed_account_can_be_opened_on_its_page(
    desk: Pages, make_user: Callable[..., User]
) -> None:
    bo = make_user("Bo", Role.writer)
    bo.is_active = False
    db.session.commit()
    after = press(desk.get(f"/desk/people/{bo.id}"), "Open the account again")
    assert "Bo can sign in again." in after.text


def test_the_last_admin_cannot_close_the_door_behind_her(desk: Pages, admin: User) -> None:
    page = press(desk.get(f"/desk/people/{admin.id}"), "Close the account")
    assert "Ada is the last active admin." in page.text
    assert admin.is_active


def test_somebody_who_is_not_there_is_not_found(desk: Pages) -> None:
    assert desk.fetch("/desk/people/999").status_code == 404


def test_a_lost_second_factor_is_taken_away(desk: Pages, writer: User, now: datetime) -> None:
    page = desk.get(f"/desk/people/{writer.id}")
    assert "This account has none: its password opens it." in page.text
    writer.totp_secret, writer.totp_since = "A" * 32, now
    db.session.commit()
    page = press(desk.get(f"/desk/people/{writer.id}"), "Take the second factor away")
    assert "Will signs in with the password alone." in page.text
    assert writer.totp_since is None
