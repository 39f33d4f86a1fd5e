"""The pages of passkeys, without JavaScript and with a device that answers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import SITE, Pages, PageView
from passkey_device import Device

from newsite.accounts import passkeys, second_factor
from newsite.accounts.models import SignIn, User
from newsite.db import db

PASSWORD = "a long enough password"


def options_of(page: PageView) -> str:
    return str(page.one("button[data-passkey]")["data-options"])


def add(desk: Pages, device: Device, name: str = "My key", status: int = 201) -> PageView:
    page = desk.get("/desk/second-factor/").follow("Add a passkey")
    form = page.form("passkey-form")
    answer = device.made(options_of(page), SITE)
    return form.fill(name=name, credential=answer).submit("Add this device", status)


def answer(page: PageView, device: Device, status: int = 200) -> PageView:
    credential = device.signed(options_of(page), SITE)
    form = page.form("passkey").fill(credential=credential)
    return form.submit("Sign in with a passkey", status)


def test_a_passkey_is_added_used_and_removed(app: Flask, desk: Pages, admin: User) -> None:
    device = Device()
    done = add(desk, device)
    assert done.h1 == "The passkey is added"
    assert len(done.texts(".codes .secret")) == 10
    other = Pages(app)
    assert answer(other.get("/desk/login?next=/desk/people/"), device).path == "/desk/people/"
    page = desk.get("/desk/second-factor/")
    assert page.texts(".lines strong") == ["My key"]
    assert "used" in page.texts(".lines .facts")[0]
    assert (
        add(desk, Device(), "Another").text.count("Your recovery codes of before still hold.") == 1
    )
    first = page.one('.lines form[action$="delete"]')
    token = str(page.all("input[name=csrf_token]")[0]["value"])
    after = desk.submit(str(first["action"]), {"csrf_token": token})
    assert "The passkey “My key” opens nothing any more." in after.text
    assert desk.post(str(first["action"]), {"csrf_token": token}).status_code == 404
    assert "could not be used" in answer(Pages(app).get("/desk/login"), device).text


def test_what_is_wrong_with_it_is_said(desk: Pages, admin: User) -> None:
    assert add(desk, Device(), " ", 422).texts(".summary a") == [
        "Enter a name of 1 to 60 characters."
    ]
    page = desk.get("/desk/second-factor/passkeys/new")
    assert "needs JavaScript" in page.text
    empty = page.form("passkey-form").fill(name="Key").submit("Add this device", 422)
    assert empty.texts(".summary li") == [passkeys.UNUSABLE]


def test_after_the_password_it_stands_for_the_code(app: Flask, desk: Pages, admin: User) -> None:
    device = Device(verifies=False)
    add(desk, device)
    other = Pages(app)
    form = other.get("/desk/login?next=/desk/people/").form("login")
    page = form.fill(email=admin.email, password=PASSWORD).submit()
    assert page.path == "/desk/login/code"
    wrong = answer(page, Device())
    assert (wrong.path, wrong.texts(".notice p")) == ("/desk/login/code", [passkeys.UNUSABLE])
    assert answer(wrong, device).path == "/desk/people/"


def test_it_proves_who_is_there(desk: Pages, admin: User, writer: User) -> None:
    device = Device()
    add(desk, device)
    for signed in db.session.scalars(sa.select(SignIn)):
        signed.proved_at = None
    db.session.commit()
    form = desk.get(f"/desk/people/{writer.id}").form("person").fill(name="Willa")
    page = form.submit(status=403)
    stranger = Device().signed(options_of(page), SITE)
    page = page.form("proof").fill(proof_passkey=stranger).submit(status=422)
    assert page.texts(".summary a") == [passkeys.UNUSABLE]
    signature = device.signed(options_of(page), SITE)
    after = page.form("proof").fill(proof_passkey=signature).submit()
    assert "The account of Willa is saved." in after.text


def test_without_the_library_the_page_says_what_is_missing(
    app: Flask, desk: Pages, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk, Device())
    monkeypatch.setattr(passkeys, "are_possible", lambda: False)
    page = desk.get("/desk/second-factor/passkeys/new")
    assert page.path == "/desk/second-factor/"
    assert "newsite[passkeys]" in page.text
    login = Pages(app).get("/desk/login")
    assert not login.all("button[data-passkey]")
    token = str(login.all("input[name=csrf_token]")[0]["value"])
    after = login.pages.submit("/desk/login/passkey", {"csrf_token": token})
    assert passkeys.UNUSABLE in after.text
    code = login.form("login").fill(email=admin.email, password=PASSWORD).submit()
    assert not code.all("button[data-passkey]")
    recovery = second_factor._make_recovery_codes(admin)[0]
    db.session.commit()
    assert code.form("code-form").fill(code=recovery).submit().path == "/desk/"
    for signed in db.session.scalars(sa.select(SignIn)):
        signed.proved_at -= timedelta(hours=1)  # type: ignore[operator]
    db.session.commit()
    sent = {"proof_password": "", "proof_passkey": "{}"}
    token = str(desk.get("/desk/").all("input[name=csrf_token]")[0]["value"])
    page = desk.submit("/desk/second-factor/recovery-codes", sent | {"csrf_token": token}, 422)
    assert passkeys.UNUSABLE in page.text


def test_passkeys_are_not_tried_without_end(pages: Pages, admin: User) -> None:
    page = pages.get("/desk/login")
    for _ in range(10):
        answer(page, Device())
    assert "There were too many tries." in answer(page, Device()).text
