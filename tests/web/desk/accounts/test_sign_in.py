"""Signing in and out at the desk."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages, PageView

from newsite import limits
from newsite.accounts import signing_in
from newsite.accounts.models import SignIn, User
from newsite.db import db

PASSWORD = "a long enough password"


def attempt(pages: Pages, email: str, password: str, status: int = 422) -> PageView:
    form = pages.get("/desk/login").form("login")
    return form.fill(email=email, password=password).submit(status=status)


def test_somebody_signs_in_and_out(pages: Pages, writer: User) -> None:
    page = attempt(pages, "WILL@example.org", PASSWORD, 200)
    assert page.path == "/desk/"
    assert "Will" in page.texts(".you a")
    out = page.pages.post("/desk/logout", {"csrf_token": token_of(page)})
    assert out.headers["Location"] == "/desk/login"
    assert "You are signed out on this device." in pages.get("/desk/login").text
    assert db.session.scalars(sa.select(SignIn)).all() == []


def token_of(page: PageView) -> str:
    return str(page.all("input[name=csrf_token]")[0]["value"])


def test_signing_out_is_never_a_link(desk: Pages) -> None:
    assert desk.fetch("/desk/logout").status_code == 404
    assert desk.get("/desk/").path == "/desk/"


def test_whoever_is_signed_in_needs_no_login_page(desk: Pages) -> None:
    assert desk.get("/desk/login").path == "/desk/"
    assert desk.get("/desk/login?next=/desk/people/").path == "/desk/people/"


def test_whatever_was_wrong_the_page_is_the_same(pages: Pages, writer: User) -> None:
    wrong = attempt(pages, "will@example.org", "not it at all")
    nobody = attempt(pages, "nobody@example.org", "not it at all")
    for page in (wrong, nobody):
        assert page.title.startswith("Error: Sign in")
        assert page.texts(".summary li") == [signing_in.WRONG]
        assert page.one("#password").get("value", "") == ""
    assert wrong.one("#email")["value"] == "will@example.org"


def test_an_empty_form_says_what_is_missing(pages: Pages) -> None:
    page = attempt(pages, "", "")
    assert page.texts(".summary a") == [
        "Enter an email address, such as name@example.org.",
        "Enter your password.",
    ]
    assert page.one("#email")["aria-describedby"] == "email-error"


def test_an_address_that_no_database_can_hold_is_nobodys(pages: Pages, site: object) -> None:
    page = attempt(pages, "nobody\x00@example.org", "not it at all")
    assert page.texts(".summary li") == [signing_in.WRONG]


@pytest.mark.parametrize("email", ["will@example.org", "nobody@example.org"])
def test_the_sixth_try_has_to_wait_whether_the_account_exists_or_not(
    app: Flask, pages: Pages, writer: User, now: datetime, email: str
) -> None:
    for _ in range(5):
        attempt(pages, email, "not it at all")
    page = attempt(pages, email, PASSWORD, 429)
    assert page.texts(".summary li") == [
        "There were too many tries. Try again in a quarter of an hour."
    ]
    assert page.response.headers["Retry-After"] == "900"
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=15)
    attempt(pages, email, PASSWORD, 200 if email == writer.email else 422)


def test_an_address_has_ten_tries_for_all_accounts(pages: Pages, writer: User) -> None:
    for number in range(10):
        attempt(pages, f"nobody{number}@example.org", "not it at all")
    attempt(pages, writer.email, PASSWORD, 429)


def test_a_success_begins_the_count_anew(app: Flask, pages: Pages, writer: User) -> None:
    for _ in range(4):
        attempt(pages, writer.email, "not it at all")
    attempt(pages, writer.email, PASSWORD, 200)
    other = Pages(app)
    for _ in range(5):
        attempt(other, writer.email, "not it at all")


def test_strangers_cannot_bar_a_device_where_the_owner_was_before(
    app: Flask, pages: Pages, writer: User, now: datetime
) -> None:
    page = attempt(pages, writer.email, PASSWORD, 200)
    pages.post("/desk/logout", {"csrf_token": token_of(page)})
    stranger = ("sign-in", "will@example.org", "5 per 15 minutes")
    for _ in range(9):
        limits.hit(*stranger, now=now)
    attempt(Pages(app), writer.email, PASSWORD, 429)
    attempt(pages, writer.email, PASSWORD, 200)


def test_a_known_device_may_not_guess_for_ever_either(pages: Pages, writer: User) -> None:
    page = attempt(pages, writer.email, PASSWORD, 200)
    pages.post("/desk/logout", {"csrf_token": token_of(page)})
    for _ in range(5):
        attempt(pages, writer.email, "not it at all")
    attempt(pages, writer.email, PASSWORD, 429)


def test_signing_out_a_second_time_is_no_mistake(app: Flask, pages: Pages, writer: User) -> None:
    """The device was signed out elsewhere in the meantime: the gate says so, and keeps nothing."""
    page = attempt(pages, writer.email, PASSWORD, 200)
    db.session.execute(sa.delete(SignIn))
    db.session.commit()
    assert pages.post("/desk/logout", {"csrf_token": token_of(page)}).status_code == 403


def test_the_device_is_named_by_its_browser(app: Flask, pages: Pages, writer: User) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    form = pages.get("/desk/login").form("login").fill(email=writer.email, password=PASSWORD)
    pages.post(
        "/desk/login",
        {name: values[0] for name, values in form.values.items()},
        headers={"User-Agent": agent},
    )
    assert db.session.scalar(sa.select(SignIn.device)) == "Firefox on Linux"
