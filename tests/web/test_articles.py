"""Reading, as an anonymous reader does."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages
from werkzeug.exceptions import HTTPException

from newsite.accounts.models import User
from newsite.articles import actions, drafts, queries, taxonomy
from newsite.articles.models import Article, ContributorKind, Kind, Redirect, RevisionKind
from newsite.db import db
from newsite.site.models import Site
from newsite.web.articles import found
from newsite.web.context import reserved

Make = Callable[..., Article]


def test_an_article_shows_its_words_its_byline_and_its_dates(
    pages: Pages, make_article: Make
) -> None:
    made = make_article(
        "Workers walk out",
        standfirst="At one minute past midnight.",
        byline="Coventry members",
        first_published=date(2023, 1, 26),
        tags=("Amazon",),
    )
    page = pages.get(str(made.path))
    assert page.h1 == "Workers walk out"
    assert "Originally published 26 January 2023" in page.text
    assert "By Coventry members" in page.text
    assert "20 November 2026" in page.text
    assert "At one minute past midnight." in page.text
    assert "The count was at six." in page.text
    assert page.texts("h2")[0] == "What follows"
    assert page.follow("Amazon").h1 == "Amazon"


def test_new_work_has_no_original_date(pages: Pages, article: Article) -> None:
    assert "Originally published" not in pages.get(str(article.path)).text


def test_the_source_is_named_where_somebody_else_was_first(
    pages: Pages, make_article: Make
) -> None:
    made = make_article(
        source_name="The Other Paper", source_url="https://other.example/x", source_is_original=True
    )
    page = pages.get(str(made.path))
    assert page.link("The Other Paper") == "https://other.example/x"
    assert page.one("link[rel=canonical]")["href"] == "https://other.example/x"


def test_a_page_stands_by_itself(pages: Pages, make_article: Make) -> None:
    page = pages.get(str(make_article("About us", kind=Kind.page).path))
    assert page.path == "/about-us/"
    assert page.h1 == "About us"
    assert "Leave a Reply" not in page.text


def test_the_front_page_leads_with_what_is_sticky_then_with_what_is_new(
    pages: Pages, make_article: Make, now: datetime
) -> None:
    make_article("Newest", published_at=now)
    assert pages.get("/").texts("h2")[0] == "Newest"
    make_article("Kept on top", is_sticky=True, published_at=now - timedelta(days=30))
    page = pages.get("/")
    assert page.texts("h2")[0] == "Kept on top"
    assert page.h1 == "The Test Paper"


def test_the_front_page_has_seconds_rows_and_old_work_and_nothing_twice(
    pages: Pages, make_article: Make, now: datetime
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    for age in range(9):
        made = {"section": pay.id} if age in (0, 1, 7) else {}
        make_article(f"Story {age}", published_at=now - timedelta(hours=age), **made)
    old = date(2023, 1, 26)
    make_article("Old work", section=pay.id, published_at=now, first_published=old)
    page = pages.get("/")
    assert page.texts(".lead h2") == ["Old work"]
    make_article("New lead", published_at=now)
    page = pages.get("/")
    assert page.texts(".lead h2") == ["New lead"]
    assert page.texts(".seconds h3") == ["Story 0", "Story 1"]
    assert page.texts(".latest h3") == [f"Story {age}" for age in range(2, 7)]
    assert page.texts(".row .stories h3") == ["Story 7"]
    assert page.texts(".past h3") == ["Old work"]


def test_an_empty_site_says_so(pages: Pages) -> None:
    assert pages.get("/").h1 == "The Test Paper"


def test_older_articles_are_reached_page_by_page(
    pages: Pages, make_article: Make, now: datetime
) -> None:
    for age in range(45):
        make_article(f"Story {age}", published_at=now - timedelta(hours=age))
    seen, page = set(), pages.get("/")
    for _ in range(3):
        seen |= {title for title in (f"Story {age}" for age in range(45)) if title in page.text}
        older = page.all("a[rel=next]")
        if not older:
            break
        page = pages.get(str(older[0]["href"]))
    assert len(seen) == 45


@pytest.mark.parametrize("place", ["x", "1", "", "-", "99999999999999999999-1", "1-1-1", "\x00"])
def test_a_place_that_is_none_is_404(pages: Pages, article: Article, place: str) -> None:
    pages.get("/", 404, query_string={"before": place})


def test_a_tag_that_only_drafts_have_is_nobodys_business(pages: Pages, make_article: Make) -> None:
    make_article("Merger", tags=("Secret talks",), publish=False)
    pages.get("/tag/secret-talks/", 404)
    pages.get("/tag/secret-talks/?before=0-1", 404)


def test_no_old_address_tells_what_a_tag_is_called_that_only_drafts_have(
    pages: Pages, make_article: Make, now: datetime
) -> None:
    make_article("Merger", tags=("Secret talks",), publish=False)
    for path_key, target in (
        ("/tag/talks", "/tag/secret-talks/"),
        ("/talks", "/tag/secret-talks/?before=9-9"),
        ("/feed-of-talks", "/tag/secret-talks/feed.xml"),
        ("/tag/never-made", "/tag/nowhere/"),
    ):
        db.session.add(Redirect(path_key=path_key, target=target, created_at=now))
    db.session.commit()
    asked = ("/tag/talks/", "/tag/talks/feed.xml", "/talks/", "/feed-of-talks/")
    assert {pages.fetch(path).status_code for path in (*asked, "/tag/never-made/")} == {404}
    make_article("Merged", tags=("Secret talks",))
    assert {pages.fetch(path).status_code for path in asked} == {301}
    assert pages.fetch("/tag/never-made/").status_code == 404


def test_sections_tags_bylines_and_months_have_their_pages(
    pages: Pages, make_article: Make
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="What is owed.")
    rosa = taxonomy.save_contributor(
        None, name="Rosa Achebe", slug="", kind=ContributorKind.person, about="Drives a van."
    )
    made = make_article("Owed", section=pay.id, tags=("Rugby",), contributors=(rosa.id,))
    for path, heading, words in (
        ("/section/pay/", "Pay", "What is owed."),
        ("/tag/rugby/", "Rugby", ""),
        ("/by/rosa-achebe/", "Rosa Achebe", "Drives a van."),
        ("/archive/2026/11/", "November 2026", ""),
    ):
        page = pages.get(path)
        assert page.h1 == heading
        assert words in page.text
        assert page.follow("Owed").path == made.path
    assert pages.get("/archive/").follow("November 2026").path == "/archive/2026/11/"


@pytest.mark.parametrize(
    "path",
    [
        "/section/none/",
        "/tag/none/",
        "/by/none/",
        "/archive/2025/01/",
        "/archive/2026/13/",
        "/archive/9999/12/",
        "/archive/9998/12/",
        "/archive/26/11/",
        "/archive/2026/1/",
        "/2026/11/none/",
    ],
)
def test_what_is_not_there_is_404_with_the_latest(
    pages: Pages, article: Article, path: str
) -> None:
    page = pages.get(path, 404)
    assert page.h1 == "There is no page at this address"
    assert article.title in page.text
    assert path not in page.html


def test_drafts_and_scheduled_articles_are_not_there_yet(
    pages: Pages, make_article: Make, now: datetime
) -> None:
    draft = make_article("Draft", publish=False, path="/a-draft/")
    later = make_article("Later", published_at=now + timedelta(minutes=1))
    for made in (draft, later):
        pages.get(str(made.path), 404)


def test_a_scheduled_article_appears_by_the_clock_alone(
    app: Flask, pages: Pages, make_article: Make, now: datetime
) -> None:
    made = make_article("Later", published_at=now + timedelta(minutes=1))
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=1)
    assert pages.get(str(made.path)).h1 == "Later"
    assert "Later" in pages.get("/").text


def test_a_withdrawn_article_says_why_it_is_gone(
    pages: Pages, article: Article, editor: User, now: datetime, site: Site
) -> None:
    actions.withdraw(article, reason="Two names were wrong.", by=editor, now=now, site=site)
    db.session.commit()
    page = pages.get(str(article.path), 410)
    assert page.h1 == "This article has been withdrawn"
    assert "Two names were wrong." in page.text


def test_an_old_address_leads_to_the_article_wherever_it_is_now(
    pages: Pages, article: Article, now: datetime
) -> None:
    db.session.add(Redirect(path_key="/old/place", article_id=article.id, created_at=now))
    db.session.add(Redirect(path_key="/", query="p=12", article_id=article.id, created_at=now))
    db.session.add(
        Redirect(path_key="/index.php", query="p=12", article_id=article.id, created_at=now)
    )
    db.session.commit()
    for old in ("/old/place/", "/OLD/place", "/index.php?p=12"):
        answer = pages.fetch(old)
        assert answer.status_code == 301, old
        assert answer.location.startswith(str(article.path))
    pages.get("/index.php?p=13", 404)


def test_an_old_address_of_a_withdrawn_article_says_why_too(
    pages: Pages, article: Article, editor: User, now: datetime, site: Site
) -> None:
    db.session.add(Redirect(path_key="/old/place", article_id=article.id, created_at=now))
    actions.withdraw(article, reason="Two names were wrong.", by=editor, now=now, site=site)
    db.session.commit()
    assert "Two names were wrong." in pages.get("/old/place/", 410).text


def test_a_scheduled_article_that_was_taken_back_shows_nowhere(
    pages: Pages, make_article: Make, editor: User, now: datetime, site: Site
) -> None:
    for given in ({}, {"path": "/typed/"}):
        article = make_article(published_at=now + timedelta(days=1), **given)
        path = str(article.path)
        actions.withdraw(article, reason="", by=editor, now=now, site=site)
        db.session.commit()
        assert pages.fetch(path).status_code == 404
        assert pages.fetch(f"{path}feed.xml").status_code == 404


def test_previous_next_and_related_lead_on(pages: Pages, make_article: Make, now: datetime) -> None:
    first = make_article("First", published_at=now - timedelta(days=3), tags=("x",))
    middle = make_article("Middle", published_at=now - timedelta(days=2), tags=("x",))
    make_article("Last", published_at=now - timedelta(days=1))
    page = pages.get(str(middle.path))
    assert "First" in page.text
    assert "Last" in page.text
    assert any(str(a["href"]) == first.path for a in page.all("a[href]"))


def test_a_correction_stands_with_the_article(
    pages: Pages, article: Article, editor: User, site: Site, now: datetime, app: Flask
) -> None:
    with app.test_request_context():
        actions.save(
            article,
            drafts.of(article),
            version=article.version,
            kind=RevisionKind.correction,
            note="It began at 00.01, not 00.30.",
            by=editor,
            now=now,
            site=site,
            reserved=reserved(),
        )
    db.session.commit()
    page = pages.get(str(article.path))
    assert "It began at 00.01, not 00.30." in page.text
    assert "22 November 2026" in page.text


def test_all_corrections_have_one_list(
    app: Flask, pages: Pages, make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    assert "Nothing has been corrected yet." in pages.get("/corrections/").text
    for number in range(queries.PAGE_SIZE + 1):
        article = make_article(f"Story {number}")
        with app.test_request_context():
            actions.save(
                article,
                drafts.of(article),
                version=article.version,
                kind=RevisionKind.correction,
                note=f"It was {number}.",
                by=editor,
                now=now + timedelta(minutes=number),
                site=site,
                reserved=reserved(),
            )
    db.session.commit()
    page = pages.get("/corrections/")
    assert page.h1 == "Corrections"
    assert "It was 20." in page.text
    assert "It was 0." not in page.text
    assert page.follow("Story 20").h1 == "Story 20"
    assert "It was 0." in page.follow("Earlier articles").text


class Count:
    """How many statements were sent to the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "PRAGMA")):
            self.statements.append(statement)


