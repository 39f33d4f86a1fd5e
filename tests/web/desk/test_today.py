"""The desk's first page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from pages import Pages

from newsite import audit
from newsite.accounts.models import User
from newsite.articles import autosaving, links, reads
from newsite.articles.models import Article
from newsite.articles.reads import Day
from newsite.db import db
from newsite.site.models import Site

PASSWORD = "a long enough password"


def test_an_empty_desk_says_so_and_zero_is_a_number(desk: Pages) -> None:
    page = desk.get("/desk/")
    assert page.h1 == "Today at the desk"
    assert page.texts(".ledger a")[:3] == ["0 replies to read", "0 in review", "0 drafts"]
    assert "You have no drafts." in page.text
    assert "Nothing is scheduled." in page.text


def test_numbers_lead_to_what_they_count(
    desk: Pages, admin: User, make_article: Callable[..., Article], now: datetime
) -> None:
    make_article("A draft of mine", by=admin, publish=False)
    make_article("Out tomorrow", published_at=now + timedelta(days=1), byline="the reps")
    page = desk.get("/desk/")
    assert page.texts(".ledger a") == [
        "0 replies to read",
        "0 in review",
        "1 draft",
        "1 article scheduled",
        "0 links lead nowhere",
    ]
    assert "A draft of mine" in page.texts(".lines a")
    assert "tomorrow, 12.00pm" in page.texts(".when")
    assert "By the reps · Scheduled" in page.text


def test_what_was_typed_and_never_saved_stands_above_ones_drafts(
    desk: Pages, admin: User, make_article: Callable[..., Article], now: datetime
) -> None:
    make_article("A draft of mine", by=admin, publish=False)
    for place, title in (("new-article.aaaaaaaa", "Only begun"), ("new-page.bbbbbbbb", "")):
        fields = {"title": [title], "body": ["Words."]}
        autosaving.keep(admin, place, fields, article=None, version=1, now=now)
    db.session.commit()
    page = desk.get("/desk/")
    assert {"Only begun", "no title yet", "A draft of mine"} <= set(page.texts(".lines a"))
    assert page.text.count("Not saved yet") == 2
    assert "Words." in page.follow("Only begun").text


def test_links_that_lead_nowhere_are_counted_and_listed(
    desk: Pages, article: Article, now: datetime
) -> None:
    links.keep(article, ["/gone/"], now=now)
    db.session.commit()
    page = desk.get("/desk/")
    assert page.texts(".ledger a")[-1] == "1 link leads nowhere"
    assert page.link("1 link leads nowhere") == "/desk/articles/broken-links"


def test_what_was_read_most_stands_there_and_leads_to_it(
    desk: Pages, make_article: Callable[..., Article], site: Site, now: datetime
) -> None:
    doors, heat = make_article("Doors"), make_article("Heat")
    reads.add({Day(now.date(), doors.id): 1, Day(now.date(), heat.id): 34})
    db.session.commit()
    page = desk.get("/desk/")
    assert page.texts(".row:nth-last-of-type(2) li") == ["34 times Heat", "1 time Doors"]
    assert page.link("Heat") == heat.path
    assert "Readers served by a cache in front are not counted." in page.text
    site.counts_reads = False
    db.session.commit()
    assert "Most read" not in desk.get("/desk/").text


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
    assert "Nothing was read in the last seven days." in page.text
    assert page.texts(".ledger a") == [
        "0 in review",
        "0 drafts",
        "0 articles scheduled",
        "0 links lead nowhere",
    ]
