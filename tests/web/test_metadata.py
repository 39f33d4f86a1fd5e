"""What an article's page says of itself to search engines and to those who share it."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pages import SITE, Pages, PageView

from newsite.accounts.models import User
from newsite.articles import taxonomy
from newsite.articles.models import Article, Contributor, ContributorKind, Kind, Precision
from newsite.comments import actions
from newsite.comments.blocks import Row
from newsite.comments.models import Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Logo, Site
from newsite.web import cards, metadata

Make = Callable[..., Article]


def json_ld(page: PageView) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.one('script[type="application/ld+json"]').get_text())
    return found


def properties(page: PageView) -> list[tuple[str, str]]:
    return [(str(one["property"]), str(one["content"])) for one in page.all("meta[property]")]


def contributor(name: str, kind: ContributorKind) -> Contributor:
    return taxonomy.save_contributor(None, name=name, slug="", kind=kind, about="")


def page_of(article: Article, pages: Pages) -> PageView:
    return pages.get(str(article.path))


def test_an_article_says_what_it_is(
    make_article: Make, pages: Pages, site: Site, now: datetime
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    article = make_article("They walked out", standfirst="At midnight.", section=pay.id)
    assert json_ld(page_of(article, pages)) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "They walked out",
        "description": "At midnight.",
        "datePublished": "2026-11-20T12:00:00+00:00",
        "author": [{"@type": "NewsMediaOrganization", "name": site.name, "url": f"{SITE}/"}],
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name, "url": f"{SITE}/"},
        "mainEntityOfPage": f"{SITE}{article.path}",
        "articleSection": "Pay",
        "inLanguage": "en-GB",
    }


def test_what_is_shared_has_a_title_a_text_and_an_address(
    app: Flask, make_article: Make, pages: Pages, now: datetime
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    article = make_article(
        "They walked out", standfirst="At midnight.", section=pay.id, tags=("Gates", "Strikes")
    )
    article.updated_at = now
    page = page_of(article, pages)
    assert page.one('meta[name="description"]')["content"] == "At midnight."
    assert page.one('link[rel="canonical"]')["href"] == f"{SITE}{article.path}"
    with app.test_request_context():
        found = cards.card_of(article)
        assert found is not None
        card = f"{SITE}{found.address}"
    assert properties(page) == [
        ("og:type", "article"),
        ("og:title", "They walked out"),
        ("og:description", "At midnight."),
        ("og:url", f"{SITE}{article.path}"),
        ("og:site_name", "The Test Paper"),
        ("og:locale", "en_GB"),
        ("og:image", card),
        ("og:image:width", "1200"),
        ("og:image:height", "630"),
        ("article:published_time", "2026-11-20T12:00:00+00:00"),
        ("article:modified_time", "2026-11-22T12:00:00+00:00"),
        ("article:section", "Pay"),
        ("article:tag", "Gates"),
        ("article:tag", "Strikes"),
    ]


def test_without_a_standfirst_the_text_describes_itself(article: Article, pages: Pages) -> None:
    description = page_of(article, pages).one('meta[name="description"]')["content"]
    assert str(description).startswith("The count was at six.")


@pytest.mark.parametrize(
    ("precision", "written"),
    [(Precision.day, "2023-01-26"), (Precision.month, "2023-01"), (Precision.year, "2023")],
)
def test_old_work_is_dated_as_exactly_as_is_known(
    make_article: Make, pages: Pages, now: datetime, precision: Precision, written: str
) -> None:
    article = make_article(first_published=date(2023, 1, 26), first_published_precision=precision)
    article.updated_at = now - timedelta(days=1)
    page = page_of(article, pages)
    assert json_ld(page)["datePublished"] == written
    assert json_ld(page)["dateModified"] == "2026-11-21T12:00:00+00:00"
    assert ("article:published_time", written) in properties(page)
    assert page.one(".slip .when")["datetime"] == written


def test_a_person_and_a_group_are_told_apart(make_article: Make, pages: Pages) -> None:
    ann = contributor("Ann Smith", ContributorKind.person)
    reps = contributor("the safety reps", ContributorKind.organisation)
    article = make_article(contributors=(ann.id, reps.id), byline="Ann Smith and the safety reps")
    assert json_ld(page_of(article, pages))["author"] == [
        {"@type": "Person", "name": "Ann Smith", "url": f"{SITE}/by/ann-smith/"},
        {"@type": "Organization", "name": "the safety reps", "url": f"{SITE}/by/the-safety-reps/"},
    ]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("members at the gate", ["members at the gate"]),
        ("Ann Smith and the night shift", ["Ann Smith", "the night shift"]),
        ("the night shift, with Ann Smith", ["the night shift", "Ann Smith"]),
        ("Andover branch, Ann Smith & others", ["Andover branch", "Ann Smith", "others"]),
    ],
)
def test_a_name_that_nobody_explained_is_never_called_a_person(
    make_article: Make, pages: Pages, byline: str, names: list[str]
) -> None:
    ann = contributor("Ann Smith", ContributorKind.person)
    linked = (ann.id,) if "Ann" in byline else ()
    authors = json_ld(page_of(make_article(byline=byline, contributors=linked), pages))["author"]
    assert [author["name"] for author in authors] == names
    for author in authors:
        assert (author["@type"] == "Person") is (author["name"] == "Ann Smith")


def test_contributors_that_the_byline_does_not_name_are_still_the_authors(
    make_article: Make, pages: Pages
) -> None:
    people = [contributor(name, ContributorKind.person) for name in ("Ann Smith", "Bo Lee")]
    article = make_article(byline="two of us", contributors=tuple(one.id for one in people))
    authors = json_ld(page_of(article, pages))["author"]
    assert [author["name"] for author in authors] == ["Ann Smith", "Bo Lee"]


def test_a_copy_names_its_original_and_may_point_to_it(make_article: Make, pages: Pages) -> None:
    source = {"source_name": "The Other Paper", "source_url": "https://example.org/strike"}
    copy = page_of(make_article("A copy", **source), pages)
    assert json_ld(copy)["isBasedOn"] == source["source_url"]
    assert str(copy.one('link[rel="canonical"]')["href"]).startswith(SITE)
    assert copy.link("The Other Paper") == source["source_url"]
    lesser = page_of(make_article("A lesser copy", source_is_original=True, **source), pages)
    assert lesser.one('link[rel="canonical"]')["href"] == source["source_url"]
    assert ("og:url", source["source_url"]) in properties(lesser)
    assert json_ld(lesser)["mainEntityOfPage"].startswith(SITE)


def test_the_publisher_has_its_logo(article: Article, site: Site, pages: Pages) -> None:
    site.logo = Logo(sha256="a" * 64, content=b"PNG", width=300, height=80)
    publisher = json_ld(page_of(article, pages))["publisher"]
    assert publisher["logo"] == f"{SITE}/media/logo-{'a' * 64}.png"


def test_a_page_has_no_date_and_no_author(make_article: Make, pages: Pages) -> None:
    page = page_of(make_article("About us", kind=Kind.page, standfirst="Who we are."), pages)
    assert not page.all("script, time")
    assert properties(page)[0] == ("og:type", "website")
    assert page.one('meta[name="description"]')["content"] == "Who we are."


def test_a_draft_has_no_address_to_give(app: Flask, make_article: Make) -> None:
    draft = make_article(publish=False, published_at=None)
    with app.test_request_context():
        meta = metadata.article_meta(draft)
    assert meta.canonical is None
    assert meta.json_ld is not None
    assert not {"mainEntityOfPage", "datePublished"} & meta.json_ld.keys()
    assert "og:url" not in dict(meta.properties)


def test_words_cannot_end_the_block_that_programs_read(make_article: Make, pages: Pages) -> None:
    article = make_article("</script><script>alert(1)</script>")
    db.session.commit()
    assert json_ld(page_of(article, pages))["headline"] == article.title


def test_the_first_replies_are_named_and_all_are_counted(
    article: Article, editor: User, pages: Pages, now: datetime
) -> None:
    sent = []
    for minute, body in enumerate(
        ["Gone", "One <b>&amp; two</b>", "x " * 300, "</script>", "Four"]
    ):
        at = now - timedelta(hours=1) + timedelta(minutes=minute)
        reply = NewReply(f"Ann {minute}", "ann@example.org", "", body)
        sent.append(actions.submit_reply(article, reply, now=at))
        actions.approve(sent[-1], by=editor, now=now)
    answer = NewReply("Bea", "bea@example.org", "", "Answer", sent[0].id)
    actions.approve(actions.submit_reply(article, answer, now=now), by=editor, now=now)
    actions.trash(sent[0], by=editor, now=now)
    db.session.commit()
    said = json_ld(page_of(article, pages))
    assert said["commentCount"] == 5
    first, second, third = said["comment"]  # not the gap
    assert first["text"] == "Answer"
    assert second == {
        "@type": "Comment",
        "author": {"@type": "Person", "name": "Ann 1"},
        "dateCreated": "2026-11-22T11:01:00+00:00",
        "text": "One & two",
        "url": f"{SITE}/articles/{article.id}/replies/{sent[1].id}",
    }
    assert len(third["text"]) <= 200
    assert third["text"].endswith("x…")


@pytest.mark.parametrize("end", ['<a href="https://a.example/', "<", "</p", "&am", "&"])
def test_a_reply_that_is_cut_within_a_tag_ends_before_it(
    article: Article, pages: Pages, site: Site, now: datetime, app: Flask, end: str
) -> None:
    row = Row(1, 1, "", "", Status.approved, "Ann", now, f"<p>Words{end}")
    with app.test_request_context():
        said = metadata.article_meta(article, [row]).json_ld
    assert said is not None
    assert said["comment"][0]["text"] == "Words"
