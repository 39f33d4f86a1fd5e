"""Searching everything at the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pages import Pages, PageView

from newsite.accounts.models import Role, User
from newsite.articles import actions as articles
from newsite.articles import redirects
from newsite.articles.models import Article, Contributor, ContributorKind, Section, State, Tag
from newsite.articles.paths import Reserved
from newsite.comments import actions as replies
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.media.models import File, Picture

PASSWORD = "a long enough password"
Make = Callable[..., Article]


def groups(page: PageView) -> dict[str, list[str]]:
    """The headings of what was found, and the titles under each."""
    return {
        str(part.h2.get_text(strip=True)): [
            title.get_text(strip=True) for title in part.select(".lines strong")
        ]
        for part in page.all("main .row")
    }


@pytest.fixture
def full(
    make_article: Make, make_picture: Callable[..., Picture], writer: User, now: datetime
) -> Article:
    """A site on which everything has something to do with doors."""
    article = make_article("Chained", body="The fire doors were shut.", byline="the reps")
    make_article("Doors, a draft of Will’s", by=writer, publish=False)
    make_article("Doors, a draft of nobody’s", publish=False)
    make_article("Doors next week", published_at=now + timedelta(days=7))
    make_picture(alt="Doors of bay 9", credit="Ann")
    person = {"kind": ContributorKind.organisation, "about": ""}
    db.session.add_all(
        [
            Section(slug="doors", name="Doors and gates", description="", position=9),
            Section(slug="heat", name="Heat", description="", position=10),
            Tag(slug="fire-doors", name="Fire doors"),
            Contributor(slug="door-group", name="Friends of the doors", **person),
            File(
                sha256="0", key="k", name="doors.pdf", title="Rules for doors",
                media_type="application/pdf", bytes=1, created_at=now,
            ),
        ]
    )  # fmt: skip
    around: dict[str, Any] = {"reserved": Reserved(frozenset(), ()), "site_url": "http://a.example"}
    redirects.add("/old-doors/", str(article.path), **around, now=now)
    redirects.add("/doors-away/", "https://other.example/", **around, now=now)
    replies.submit_reply(article, NewReply("Ann", "a@b.example", "", "My doors too", None), now=now)
    db.session.commit()
    return article


def test_an_editor_finds_all_but_people(app: Flask, editor: User, full: Article) -> None:
    page = Pages(app).sign_in(editor, PASSWORD).get("/desk/search/?q=doors")
    assert page.h1 == "Found for “doors”"
    assert groups(page) == {
        "Articles and pages": [
            "Doors next week",
            "Doors, a draft of nobody’s",
            "Doors, a draft of Will’s",
            "Chained",
        ],
        "Pictures": ["Doors of bay 9"],
        "Files": ["Rules for doors"],
        "Replies": ["Ann: My doors too"],
        "Sections": ["Doors and gates"],
        "Tags": ["Fire doors"],
        "Contributors": ["Friends of the doors"],
        "Redirects": ["/doors-away", "/old-doors"],
    }
    assert "Scheduled" in page.text
    assert page.link("Chained") == f"/desk/articles/{full.id}"


def test_a_writer_finds_what_is_out_and_their_own(app: Flask, writer: User, full: Article) -> None:
    page = Pages(app).sign_in(writer, PASSWORD).get("/desk/search/?q=doors")
    found = groups(page)
    assert found == {
        "Articles and pages": ["Doors, a draft of Will’s", "Chained"],
        "Pictures": ["Doors of bay 9"],
        "Files": ["Rules for doors"],
    }
    assert page.link("Chained") == full.path  # where others read it
    full.state, full.created_by = State.withdrawn, writer  # theirs, but not to open any more
    full.withdrawn_reason = "A name."
    db.session.commit()
    page = Pages(app).sign_in(writer, PASSWORD).get("/desk/search/?q=chained")
    assert groups(page) == {"Articles and pages": ["Chained"]}
    assert not page.all("main a")


def test_an_admin_finds_people_by_name_and_address(desk: Pages, admin: User, writer: User) -> None:
    page = desk.get("/desk/search/?q=example will")
    assert groups(page) == {"People": ["Will"]}
    assert page.follow("Will").h1 == "Will"


@pytest.mark.parametrize(
    "words", ["alpha beta", "beta alpha", "BETA alph", "beta 0%", "lpha eta"]
)  # fmt: skip
def test_all_the_words_must_be_there_in_any_order(
    desk: Pages, article: Article, make_picture: Callable[..., Picture], now: datetime, words: str
) -> None:
    make_picture(alt="Alpha 10%", credit="Beta")
    make_picture(alt="Alpha")
    for name in ("Alpha 10% beta", "Beta"):
        slug = name[:4].lower()
        about = {"kind": ContributorKind.organisation, "about": ""}
        db.session.add_all(
            [
                Tag(slug=slug, name=name),
                Contributor(slug=slug, name=name, **about),
                File(
                    sha256=slug, key=slug, name=f"{slug}.pdf", title=name,
                    media_type="application/pdf", bytes=1, created_at=now,
                ),
            ]
        )  # fmt: skip
        sent = NewReply(name, f"{slug}@b.example", "", slug, None)
        replies.submit_reply(article, sent, now=now)
    around: dict[str, Any] = {"reserved": Reserved(frozenset(), ()), "site_url": "http://a.example"}
    redirects.add("/old-alpha/?10%25", "https://other.example/beta%2010%", **around, now=now)
    db.session.commit()
    assert groups(desk.get(f"/desk/search/?q={words.replace('%', '%25')}")) == {
        "Pictures": ["Alpha 10%"],
        "Files": ["Alpha 10% beta"],
        "Replies": ["Alpha 10% beta: alph"],
        "Tags": ["Alpha 10% beta"],
        "Contributors": ["Alpha 10% beta"],
        "Redirects": ["/old-alpha?10%25"],
    }


def test_the_rest_is_on_the_list_itself(
    desk: Pages, make_article: Make, article: Article, now: datetime
) -> None:
    for number in range(6):
        make_article(f"Doors {number}")
        sent = NewReply(f"Ann {number}", "a@b.example", "", f"Doors, {number}", None)
        reply = replies.submit_reply(article, sent, now=now)
        reply.status = reply.status.approved
        db.session.add(Tag(slug=f"doors-{number}", name=f"Doors {number}"))
        db.session.add(
            Section(slug=f"d-{number}", name=f"Doors {number}", description="", position=9)
        )
    db.session.commit()
    page = desk.get("/desk/search/?q=doors")
    assert [len(hits) for hits in groups(page).values()] == [5] * 4
    assert [link["href"] for link in page.all(".row > .hint a")] == [
        "/desk/articles/?q=doors",
        "/desk/replies/approved/?q=doors",
        "/desk/sections/",
        "/desk/tags/?q=doors",
    ]
    assert page.follow("The whole list · Sections").h1 == "Sections"


def test_all_that_fit_are_on_the_list_by_their_texts_and_wherever_they_stand(
    app: Flask, make_article: Make, writer: User, editor: User, now: datetime
) -> None:
    for number in range(5):
        make_article(f"No. {number}", body="The fire doors were shut.")
    make_article("Of Will", body="Doors, shut.", by=writer, publish=False)
    thrown = make_article("Of nobody", body="Shut the doors.", publish=False)
    articles.trash(thrown, by=editor, now=now)
    make_article("Another")
    db.session.commit()
    out = {f"No. {number}" for number in range(5)}
    for person, all_that_fit in (
        (editor, out | {"Of Will", "Of nobody"}),
        (writer, out | {"Of Will"}),
    ):
        page = Pages(app).sign_in(person, PASSWORD).get("/desk/search/?q=shut door")
        page = page.follow("All that fit · Articles and pages")
        assert set(page.texts(".lines strong")) == all_that_fit
        assert page.form("seek").values["q"] == ["shut door"]


def test_each_list_of_replies_with_some_that_fit_is_named(
    desk: Pages, article: Article, now: datetime
) -> None:
    for number in range(6):
        sent = NewReply(f"Ann {number}", "a@b.example", "", f"Doors, {number}", None)
        reply = replies.submit_reply(article, sent, now=now)
        reply.status = reply.status.spam if number == 0 else reply.status.pending
    db.session.commit()
    page = desk.get("/desk/search/?q=doors")
    assert page.texts(".row > .hint a") == [
        "All that fit: Waiting · Replies",
        "All that fit: Spam · Replies",
    ]
    page = page.follow("All that fit: Spam · Replies")
    assert "Doors, 0" in page.text


def test_whoever_searches_people_is_led_to_all_of_them(
    desk: Pages, make_user: Callable[..., User]
) -> None:
    for number in range(6):
        make_user(f"Tom{number}", Role.writer)
    page = desk.get("/desk/search/?q=tom")
    assert page.follow("The whole list · People").path == "/desk/people/"


def test_nothing_is_found_and_said_so(desk: Pages) -> None:
    page = desk.get("/desk/").form("find").fill(q="  nowhere ").submit()
    assert "Nothing at the desk has these words." in page.text
    assert page.one("#find-q")["value"] == "nowhere"
    assert desk.get("/desk/search/").h1 == "Search"
    assert desk.get("/desk/search/?q=%00%22").h1.startswith("Found for")
