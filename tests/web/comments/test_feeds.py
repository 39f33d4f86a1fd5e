"""The replies to an article as feeds, as the programs that read them do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from pages import SITE, Pages

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import actions as articles
from newsite.articles import addresses, keys
from newsite.articles.models import Article, Kind, Redirect
from newsite.articles.paths import Reserved
from newsite.comments import actions, own
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Site

Send = Callable[..., Comment]
Make = Callable[..., Article]
FORMS = ["atom.xml", "feed.xml", "feed.json"]
TYPES = ["application/atom+xml", "application/rss+xml", "application/feed+json"]


@pytest.fixture
def approved(article: Article, editor: User, now: datetime) -> Send:
    """Puts a reply on the page; each was sent a minute after the one before."""
    minutes = iter(range(60))

    def make(body: str, **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""}
        at = now - timedelta(hours=1) + timedelta(minutes=next(minutes))
        comment = actions.submit_reply(article, NewReply(body=body, **(values | given)), now=at)
        actions.approve(comment, by=editor, now=at)
        db.session.commit()
        return comment

    return make


def parsed(pages: Pages, article: Article, form: str) -> Any:
    answer = pages.fetch(f"{article.path}{form}")
    assert answer.status_code == 200
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_an_article_says_where_its_replies_are(pages: Pages, article: Article) -> None:
    page = pages.get(str(article.path))
    link = page.one('link[rel="alternate"][title="Replies"]')
    assert (link["type"], link["href"]) == ("application/atom+xml", f"{article.path}atom.xml")
    assert page.one("#replies > .facts a")["href"] == f"{article.path}atom.xml"


@pytest.mark.parametrize("form", ["atom.xml", "feed.xml"])
def test_a_follower_reads_every_reply(
    pages: Pages, article: Article, approved: Send, site: Site, form: str
) -> None:
    approved("One & <b>two</b>")
    second = approved("Three", author_name="Bea <b>", website="https://bea.example/?a&b")
    feed = parsed(pages, article, form)
    assert feed.feed.title == f"Replies to “{article.title}” – {site.name}"
    assert feed.feed.link == f"{SITE}{article.path}"
    newest, first = feed.entries
    assert newest.link == f"{SITE}/articles/{article.id}/replies/{second.id}"
    assert newest.title == f"Bea <b> on “{article.title}”"
    assert newest.author == "Bea <b>"
    content = first.content[0].value if form == "atom.xml" else first.description
    assert content == "<p>One &amp; <strong>two</strong></p>"
    assert datetime(*newest.published_parsed[:6], tzinfo=UTC) == second.created_at
    assert newest.id.startswith("urn:uuid:")
    assert newest.id != first.id


def test_a_program_reads_every_reply(
    pages: Pages, article: Article, approved: Send, site: Site
) -> None:
    comment = approved("One & <b>two</b>", author_name="Bea <b>")
    said = pages.fetch(f"{article.path}feed.json").json
    assert said is not None
    assert said["version"] == "https://jsonfeed.org/version/1.1"
    assert said["home_page_url"] == f"{SITE}{article.path}"
    assert said["feed_url"] == f"{SITE}{article.path}feed.json"
    (item,) = said["items"]
    assert item["url"] == f"{SITE}/articles/{article.id}/replies/{comment.id}"
    assert item["content_html"] == "<p>One &amp; <strong>two</strong></p>"
    assert item["authors"] == [{"name": "Bea <b>"}]
    assert datetime.fromisoformat(item["date_published"]) == comment.created_at
    assert "date_modified" not in item
    ids = [parsed(pages, article, form).entries[0].id for form in ("atom.xml", "feed.xml")]
    assert ids == [item["id"]] * 2


def test_an_edited_reply_says_so(
    pages: Pages, article: Article, approved: Send, site: Site
) -> None:
    comment = approved("One")
    site.replies_hold_unknown = False
    edited = comment.created_at + timedelta(minutes=5)
    own.edit(comment, "Two", now=edited)
    (entry,) = parsed(pages, article, "atom.xml").entries
    assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == edited
    said = pages.fetch(f"{article.path}feed.json").json
    assert said is not None
    assert datetime.fromisoformat(said["items"][0]["date_modified"]) == edited


@pytest.mark.parametrize(("form", "mimetype"), [*zip(FORMS, TYPES, strict=True)])
def test_an_article_without_replies_has_an_empty_feed(
    pages: Pages, article: Article, form: str, mimetype: str
) -> None:
    answer = pages.fetch(f"{article.path}{form}")
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert b"/replies/" not in answer.data


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_is_kept_until_there_is_a_new_reply(
    pages: Pages, article: Article, approved: Send, editor: User, now: datetime, form: str
) -> None:
    comment = approved("One")
    before = pages.fetch(f"{article.path}{form}")
    again = pages.fetch(f"{article.path}{form}")
    assert "hit" in again.headers["Cache-Status"]
    assert keys.article(article.id) in again.headers.get("Surrogate-Key", keys.article(article.id))
    approved("Two")
    after = pages.fetch(f"{article.path}{form}")
    assert before.data == again.data != after.data
    actions.trash(comment, by=editor, now=now)
    assert b"One" not in pages.fetch(f"{article.path}{form}").data


@pytest.mark.parametrize("form", FORMS)
def test_every_other_way_of_writing_it_leads_to_it(
    pages: Pages, article: Article, form: str
) -> None:
    for path in (
        f"{str(article.path).upper()}{form}",
        str(article.path).replace("/11/", "//11/") + form,
    ):
        answer = pages.fetch(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{article.path}{form}")


@pytest.mark.parametrize("form", FORMS)
def test_followers_of_an_address_that_the_article_has_left_are_led_on(
    pages: Pages, article: Article, admin: User, site: Site, form: str, now: datetime
) -> None:
    old = article.path
    around = {"site": site, "reserved": Reserved(frozenset(), ()), "now": now}
    addresses.give(article, "/elsewhere/", **around)
    changes.touch(keys.article(article.id))
    answer = pages.fetch(f"{old}{form}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/elsewhere/{form}")


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_below_an_old_address_is_below_the_section_or_tag_that_it_leads_to(
    pages: Pages, make_article: Make, form: str, now: datetime
) -> None:
    make_article("Merger", tags=("Secret talks",), publish=False)
    for path_key, target in (("/pay", "/section/wages"), ("/talks", "/tag/secret-talks/")):
        db.session.add(Redirect(path_key=path_key, target=target, created_at=now))
    db.session.commit()
    assert pages.fetch(f"/pay/{form}").location == f"/section/wages/{form}"
    assert (
        pages.fetch(f"/talks/{form}").status_code == 404
    )  # what is worked on is nobody's business
    make_article("Merged", tags=("Secret talks",))
    assert pages.fetch(f"/talks/{form}").location == f"/tag/secret-talks/{form}"


@pytest.mark.parametrize("form", FORMS)
def test_what_readers_cannot_see_has_no_feed(
    pages: Pages, make_article: Make, admin: User, site: Site, form: str, now: datetime
) -> None:
    scheduled = make_article("Later", published_at=now + timedelta(hours=1))
    page = make_article("About us", kind=Kind.page)
    gone = make_article("Gone")
    articles.withdraw(gone, reason="An error", by=admin, now=now, site=site)
    statuses = [
        pages.fetch(path).status_code
        for path in (
            f"{scheduled.path}{form}",
            f"{page.path}{form}",
            f"{gone.path}{form}",
            f"/nothing/here/{form}",
        )
    ]
    assert statuses == [404, 404, 410, 404]
