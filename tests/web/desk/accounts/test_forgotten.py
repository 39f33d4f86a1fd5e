"""A forgotten password, from the page that asks to the new one."""

from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from mail_server import PostOffice
from pages import Pages, PageView

from newsite.accounts import resetting
from newsite.accounts.models import User
from newsite.db import db
from newsite.outbox import Job

NEW = "quite another password"


def ask(pages: Pages, email: str, status: int = 200) -> PageView:
    page = pages.get("/desk/login").follow("Forgot your password?")
    return page.form("forgotten").fill(email=email).submit(status=status)


def test_the_answer_is_the_same_whether_the_account_exists_or_not(
    pages: Pages, post: PostOffice, writer: User
) -> None:
    known, unknown = ask(pages, "will@example.org"), ask(pages, "nobody@example.org")
    assert known.h1 == "Look into your letter box"
    assert (known.path, known.text) == (unknown.path, unknown.text)
    assert len(db.session.scalars(sa.select(Job)).all()) == 2


def test_something_that_is_no_address_is_said(pages: Pages, post: PostOffice) -> None:
    page = ask(pages, "will", 422)
    assert page.texts(".summary a") == ["Enter an email address, such as name@example.org."]


def test_without_mail_it_says_what_the_operator_does(pages: Pages) -> None:
    page = pages.get("/desk/forgotten")
    assert page.texts(".secret") == ["newsite user reset EMAIL"]


def test_nobody_fills_a_letter_box_by_it(pages: Pages, post: PostOffice, now: datetime) -> None:
    for number in range(10):
        ask(pages, f"nobody{number}@example.org")
    page = ask(pages, "will@example.org", 429)
    assert page.texts(".summary li") == ["That was a lot. Try again in an hour."]
    assert page.response.headers["Retry-After"] == "3600"


def test_the_sixth_of_a_day_for_one_address_is_answered_and_not_sent(
    app: Flask, pages: Pages, post: PostOffice, writer: User, now: datetime
) -> None:
    for minutes in range(6):
        time = now.replace(minute=10 * minutes)
        app.config["NEWSITE_CLOCK"] = lambda time=time: time
        assert ask(pages, writer.email).h1 == "Look into your letter box"
    assert len(db.session.scalars(sa.select(Job)).all()) == 5


def test_the_link_leads_to_a_new_password_once(pages: Pages, writer: User, now: datetime) -> None:
    path = resetting.path(writer, now=now)
    page = pages.get(path)
    weak = page.form("reset").fill(password="short", again="short").submit(status=422)
    assert weak.texts(".summary a")[0].startswith("Enter a password of 12")
    other = page.form("reset").fill(password=NEW, again="another").submit(status=422)
    assert other.texts(".summary a") == ["Enter the same new password twice."]
    after = page.form("reset").fill(password=NEW, again=NEW).submit()
    assert after.path == "/desk/login"
    assert "Your password is changed" in after.text
    assert pages.sign_in(writer, NEW).get("/desk/").path == "/desk/"
    over = pages.get(path, 410)
    assert over.h1 == "This link opens nothing any more"
    assert over.follow("Ask for another link").path == "/desk/forgotten"
