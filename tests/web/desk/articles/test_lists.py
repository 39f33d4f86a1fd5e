"""The list of articles, for editors and for writers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from pages import Pages, PageView

from newsite.accounts.models import User
from newsite.articles import desk_queries, taxonomy
from newsite.articles.models import Article, Kind
from newsite.db import db

PASSWORD = "a long enough password"
Make = Callable[..., Article]


def titles(page: PageView) -> list[str]:
    return page.texts(".lines strong")


def test_an_empty_list_leads_on(desk: Pages) -> None:
    page = desk.get("/desk/articles/")
    assert "Nothing is here." in page.text
    assert page.follow("Write an article").h1 == "A new article"
    assert page.follow("Write a page").h1 == "A new page"


def test_articles_stand_with_their_state_in_words(
    desk: Pages, make_article: Make, now: object
) -> None:
    make_article("Out", byline="members")
    make_article("Soon", published_at=now + timedelta(days=1))  # type: ignore[operator]
    make_article("Draft", publish=False)
    make_article("About", kind=Kind.page)
    page = desk.get("/desk/articles/")
    assert titles(page) == ["About", "Draft", "Soon", "Out"]
    facts = page.texts(".lines .facts")
    assert facts[0].startswith("Page · Published")
    assert facts[1:] == [
        "Draft",
        "Scheduled for tomorrow, 12.00pm",
        "By members · Published Friday, 12.00pm",
    ]
    assert page.texts(".tabs .count") == ["1", "1", "2"]
    page = page.follow("Drafts 1")
    assert titles(page) == ["Draft"]
    assert page.texts(".tabs [aria-current]") == ["Drafts 1"]
    assert page.follow("Draft").path.startswith("/desk/articles/")


def test_a_list_is_searched_and_keeps_its_tab(
    desk: Pages, make_article: Make, editor: User
) -> None:
    section = taxonomy.save_section(None, name="Pay", slug="", description="")
    db.session.commit()
    make_article("Night shift", section=section.id, by=editor)
    make_article("Night bus", publish=False)
    make_article("Day", kind=Kind.page)
    form = desk.get("/desk/articles/").form("seek")
    assert titles(form.fill(q=" NIGHT ").submit()) == ["Night bus", "Night shift"]
    page = form.fill(section=section.id, writer=editor.id, kind="article").submit()
    assert titles(page) == ["Night shift"]
    assert page.form("seek").values["section"] == [str(section.id)]
    assert titles(page.follow("Drafts 1")) == []
    drafts = desk.get("/desk/articles/?state=draft").form("seek").fill(q="night").submit()
    assert titles(drafts) == ["Night bus"]


def test_a_long_list_has_pages(
    desk: Pages, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_queries.listed, "__kwdefaults__", {"before": None, "limit": 2})
    for number in range(3):
        make_article(f"No. {number}", publish=False)
    page = desk.get("/desk/articles/?state=draft")
    assert titles(page) == ["No. 2", "No. 1"]
    page = page.pages.get(page.link("Saved earlier"))
    assert titles(page) == ["No. 0"]
    assert page.texts(".tabs [aria-current]") == ["Drafts 3"]


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "kind=x",
        "section=-1",
        "section=99999999999",
        "writer=１",
        "q=%00%ED%A0%80",
        "state=draft&state=x",
    ],
)
def test_nonsense_in_the_address_is_left_out(query: str, desk: Pages, article: Article) -> None:
    assert desk.get(f"/desk/articles/?{query}").h1 == "Articles"


def test_a_place_that_is_none_is_not_found(desk: Pages) -> None:
    desk.get("/desk/articles/?before=x", 404)


def test_a_writer_sees_own_articles_and_reads_those_that_are_out(
    app: Flask, make_article: Make, writer: User, editor: User, now: object
) -> None:
    make_article("Edith’s", publish=False, by=editor)
    make_article("Out", by=writer)
    make_article("Soon", by=writer, published_at=now + timedelta(days=1))  # type: ignore[operator]
    draft = make_article("Draft", by=writer, publish=False)
    page = Pages(app).sign_in(writer, PASSWORD).get(f"/desk/articles/?writer={editor.id}")
    assert titles(page) == ["Draft", "Soon", "Out"]
    assert page.link("Draft") == f"/desk/articles/{draft.id}"
    assert page.link("Out") == "/2026/11/out/"
    assert "Soon" not in page.texts(".lines a")
    assert not page.all("#seek-writer")
    assert "Write a page" not in page.text
