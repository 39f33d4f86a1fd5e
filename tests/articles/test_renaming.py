"""Where readers of a section, tag or contributor that was renamed are led."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from newsite.articles import redirects, renaming, taxonomy
from newsite.articles.models import Article, ContributorKind, Redirect, Section, Tag
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import AddressTaken, RuleBroken
from newsite.site.models import Site
from newsite.web.context import reserved

RESERVED = Reserved(frozenset({"section", "tag", "by", "desk"}), ())
Rename = Callable[[Any, str], None]


@pytest.fixture
def pay(site: Site) -> Section:
    """A section."""
    section = taxonomy.save_section(None, name="Pay", slug="", description="")
    db.session.commit()
    return section


@pytest.fixture
def rename(site: Site, now: datetime) -> Rename:
    def rename(section: Section, name: str) -> None:
        was = renaming.place(section)
        taxonomy.save_section(section, name=name, slug="", description="")
        renaming.lead_on(section, was, site=site, now=now)
        db.session.commit()

    return rename


def led() -> dict[str, str]:
    """Old addresses, and what they lead to."""
    rows = db.session.execute(sa.select(Redirect.path_key, Redirect.target))
    return {row.path_key: row.target for row in rows}


def add(address: str, target: str, now: datetime) -> Redirect:
    where: dict[str, Any] = {"reserved": RESERVED, "site_url": "http://127.0.0.1:8000"}
    redirect = redirects.add(address, target, now=now, **where)
    db.session.commit()
    return redirect


def test_the_addresses_are_those_that_the_site_has(app: Flask) -> None:
    with app.test_request_context():
        for model, endpoint in (("section", "section"), ("tag", "tag"), ("by", "contributor")):
            path = app.url_map.bind("").build(f"articles.{endpoint}", {"slug": "x"})
            assert renaming.split(path) == (f"/{model}/x", "")
        assert {f"/{root}" for root in renaming.ROOTS.values()} <= {
            f"/{one}" for one in reserved().segments
        }


def test_a_renamed_section_leads_on_without_chains_and_circles(
    pay: Section, rename: Rename
) -> None:
    rename(pay, "Wages")
    assert led() == {"/section/pay": "/section/wages/"}
    rename(pay, "Money")
    assert led() == {"/section/pay": "/section/money/", "/section/wages": "/section/money/"}
    for _ in range(2):  # the second time, it is there already
        rename(pay, "Pay")
        assert led() == {"/section/money": "/section/pay/", "/section/wages": "/section/pay/"}


def test_what_was_led_elsewhere_at_the_moment_when_it_was_named_is_renamed_too(
    pay: Section, rename: Rename, now: datetime
) -> None:
    db.session.add(Redirect(path_key="/section/pay", target="/archive/", created_at=now))
    db.session.commit()
    rename(pay, "Wages")
    assert led() == {"/section/pay": "/section/wages/"}


def test_what_an_editor_led_there_is_led_on_too(
    pay: Section, rename: Rename, now: datetime
) -> None:
    add("/money/", "/Section/Pay/", now)
    add("/money/feed/", "/section/pay/feed.xml", now)
    add("/payday/", "/section/payday/", now)
    rename(pay, "Wages")
    assert led() == {
        "/money": "/section/wages/",
        "/money/feed": "/section/wages/feed.xml",
        "/payday": "/section/payday/",
        "/section/pay": "/section/wages/",
    }


def test_tags_and_contributors_are_led_on_like_sections(
    make_article: Callable[..., Article], site: Site, now: datetime
) -> None:
    tag = make_article(tags=("Rota",)).tags[0]
    ann = taxonomy.save_contributor(
        None, name="Ann", slug="", kind=ContributorKind.person, about=""
    )
    was = renaming.place(tag), renaming.place(ann)
    taxonomy.save_tag(tag, name="Rotas", slug="")
    taxonomy.save_contributor(ann, name="Anne", slug="", kind=ContributorKind.person, about="")
    for one, before in zip((tag, ann), was, strict=True):
        renaming.lead_on(one, before, site=site, now=now)
    assert led() == {"/tag/rota": "/tag/rotas/", "/by/ann": "/by/anne/"}


def test_whoever_takes_an_old_address_has_it(
    pay: Section, rename: Rename, site: Site, make_article: Callable[..., Article], now: datetime
) -> None:
    rename(pay, "Wages")
    taxonomy.save_section(None, name="Pay", slug="", description="")
    add("/tag/rota/", "/section/wages/", now)
    make_article(tags=("Rota", "Pay"))
    assert led() == {}


def test_what_leads_to_a_deleted_one_goes_with_it(
    pay: Section, rename: Rename, now: datetime
) -> None:
    rename(pay, "Wages")
    add("/other/", "/section/others/", now)
    taxonomy.delete(pay)
    db.session.commit()
    assert led() == {"/other": "/section/others/"}


def test_menus_are_renamed_with_it(pay: Section, rename: Rename, site: Site) -> None:
    site.header_menu = [
        {"label": "Pay", "address": "/section/pay/"},
        {"label": "What we earn", "address": "/section/pay"},
        {"label": "Pay", "address": "/pay/"},
    ]
    db.session.commit()
    rename(pay, "Wages")
    assert site.header_menu == [
        {"label": "Wages", "address": "/section/wages/"},
        {"label": "What we earn", "address": "/section/wages/"},
        {"label": "Pay", "address": "/pay/"},
    ]


def test_an_old_address_is_led_on_by_hand(pay: Section, article: Article, now: datetime) -> None:
    add("/section/Earnings/", "/section/pay/", now)
    add("/before/", "/section/earnings/", now)
    assert led() == {"/section/earnings": "/section/pay/", "/before": "/section/pay/"}
    with pytest.raises(AddressTaken, match="“Pay” has this address"):
        add("/section/pay/", "/section/earnings/", now)
    with pytest.raises(RuleBroken, match="begin with /section"):
        add("/section/pay/more/", "/section/pay/", now)


def test_what_is_led_by_hand_makes_no_chain_and_no_circle(article: Article, now: datetime) -> None:
    add("/tag/a/", "/tag/b/", now)
    with pytest.raises(RuleBroken, match="lead to itself"):
        add("/tag/b/", "/tag/a/", now)
    db.session.rollback()
    add("/tag/b/", "/tag/c/", now)
    assert led() == {"/tag/a": "/tag/c/", "/tag/b": "/tag/c/"}
    add("/tag/c/", str(article.path), now)
    rows = db.session.scalars(sa.select(Redirect)).all()
    assert {(one.article_id, one.target) for one in rows} == {(article.id, "")}


def test_what_is_led_by_hand_to_another_site_makes_no_chain_either(
    site: Site, now: datetime
) -> None:
    add("/x/", "/tag/old/", now)
    add("/tag/old/", "https://other.example/", now)
    assert led() == {"/x": "https://other.example/", "/tag/old": "https://other.example/"}


def test_what_is_led_below_an_old_address_is_led_below_the_new_one(
    pay: Section, rename: Rename, now: datetime
) -> None:
    rename(pay, "Wages")
    add("/money/feed/", "/Section/Pay/feed.xml", now)
    add("/other/feed/", "/section/wages/feed.xml", now)
    assert led() == {
        "/section/pay": "/section/wages/",
        "/money/feed": "/section/wages/feed.xml",
        "/other/feed": "/section/wages/feed.xml",
    }


def test_nothing_else_is_such_an_address(site: Site) -> None:
    for path in ("/", "/section/", "/sections/x/", "/2026/section/x/"):
        assert renaming.split(path) is None
    assert renaming.split("/Section/Pay/feed.xml") == ("/section/pay", "feed.xml")
    assert not renaming.is_address("/section/pay/feed.xml")
    assert renaming.address(Tag, "rota") == "/tag/rota/"
