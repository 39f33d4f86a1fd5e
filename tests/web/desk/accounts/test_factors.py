"""The pages of one's own second factor."""

from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from pages import Pages, PageView

from newsite.accounts import second_factor
from newsite.accounts.models import User
from newsite.db import db
from newsite.site.models import Site

PASSWORD = "a long enough password"


def press(page: PageView, words: str, status: int = 200) -> PageView:
    """The page after pressing a button that is its own form."""
    (form,) = [f for f in page.all("form") if f.get_text(" ").strip().startswith(words)]
    token = form.select_one("input[name=csrf_token]")
    assert token
    return page.pages.submit(str(form["action"]), {"csrf_token": str(token["value"])}, status)


def set_up(desk: Pages, user: User, now: datetime) -> PageView:
    page = press(desk.get("/desk/second-factor/"), "Set up codes by an app")
    assert page.path == "/desk/second-factor/app"
    db.session.expire_all()
    code = pyotp.TOTP(user.totp_secret).at(now)
    return page.form("app-form").fill(code=code).submit(status=201)


def test_codes_by_an_app_are_set_up_with_a_picture_or_by_hand(
    desk: Pages, admin: User, now: datetime
) -> None:
    page = desk.get("/desk/profile").follow("Second factor")
    page = press(page, "Set up codes by an app")
    assert page.all("svg.qr path[stroke]")
    assert page.one(".secret").text.replace(" ", "") == admin.totp_secret
    assert page.link("On a telephone: open it in the app").startswith("otpauth://totp/")
    wrong = page.form("app-form").fill(code="000000").submit(status=422)
    assert "This is not the code that the app shows now." in wrong.texts(".summary a")[0]
    assert wrong.form("app-form").fill(code="").submit(status=422).texts(".summary a") == [
        "Enter the six digits that the app shows."
    ]
    done = set_up(desk, admin, now)
    assert done.h1 == "Codes are asked for from now on"
    codes = done.texts(".codes .secret")
    assert len(codes) == 10
    page = done.follow("I have them")
    assert "10 are left." in page.text
    assert codes[0] not in page.html


def test_a_secret_is_never_shown_again(desk: Pages, admin: User, now: datetime) -> None:
    set_up(desk, admin, now)
    page = desk.get("/desk/second-factor/app")
    assert page.path == "/desk/second-factor/"
    assert admin.totp_secret not in page.html


def test_what_is_on_is_not_set_up_twice(desk: Pages, admin: User, now: datetime) -> None:
    page = desk.get("/desk/second-factor/")
    set_up(desk, admin, now)
    assert "Switch them off first." in press(page, "Set up codes by an app").text


def test_it_is_switched_off(desk: Pages, admin: User, now: datetime) -> None:
    set_up(desk, admin, now)
    page = press(desk.get("/desk/second-factor/"), "Switch off")
    assert "Codes by an app are not asked for any more." in page.text
    assert not second_factor.has_one(admin)


def test_new_recovery_codes_are_shown_once(desk: Pages, admin: User, now: datetime) -> None:
    old = set_up(desk, admin, now).texts(".codes .secret")
    page = desk.get("/desk/second-factor/")
    new = press(page, "Make new recovery codes", 201).texts(".codes .secret")
    assert len(new) == 10
    assert not set(old) & set(new)
    second_factor.switch_off(admin, now=now)
    db.session.commit()
    assert "Set one up first." in press(page, "Make new recovery codes").text


@pytest.fixture
def halfway(app: Flask, pages: Pages, writer: User, now: datetime) -> PageView:
    """The page that asks Will for his code."""
    second_factor.begin(writer)
    second_factor.switch_on(writer, pyotp.TOTP(writer.totp_secret).at(now), now=now)
    db.session.commit()
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=2)
    form = pages.get("/desk/login?next=/desk/articles/").form("login")
    page = form.fill(email=writer.email, password=PASSWORD).submit()
    assert page.path == "/desk/login/code"
    return page


def test_the_password_alone_opens_nothing(halfway: PageView) -> None:
    assert halfway.pages.get("/desk/").path == "/desk/login"


def test_the_code_opens_the_desk_where_one_was_led(
    halfway: PageView, writer: User, now: datetime
) -> None:
    code = pyotp.TOTP(writer.totp_secret).at(now + timedelta(minutes=2))
    page = halfway.form("code-form").fill(code=code).submit()
    assert page.path == "/desk/articles/"
    again = halfway.pages.get("/desk/login/code")
    assert again.path == "/desk/"  # nobody is half way any more


def test_a_wrong_code_is_asked_for_again(halfway: PageView) -> None:
    page = halfway.form("code-form").fill(code="000000").submit(status=422)
    assert page.texts(".summary a") == [second_factor.WRONG]
    assert page.form("code-form").fill(code=" ").submit(status=422).texts(".summary a") == [
        "Enter the code."
    ]


def test_a_recovery_code_stands_for_it(halfway: PageView, writer: User) -> None:
    code = second_factor._make_recovery_codes(writer)[0]
    db.session.commit()
    assert halfway.form("code-form").fill(code=code).submit().path == "/desk/articles/"
    assert second_factor.codes_left(writer) == 9


def test_codes_cannot_be_guessed_for_long(halfway: PageView, writer: User) -> None:
    for _ in range(5):
        halfway.form("code-form").fill(code="000000").submit(status=422)
    right = second_factor._make_recovery_codes(writer)[0]
    db.session.commit()
    page = halfway.form("code-form").fill(code=right).submit(status=429)
    assert "There were too many tries." in page.text
    assert page.response.headers["Retry-After"] == "900"


def test_whoever_searches_for_long_signs_in_again(
    app: Flask, halfway: PageView, now: datetime
) -> None:
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=13)
    page = halfway.form("code-form").fill(code="000000").submit()
    assert page.path == "/desk/login"
    assert "That took longer than ten minutes" in page.text


def test_a_closed_account_or_another_password_ends_it(halfway: PageView, writer: User) -> None:
    kept, writer.password_hash = writer.password_hash, "another"
    db.session.commit()
    assert halfway.form("code-form").fill(code="000000").submit().path == "/desk/login"
    writer.password_hash, writer.is_active = kept, False
    db.session.commit()
    assert halfway.pages.get("/desk/login/code").path == "/desk/login/code"
    assert halfway.form("code-form").fill(code="000000").submit().path == "/desk/login"


def test_where_the_site_asks_for_one_it_comes_before_all_else(
    pages: Pages, site: Site, editor: User, now: datetime
) -> None:
    pages.sign_in(editor, PASSWORD)
    form = pages.get("/desk/profile").form("profile").fill(badge="Night editor")
    site.requires_second_factor = True
    db.session.commit()
    page = pages.get("/desk/replies/")
    assert page.path == "/desk/second-factor/"
    assert "This site asks everybody for a second factor." in page.text
    kept = form.submit(status=409)  # what was written meanwhile is not lost
    assert kept.one("[name=badge]").text.strip() or kept.one("[name=badge]")["value"]
    done = set_up(pages, editor, now)
    assert len(done.texts(".codes .secret")) == 10
    assert pages.get("/desk/replies/").path == "/desk/replies/"
