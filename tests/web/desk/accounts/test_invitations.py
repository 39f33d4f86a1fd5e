"""Inviting somebody, with mail and without, and what the link shows."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from mail_server import PostOffice
from pages import SITE, Pages, PageView

from newsite.accounts import invitations, queries
from newsite.accounts.models import Invitation
from newsite.db import db
from newsite.outbox import Job
from newsite.site.models import Site

PASSWORD = "quite another password"


def invite(desk: Pages, status: int = 201, **given: str) -> PageView:
    form = desk.get("/desk/people/").follow("Invite somebody").form("invitation")
    values = {"name": "Bo", "email": "bo@example.org", "role": "editor"} | given
    return form.fill(**values).submit(status=status)


def press(page: PageView, words: str, status: int = 200) -> PageView:
    """The page after pressing a button that is its own form."""
    (form,) = [f for f in page.all("form") if f.get_text(" ").strip().startswith(words)]
    token = form.select_one("input[name=csrf_token]")
    assert token
    return page.pages.submit(str(form["action"]), {"csrf_token": str(token["value"])}, status)


def accept(page: PageView, password: str = PASSWORD, status: int = 200) -> PageView:
    return page.form("accept").fill(password=password, again=password).submit(status=status)


def test_without_mail_the_link_is_shown_and_makes_the_account(
    app: Flask, desk: Pages, pages: Pages
) -> None:
    page = invite(desk)
    assert page.h1 == "An invitation for Bo"
    link = page.texts(".secret")[0].removeprefix(SITE)
    assert link not in desk.get("/desk/people/").html
    welcome = pages.get(link)
    assert welcome.h1 == "Welcome, Bo"
    assert "as an editor" in welcome.text
    assert accept(welcome, "short", 422).texts(".summary a")[0].startswith("Enter a password of 12")
    after = accept(welcome)
    assert after.path == "/desk/"
    assert "Welcome. Your account is made" in after.text
    assert queries.user_by_email("bo@example.org") is not None
    again = Pages(app).get(link, 410)
    assert again.h1 == "This invitation opens nothing"
    assert "It was used already" in again.text


def test_with_mail_it_is_sent(desk: Pages, post: PostOffice) -> None:
    page = invite(desk, 200)
    assert "Bo is sent a mail with a link." in page.text
    assert page.texts(".row .lines strong") == ["Bo"]
    assert db.session.scalars(sa.select(Job.kind)).all() == ["mail.invitation"]


def test_what_is_wrong_is_said_beside_its_field(desk: Pages) -> None:
    page = invite(desk, 422, email="ada@example.org")
    assert page.texts(".summary a") == ["Somebody with this email address has an account."]
    assert invite(desk, 422, name="").texts(".summary a") == ["Enter a name."]


def test_it_is_sent_again_and_taken_back(desk: Pages, pages: Pages) -> None:
    old = invite(desk).texts(".secret")[0].removeprefix(SITE)
    app = desk.client.application
    later = app.config["NEWSITE_CLOCK"]() + timedelta(minutes=1)
    app.config["NEWSITE_CLOCK"] = lambda: later
    again = press(desk.get("/desk/people/"), "Send again", 201)
    new = again.texts(".secret")[0].removeprefix(SITE)
    pages.get(old, 410)
    pages.get(new)
    page = press(desk.get("/desk/people/"), "Take back")
    assert "The invitation of Bo is taken back" in page.text
    pages.get(new, 410)


def test_nobody_sends_what_is_not_there(desk: Pages) -> None:
    token = str(desk.get("/desk/people/").all("input[name=csrf_token]")[0]["value"])
    answer = desk.post("/desk/people/invitations/99/send", {"csrf_token": token})
    assert answer.status_code == 404


@pytest.mark.parametrize("is_known", [True, False])
def test_a_late_link_says_whom_to_ask(
    app: Flask, desk: Pages, pages: Pages, now: datetime, is_known: bool
) -> None:
    link = invite(desk).texts(".secret")[0].removeprefix(SITE)
    welcome = pages.get(link)
    if not is_known:
        invitation = db.session.scalars(sa.select(Invitation)).one()
        invitation.invited_by = None
        db.session.commit()
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(days=7)
    page = accept(welcome, status=410)
    assert page.h1 == "This invitation has ended"
    assert ("Ask Ada to send it again." in page.text) == is_known
    assert "Ended" in desk.get("/desk/people/").texts(".badge")


def test_a_page_that_was_open_for_too_long_is_shown_anew(desk: Pages, pages: Pages) -> None:
    link = invite(desk).texts(".secret")[0].removeprefix(SITE)
    page = pages.submit(link, {"password": PASSWORD, "again": PASSWORD, "csrf_token": "old"})
    assert "Send it again." in page.text
    assert accept(page).path == "/desk/"


def test_where_a_second_factor_is_asked_for_it_comes_next(
    desk: Pages, pages: Pages, site: Site
) -> None:
    link = invite(desk).texts(".secret")[0].removeprefix(SITE)
    site.requires_second_factor = True
    db.session.commit()
    assert accept(pages.get(link)).path == "/desk/second-factor/"


def test_whoever_accepts_too_late_by_a_moment_is_told(
    desk: Pages, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = invite(desk).texts(".secret")[0].removeprefix(SITE)
    welcome = pages.get(link)
    found = invitations.by_token

    def taken_meanwhile(token: str) -> Invitation | None:
        invitation = found(token)
        db.session.execute(sa.delete(Invitation).execution_options(synchronize_session=False))
        return invitation

    monkeypatch.setattr(invitations, "by_token", taken_meanwhile)
    page = accept(welcome, status=409)
    assert "This invitation was used, or taken back, a moment ago." in page.text
