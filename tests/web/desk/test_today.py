"""The desk's first page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from pages import Pages

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import db

PASSWORD = "a long enough password"


def test_an_empty_desk_says_so_and_zero_is_a_number(desk: Pages) -> None:
    page = desk.get("/desk/")
    assert page.h1 == "Today at the desk"
    assert page.texts(".ledger a")[:2] == ["0 replies to read", "0 drafts"]
    assert "You have no drafts." in page.text
    assert "Nothing is scheduled." in page.text


def test_numbers_lead_to_what_they_count(
    desk: Pages, admin: User, make_article: Callable[..., Article], now: datetime
) -> None:
    make_article("A draft of mine", by=admin, publish=False)
    make_article("Out tomorrow", published_at=now + timedelta(days=1), byline="the reps")
    page = desk.get("/desk/")
    assert page.texts(".ledger a") == ["0 replies to read", "1 draft", "1 article scheduled"]
    assert "A draft of mine" in page.texts(".lines a")
    assert "tomorrow, 12.00pm" in page.texts(".when")
    assert "By the reps · Scheduled" in page.text


def test_what_happened_is_said_in_sentences(
    app: Flask, desk: Pages, admin: User, editor: User, now: datetime
) -> None:
    for user, action, subject, address in (
        (admin, "corrected", "“Doors”", "/desk/articles/1"),
        (editor, "approved", "3 replies", None),
    ):
        audit.record(
            at=now + timedelta(seconds=1),
            user_id=user.id,
            user_name=user.name,
            action=action,
            subject=subject,
            address=address,
        )
    db.session.commit()
    page = desk.get("/desk/")
    assert "You corrected “Doors” ." in page.text
    assert page.link("“Doors”") == "/desk/articles/1"
    assert "Edith approved 3 replies" in page.text
    assert "signed in" not in page.text


def test_before_anything_happened_it_says_so(app: Flask, writer: User) -> None:
    page = Pages(app).sign_in(writer, PASSWORD).get("/desk/")
    assert "Nothing has happened yet." in page.text
    assert page.texts(".ledger a") == ["0 drafts", "0 articles scheduled"]
