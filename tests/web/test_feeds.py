"""The Atom feed, the site map and robots.txt, as the programs that read them do."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from pages import SITE, Pages

from newsite import changes
from newsite.articles import syndication, taxonomy
from newsite.articles.models import Article, ContributorKind, Kind
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def feed_of(pages: Pages) -> Any:
    answer = pages.fetch("/atom.xml")
    assert answer.mimetype == "application/atom+xml"
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def addresses(pages: Pages, path: str) -> list[str]:
    answer = pages.fetch(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return [str(element.text) for element in ET.fromstring(answer.data).iter(f"{MAP}loc")]


def test_every_page_says_where_the_feed_is(pages: Pages) -> None:
    link = pages.get("/").one('link[rel="alternate"]')
    assert (link["type"], link["href"]) == ("application/atom+xml", "/atom.xml")


def test_a_follower_reads_the_whole_article(
    make_article: Make, pages: Pages, site: Site, now: datetime
) -> None:
    article = make_article(
        "Cats & <dogs>",
        standfirst="They walked out.",
        body="At **midnight** the gate [opened](/gate/).",
        tags=("Strikes",),
        byline="members at the gate",
    )
    feed = feed_of(pages)
    assert (feed.feed.title, feed.feed.subtitle) == (site.name, site.tagline)
    (entry,) = feed.entries
    assert entry.title == "Cats & <dogs>"
    assert entry.link == f"{SITE}{article.path}"
    assert entry.summary == "They walked out."
    assert entry.author == "members at the gate"
    assert [tag.term for tag in entry.tags] == ["Strikes"]
    assert f'<a href="{SITE}/gate/">opened</a>' in entry.content[0].value  # by xml:base
    assert "<strong>midnight</strong>" in entry.content[0].value


def test_old_work_is_new_to_followers_once_and_says_how_old_it_is(
    make_article: Make, pages: Pages, now: datetime
) -> None:
    article = make_article(first_published=date(2023, 1, 26))
    article.updated_at = now - timedelta(hours=1)
    (entry,) = feed_of(pages).entries
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == article.published_at
    assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == article.updated_at
    assert entry.content[0].value.startswith("<p>Originally published 26 January 2023</p>")


def test_an_entry_is_the_same_one_whatever_becomes_of_its_address(
    article: Article, pages: Pages
) -> None:
    (before,) = feed_of(pages).entries
    article.path = "/elsewhere/"
    changes.touch(changes.FRONT)
    db.session.commit()
    (after,) = feed_of(pages).entries
    assert before.id == after.id != feed_of(pages).feed.id
    assert before.link != after.link


def test_a_section_is_a_category_and_a_byline_is_an_author(
    make_article: Make, pages: Pages
) -> None:
    ann = taxonomy.save_contributor(
        None, name="Ann Smith", slug="", kind=ContributorKind.person, about=""
    )
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    db.session.flush()
    make_article(section=pay.id, contributors=(ann.id,))
    (entry,) = feed_of(pages).entries
    assert [tag.term for tag in entry.tags] == ["Pay"]
    assert entry.author == "Ann Smith"


def test_an_article_without_a_byline_is_the_site_s(
    article: Article, pages: Pages, site: Site
) -> None:
    feed = feed_of(pages)
    assert "author" not in feed.entries[0]
    assert feed.feed.author == site.name


def test_an_empty_site_has_an_empty_feed(pages: Pages, site: Site) -> None:
    site.tagline = ""
    feed = feed_of(pages)
    assert feed.entries == []
    assert datetime(*feed.feed.updated_parsed[:6], tzinfo=UTC) == site.founded_at


def test_a_feed_reader_that_has_it_is_told_so(article: Article, pages: Pages) -> None:
    answer = pages.fetch("/atom.xml")
    again = pages.fetch("/atom.xml", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "public" in answer.headers["Cache-Control"]


def test_the_site_map_leads_to_everything(make_article: Make, pages: Pages, now: datetime) -> None:
    taxonomy.save_section(None, name="Pay", slug="", description="")
    article = make_article()
    make_article("About us", kind=Kind.page)
    parts = addresses(pages, "/sitemap.xml")  # PostgreSQL's ids go on from test to test
    assert parts[0] == f"{SITE}/sitemap-1.xml"
    assert [place for part in parts for place in addresses(pages, part.removeprefix(SITE))] == [
        f"{SITE}/",
        f"{SITE}/section/pay/",
        f"{SITE}{article.path}",
        f"{SITE}/about-us/",
    ]
    tree = ET.fromstring(pages.fetch(parts[-1].removeprefix(SITE)).data)
    changed = [datetime.fromisoformat(str(one.text)) for one in tree.iter(f"{MAP}lastmod")]
    assert changed[0] == article.published_at


def test_a_large_site_has_a_map_in_parts(
    make_article: Make, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syndication, "PART_SIZE", 1)
    first, second = make_article("One"), make_article("Two")
    numbers = sorted({1, first.id, second.id})
    assert addresses(pages, "/sitemap.xml") == [f"{SITE}/sitemap-{one}.xml" for one in numbers]
    assert addresses(pages, f"/sitemap-{second.id}.xml")[-1] == f"{SITE}{second.path}"


def test_an_empty_site_has_a_map_of_its_front_page(pages: Pages) -> None:
    assert addresses(pages, "/sitemap-1.xml") == [f"{SITE}/"]
    pages.get("/sitemap-2.xml", status=404)


def test_search_engines_are_asked_to_leave_forms_and_the_desk_alone(pages: Pages) -> None:
    answer = pages.fetch("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert "Disallow: /desk/" in lines
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
