"""The changes of an article, as readers see them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from pages import Pages

from newsite.accounts.models import User
from newsite.articles import actions
from newsite.articles.models import Article, Kind
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]


def change(desk: Pages, article: Article, kind: str = "update", **fields: str) -> None:
    """Saves an article at the desk."""
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(change=kind, **fields).submit()


def withhold(desk: Pages, article: Article, version: int) -> None:
    page = desk.get(f"/desk/articles/{article.id}/versions/{version}")
    page = page.follow("Withhold this version").form("withholding")
    assert "is withheld." in page.fill(reason="A name that was never to be printed.").submit().text


@pytest.fixture
def corrected(desk: Pages, article: Article) -> Article:
    """An article whose second version named Zebedee wherever one may, as does its correction's note."""
    named = {
        "title": "Zebedee votes",
        "standfirst": "Zebedee!",
        "byline": "Zebedee",
        "tags": "Rota",
    }
    change(desk, article, "correction", body="Zebedee counted.", note="It was Zebedee.", **named)
    named = {"title": "Night shift votes", "standfirst": "", "byline": ""}
    change(desk, article, "correction", body="A member counted.", note="No name.", **named)
    return article


def everything(pages: Pages, article: Article) -> str:
    """All that readers can ask for about an article, in one piece."""
    here = f"/articles/{article.id}/changes"
    addresses = (
        str(article.path), "/", "/atom.xml", "/corrections/", "/corrections/atom.xml", here,
        *(f"{here}/{version}" for version in range(1, 6)), "/sitemap-1.xml",
        *(f"{article.path}{feed}" for feed in ("atom.xml", "feed.xml", "feed.json")), "/tag/rota/",
        "/archive/2026/11/", "/nothing-is-here/",
    )  # fmt: skip
    return "\n".join(pages.fetch(one).get_data(as_text=True) for one in addresses)


def test_an_article_says_how_often_it_was_changed(
    desk: Pages, pages: Pages, article: Article
) -> None:
    assert "Changed" not in pages.get(str(article.path)).text
    assert pages.fetch(f"/articles/{article.id}/changes").status_code == 404
    change(desk, article, "typo", body="The count was at six!")
    assert "Changed once since it was published" in pages.get(str(article.path)).text
    change(desk, article, body="The count was at seven.")
    page = pages.get(str(article.path)).follow("Changed 2 times since it was published")
    assert page.h1 == "What was changed: Night shift votes"
    assert page.texts("h3") == ["Update", "A slip of the pen mended"]
    assert "What it said before" not in page.text


def test_nothing_is_said_of_a_save_that_changes_no_word(
    desk: Pages, pages: Pages, article: Article
) -> None:
    change(desk, article)
    change(desk, article, tags="Rota")
    page = pages.get(str(article.path))
    assert "Rota" in page.text
    assert "Updated" not in page.text
    assert "Changed" not in page.text
    assert pages.fetch(f"/articles/{article.id}/changes").status_code == 404


def test_a_pages_changes_are_shown_too(desk: Pages, pages: Pages, make_article: Make) -> None:
    about = make_article("About", kind=Kind.page)
    change(desk, about, body="We are more.")
    page = pages.get(str(about.path)).follow("Changed once since it was published")
    assert page.h1 == "What was changed: About"


def test_where_the_site_allows_it_the_words_are_compared(
    desk: Pages, pages: Pages, article: Article
) -> None:
    change(desk, article, body="The count was at seven.")
    address = f"/articles/{article.id}/changes/3"
    assert pages.fetch(address).status_code == 404
    form = desk.get("/desk/settings/").form("settings")
    form.fill(shows_changes="y").submit()
    page = pages.get(f"/articles/{article.id}/changes").follow(
        "What it said before, and what it says since"
    )
    assert page.path == address
    assert page.texts("ins") == ["seven."]
    assert "1 word" not in page.texts("h1")
    change(desk, article, body="The count was at **seven.**")
    assert "No word is another." in pages.get(f"/articles/{article.id}/changes/4").text
    assert pages.fetch(f"/articles/{article.id}/changes/2").status_code == 404
    desk.get("/desk/settings/").form("settings").fill(shows_changes=None).submit()
    assert pages.fetch(address).status_code == 404


def test_a_withheld_version_is_nowhere_and_its_reason_stands_there(
    desk: Pages, pages: Pages, corrected: Article, site: Site
) -> None:
    site.shows_changes = True
    db.session.commit()
    assert "Zebedee" in everything(pages, corrected)  # and all of it is kept
    withhold(desk, corrected, 3)
    shown = everything(pages, corrected)
    assert "Zebedee" not in shown
    assert shown.count("A name that was never to be printed.") >= 5
    page = pages.get(f"/articles/{corrected.id}/changes/4")
    assert "member" in page.texts("ins")[0]
    page = pages.get(f"/articles/{corrected.id}/changes/3")
    assert "This version is withheld:" in page.text
    assert desk.get(f"/desk/articles/{corrected.id}/versions/3").press("Show this version again")
    assert "Zebedee" in everything(pages, corrected)


def test_where_the_words_before_are_withheld_it_says_so(
    desk: Pages, pages: Pages, article: Article, site: Site
) -> None:
    site.shows_changes = True
    change(desk, article, body="The count was at seven.")
    withhold(desk, article, 1)
    page = pages.get(f"/articles/{article.id}/changes")
    assert "The words before it are withheld." in page.text
    assert "The words before it are withheld." in pages.get(f"{page.path}/3").text


def test_what_is_gone_or_yet_to_come_has_no_changes(
    pages: Pages, make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    later = make_article("Later", published_at=now + timedelta(days=1))
    withdrawn = make_article("Withdrawn")
    actions.withdraw(withdrawn, reason="A name was wrong.", by=editor, now=now, site=site)
    db.session.commit()
    assert pages.fetch(f"/articles/{later.id}/changes").status_code == 404
    assert "A name was wrong." in pages.get(f"/articles/{withdrawn.id}/changes", 410).text
    assert pages.fetch("/articles/999/changes").status_code == 404


def test_corrections_are_followed_in_a_feed(desk: Pages, pages: Pages, corrected: Article) -> None:
    link = pages.get("/corrections/").one(
        'head link[type="application/atom+xml"][title="Corrections"]'
    )
    feed = feedparser.parse(pages.fetch(str(link["href"])).data)
    assert not feed.bozo
    assert [entry.content[0].value for entry in feed.entries] == ["No name.", "It was Zebedee."]
    assert feed.entries[0].link.endswith(f"{corrected.path}#correction-4")
    assert len({entry.id for entry in feed.entries}) == 2


def test_an_empty_feed_of_corrections_can_be_read(pages: Pages, site: Site) -> None:
    feed = feedparser.parse(pages.fetch("/corrections/atom.xml").data)
    assert (feed.bozo, feed.entries) == (False, [])


def test_corrections_stand_in_the_metadata(desk: Pages, pages: Pages, corrected: Article) -> None:
    def said() -> list[Any]:
        page = pages.get(str(corrected.path))
        found = json.loads(page.one('script[type="application/ld+json"]').string or "")
        return [(one["@type"], one["text"]) for one in found["correction"]]

    both = [("CorrectionComment", "No name."), ("CorrectionComment", "It was Zebedee.")]
    assert said() == both
    withhold(desk, corrected, 3)
    assert said() == [both[0], ("CorrectionComment", "A name that was never to be printed.")]
