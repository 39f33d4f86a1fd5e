from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from newsite.articles import addresses
from newsite.articles.models import Article, Kind, Redirect, State
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import AddressTaken, RuleBroken
from newsite.site.models import Site

Make = Callable[..., Article]
Give = Callable[..., str | None]
RESERVED = Reserved(frozenset({"desk", "search"}), ("theme-",))


@pytest.fixture
def give(site: Site, now: datetime) -> Give:
    def give(article: Article, typed: str = "") -> str | None:
        addresses.give(article, typed, site=site, reserved=RESERVED, now=now)
        db.session.commit()
        return article.path

    return give


def redirects() -> dict[str, int]:
    """Old addresses and the ids of the articles that they lead to."""
    rows = db.session.execute(sa.select(Redirect.path_key, Redirect.article_id))
    return {row.path_key: row.article_id for row in rows}


def test_an_address_comes_from_the_pattern_and_stays(make_article: Make, give: Give) -> None:
    article = make_article(publish=False)
    assert give(article) == "/2026/11/night-shift-votes/"
    article.title = "Another title"
    assert give(article) == "/2026/11/night-shift-votes/"


def test_a_taken_address_is_numbered(make_article: Make) -> None:
    assert [make_article("Same").path for _ in range(3)] == [
        "/2026/11/same/",
        "/2026/11/same-2/",
        "/2026/11/same-3/",
    ]


def test_an_address_that_was_left_is_taken_too(make_article: Make, give: Give) -> None:
    give(make_article("Same"), "/elsewhere/")
    assert make_article("Same").path == "/2026/11/same-2/"


def test_a_page_has_no_date_in_its_address(make_article: Make) -> None:
    assert make_article("About us", kind=Kind.page).path == "/about-us/"


def test_a_title_of_emoji_still_has_an_address(make_article: Make) -> None:
    article = make_article("✊🔥")
    assert article.path == f"/2026/11/article-{article.id}/"


@pytest.mark.parametrize("title", ["Theme-park on strike", "Desk", "Section"])
def test_a_page_is_never_put_where_the_site_itself_is(title: str, make_article: Make) -> None:
    path = make_article(title, kind=Kind.page).path
    assert path is not None
    assert path.startswith("/page/")


def test_a_section_called_like_a_part_of_the_site_does_no_harm(
    make_article: Make, give: Give, site: Site
) -> None:
    site.path_pattern = "/search/%slug%/"  # set before the site had a search
    article = make_article(publish=False)
    assert give(article) == "/article/search/night-shift-votes/"


def test_a_chinese_address_is_kept_as_typed(make_article: Make, give: Give) -> None:
    assert give(make_article(), "/罢工/2026/") == "/罢工/2026/"


def test_an_imported_address_is_kept_to_the_letter(make_article: Make, give: Give) -> None:
    article = make_article()
    article.path, article.path_key = "/2012/05/Strike", "/2012/05/strike"
    assert give(article, "/2012/05/Strike") == "/2012/05/Strike"
    assert give(article, "/2012/05/strike") == "/2012/05/strike/"  # typed anew: as we write it
    assert redirects() == {}


def test_leaving_an_address_leaves_a_redirect_and_coming_back_takes_it_away(
    make_article: Make, give: Give
) -> None:
    article = make_article("Strike")
    give(article, "/strike/")
    assert redirects() == {"/2026/11/strike": article.id}
    give(article, "/2026/11/strike/")
    assert redirects() == {"/strike": article.id}


def test_an_address_is_made_anew_and_the_old_one_leads_there(
    make_article: Make, site: Site, now: datetime
) -> None:
    def renew(article: Article) -> str | None:
        addresses.renew(article, site=site, reserved=RESERVED, now=now)
        db.session.commit()
        return article.path

    make_article("Strike", path="/2026/11/strike/")
    article = make_article("Strikes", path="/first/")
    article.title = "Strike"
    assert renew(article) == "/2026/11/strike-2/"
    assert renew(article) == "/2026/11/strike-2/"  # it is its own already
    assert redirects() == {"/first": article.id}
    assert renew(make_article(publish=False, path="/unseen/")) is None
    thrown = make_article("Thrown", publish=False)
    thrown.state = State.trash
    assert renew(thrown) is None


def test_nobody_has_asked_for_the_address_of_a_draft(make_article: Make, give: Give) -> None:
    article = make_article("Strike", publish=False, path="/one/")
    give(article, "/two/")
    assert redirects() == {}


@pytest.mark.parametrize("state", [State.withdrawn, State.trash])
def test_a_withdrawn_article_may_move_too(state: State, make_article: Make, give: Give) -> None:
    article = make_article("Strike")
    article.state = state
    give(article, "/two/")
    assert redirects() == {"/2026/11/strike": article.id}


def test_another_articles_address_is_refused_with_its_title(make_article: Make, give: Give) -> None:
    other = make_article("Other")
    article = make_article("Strike")
    with pytest.raises(AddressTaken, match="“Other” has this address or had it") as refusal:
        give(article, "/2026/11/OTHER")
    assert refusal.value.field == "path"
    give(other, "/elsewhere/")
    with pytest.raises(AddressTaken):
        give(article, "/2026/11/other/")


@pytest.mark.parametrize(
    ("pattern", "tidied"),
    [
        ("/%year%/%month%/%slug%/", "/%year%/%month%/%slug%/"),
        ("news/%slug%", "/news/%slug%/"),
        ("%slug%", "/%slug%/"),
    ],
)
def test_a_pattern_is_tidied(pattern: str, tidied: str) -> None:
    assert addresses.checked_pattern(pattern, RESERVED) == tidied


@pytest.mark.parametrize(
    "pattern",
    [
        "/search/%slug%/",  # the site's own
        "/theme-x/%slug%/",
        "/%year%/",  # all articles of a year at one address
        "/%slug%/%slug%/",
        "/%author%/%slug%/",
        "/strikes!/%slug%/",
        f"/{'a' * 60}/%slug%/",
    ],
)
def test_a_pattern_that_cannot_work_is_refused(pattern: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        addresses.checked_pattern(pattern, RESERVED)
    assert refusal.value.field == "path_pattern"