@pytest.fixture
def count(app: Flask) -> Iterator[Count]:
    counted = Count()
    sa.event.listen(db.engine, "before_cursor_execute", counted)
    yield counted
    sa.event.remove(db.engine, "before_cursor_execute", counted)


def test_a_page_asks_a_constant_number_of_questions(
    pages: Pages, make_article: Make, count: Count, now: datetime
) -> None:
    rosa = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    numbers: list[dict[str, int]] = []
    for size in (2, 25):
        for age in range(size):
            made = make_article(
                f"Story {size} {age}",
                tags=("a", "b"),
                section=pay.id,
                contributors=(rosa.id,),
                published_at=now - timedelta(hours=age),
            )
        asked, own = {}, str(made.path)
        for path in (
            "/",
            own,
            "/section/pay/",
            "/tag/a/",
            "/by/rosa/",
            "/archive/2026/11/",
            "/archive/",
            "/corrections/",
            "/nothing/",
            "/atom.xml",
            "/sitemap.xml",
        ):
            db.session.commit()
            count.statements.clear()
            pages.fetch(path)
            asked["article" if path == own else path] = len(count.statements)
        numbers.append(asked)
    assert numbers[0] == numbers[1]
    assert numbers[1]["article"] <= 10, numbers  # nine, and the site's own row


def test_what_was_below_an_old_address_is_below_the_new_one(
    app: Flask, site: Site, now: datetime
) -> None:
    db.session.add(Redirect(path_key="/section/pay", target="/section/wages/", created_at=now))
    db.session.add(Redirect(path_key="/tag/pay", target="https://other.example/", created_at=now))
    db.session.add(
        Redirect(path_key="/by/bob", target="/by/rob", created_at=now)
    )  # as it was typed
    db.session.commit()
    led = {}
    for path in (
        "/section/pay/feed.json",
        "/section/pay/",
        "/tag/pay/feed.json",
        "/by/bob/feed.json",
        "/by/ann/",
        "/x/",
    ):
        with app.test_request_context(path), pytest.raises(HTTPException) as way:
            found(None)
        led[path] = way.value.get_response().headers.get("Location")
    assert led == {
        "/section/pay/feed.json": "/section/wages/feed.json",
        "/section/pay/": "/section/wages/",
        "/tag/pay/feed.json": None,
        "/by/bob/feed.json": "/by/rob/feed.json",
        "/by/ann/": None,
        "/x/": None,
    }
