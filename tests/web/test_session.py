"""The desk's session: a cookie that exists under /desk and nowhere else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http.cookies import SimpleCookie

import pytest
import sqlalchemy as sa
from flask import Flask, session
from pages import Pages
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from newsite import create_app
from newsite.accounts.models import SignIn, User
from newsite.config import Settings
from newsite.db import db
from newsite.web.session import NoSession

PASSWORD = "a long enough password"


def cookie(pages: Pages) -> str | None:
    found = pages.client.get_cookie("newsite_desk", path="/desk", domain="127.0.0.1")
    return found.value if found else None


def test_a_public_page_cannot_touch_a_session(app: Flask) -> None:
    for use in (
        lambda: session.get("token"),
        lambda: session["token"],
        lambda: "token" in session,
        lambda: session.update(token="x"),
        lambda: len(session),
        lambda: list(session),
    ):
        with app.test_request_context("/"), pytest.raises(RuntimeError, match="no session"):
            use()


@pytest.mark.parametrize("path", ["/", "/desktop/", "/replies/x", "/login"])
def test_elsewhere_the_cookie_is_not_even_read(app: Flask, path: str) -> None:
    with app.test_request_context(path, headers={"Cookie": "newsite_desk=x"}) as context:
        assert isinstance(context.session, NoSession)


@pytest.mark.parametrize("path", ["/desk", "/desk/", "/desk/login"])
def test_under_the_desk_there_is_one(app: Flask, path: str) -> None:
    with app.test_request_context(path):
        assert session.get("token") is None


def test_the_cookie_is_the_desks_alone(pages: Pages) -> None:
    header = pages.fetch("/desk/login").headers["Set-Cookie"]
    morsel = SimpleCookie(header)["newsite_desk"]
    assert morsel["path"] == "/desk"
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert not morsel["secure"]  # this test's site has no TLS
    assert not morsel["domain"]


def test_over_tls_the_cookie_is_secure(make_settings: Callable[..., Settings]) -> None:
    app = create_app(make_settings(site_url="https://example.org"))
    assert app.config["SESSION_COOKIE_SECURE"]


def test_a_cookie_that_was_tampered_with_is_nobodys(app: Flask, desk: Pages) -> None:
    value = cookie(desk)
    assert value is not None
    desk.client.set_cookie("newsite_desk", value[:-2] + "xx", path="/desk", domain="127.0.0.1")
    assert desk.get("/desk/").path == "/desk/login"


def test_nothing_of_the_session_before_outlives_signing_in(pages: Pages, admin: User) -> None:
    login = pages.get("/desk/login")
    token = login.one("form#login input[name=csrf_token]")["value"]
    planted = cookie(pages)
    login.form("login").fill(email=admin.email, password=PASSWORD).submit()
    assert cookie(pages) != planted
    answer = pages.post("/desk/logout", {"csrf_token": token})
    assert answer.status_code == 400, "the old form's token is worth nothing"


def test_the_cookie_lasts_as_long_as_the_sign_in(pages: Pages, admin: User) -> None:
    form = pages.get("/desk/login").form("login").fill(email=admin.email, password=PASSWORD)
    data = {name: values[0] for name, values in form.values.items()}
    answer = pages.post("/desk/login", data)
    assert "Expires=" in answer.headers["Set-Cookie"]


def test_a_page_that_is_only_looked_at_sends_no_cookie_again(desk: Pages) -> None:
    desk.get("/desk/")  # the form token of this session is made here
    assert "Set-Cookie" not in desk.fetch("/desk/").headers


def test_the_last_use_is_written_down_after_ten_minutes(
    app: Flask, desk: Pages, now: datetime
) -> None:
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=9)
    desk.get("/desk/devices/")
    assert db.session.scalar(sa.select(SignIn.last_used_at)) == now
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=11)
    desk.get("/desk/devices/")
    assert db.session.scalar(sa.select(SignIn.last_used_at)) == now + timedelta(minutes=11)


def test_a_page_is_not_lost_because_its_use_could_not_be_written_down(
    app: Flask, desk: Pages, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE sessions"):
            raise OperationalError(statement, {}, Exception("the disk is full"))

    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=11)
    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        assert desk.get("/desk/devices/").h1 == "Your devices"
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)
    assert "was not written down" in caplog.text
    assert db.session.scalar(sa.select(SignIn.last_used_at)) == now
