"""Before what is dangerous, whoever sits at the desk shows once more who they are."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages, PageView

from newsite.accounts.models import SignIn, User
from newsite.db import db
from newsite.web.desk import gate, proof

PASSWORD = "a long enough password"


@pytest.fixture
def stale(desk: Pages) -> Pages:
    """Ada's browser, which was left open at the desk for a while."""
    device = db.session.scalars(sa.select(SignIn)).one()
    device.proved_at = device.proved_at - timedelta(minutes=15)  # type: ignore[operator]
    db.session.commit()
    return desk


def fill_in(page: PageView, password: str, status: int = 200) -> PageView:
    return page.form("proof").fill(proof_password=password).submit(status=status)


def test_what_was_sent_survives_the_detour(stale: Pages, writer: User) -> None:
    form = stale.get(f"/desk/people/{writer.id}").form("person").fill(name="Willa", badge="Night")
    page = form.submit(status=403)
    assert page.h1 == "Show that it is you"
    assert writer.name == "Will"
    wrong = fill_in(page, "not it at all", 422)
    assert wrong.texts(".summary a") == ["Enter the password that you sign in with."]
    assert wrong.title.startswith("Error: Show that it is you")
    after = fill_in(wrong, PASSWORD)
    assert "The account of Willa is saved." in after.text
    assert (writer.name, writer.badge) == ("Willa", "Night")


def test_once_shown_it_is_not_asked_again_for_a_while(
    app: Flask, stale: Pages, writer: User, now: datetime
) -> None:
    form = stale.get(f"/desk/people/{writer.id}").form("person")
    fill_in(form.submit(status=403), PASSWORD)
    form.submit(status=200)
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=15)
    form.submit(status=403)


def test_a_page_with_a_secret_is_shown_after_it(stale: Pages, admin: User) -> None:
    admin.totp_secret = "A" * 32
    db.session.commit()
    page = stale.get("/desk/second-factor/app", 403)
    assert "AAAA" not in page.text
    after = fill_in(page, PASSWORD)
    assert after.path == "/desk/second-factor/app"
    assert "AAAA" in after.text


def test_one_s_own_address_is_guarded_and_one_s_name_is_not(stale: Pages, admin: User) -> None:
    form = stale.get("/desk/profile").form("profile")
    assert form.fill(name="Ada L.").submit().path == "/desk/profile"
    page = form.fill(email="eve@example.org").submit(status=403)
    assert admin.email == "ada@example.org"
    fill_in(page, PASSWORD)
    assert admin.email == "eve@example.org"


def test_the_password_is_not_guessed_at_this_door(stale: Pages, writer: User) -> None:
    page = stale.get(f"/desk/people/{writer.id}").form("person").submit(status=403)
    for _ in range(5):
        fill_in(page, "not it at all", 422)
    assert "There were too many tries." in fill_in(page, PASSWORD, 429).text


def test_no_password_comes_back_in_a_page(stale: Pages, writer: User) -> None:
    token = stale.get("/desk/").all("input[name=csrf_token]")[0]["value"]
    sent = {"csrf_token": token, "name": "Willa", "password": "quite another", "current": PASSWORD}
    page = stale.submit(f"/desk/people/{writer.id}", sent, 403)
    assert page.form("proof").values["name"] == ["Willa"]
    assert "quite another" not in page.html
    assert PASSWORD not in page.html


def test_all_that_is_dangerous_is_there_to_be_guarded(app: Flask) -> None:
    assert set(app.view_functions) >= proof.DANGEROUS | proof.SECRET | gate.SETTING_UP
