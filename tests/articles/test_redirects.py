"""Where addresses of the past lead."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from newsite.accounts.models import User
from newsite.articles import actions, redirects
from newsite.articles.models import Article, Redirect
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import AddressTaken, RuleBroken
from newsite.site.models import Site

RESERVED = Reserved(frozenset({"section", "desk"}), ())
SITE = "https://paper.example"
Add = Callable[[str, str], Redirect]


@pytest.fixture
def around() -> dict[str, Any]:
    return {"reserved": RESERVED, "site_url": SITE}


@pytest.fixture
def add(site: Site, now: datetime, around: dict[str, Any]) -> Add:
    """Makes a redirect."""

    def made(address: str, target: str) -> Redirect:
        redirect = redirects.add(address, target, now=now, **around)
        db.session.commit()
        return redirect

    return made


@pytest.mark.parametrize(
    "target",
    [
        "/2026/11/night-shift-votes/",
        "/2026/11/NIGHT-shift-votes",
        f"{SITE}/2026/11/night-shift-votes/",
    ],
)
def test_an_article_is_meant_by_any_way_of_writing_its_address(
    add: Add, article: Article, target: str
) -> None:
    redirect = add("/Old/Strike", target)
    assert (redirect.path_key, redirect.article, redirect.target) == ("/old/strike", article, "")
    assert redirects.at("/old/strike") is redirect


@pytest.mark.parametrize(
    "target", ["/section/pay/", "https://other.example/a?b=c", "/section/?x=1"]
)
def test_any_page_of_ours_and_any_web_address_may_be_meant(add: Add, target: str) -> None:
    redirect = add("/old/?p=12", target)
    assert (redirect.path_key, redirect.query) == ("/old", "p=12")
    assert (redirect.article, redirect.target) == (None, target)


@pytest.mark.parametrize("rest", ["", "?before=1-2", "#top"])
def test_a_sections_address_has_its_last_slash(add: Add, rest: str) -> None:
    assert add("/old/", f"/section/pay{rest}").target == f"/section/pay/{rest}"
    assert add("/older/", f"/section/pay/feed.xml{rest}").target == f"/section/pay/feed.xml{rest}"


def test_a_chain_is_made_short(add: Add, article: Article) -> None:
    add("/first/", str(article.path))
    assert add("/second/", "/first/").article is article
    add("/away/", "https://other.example/")
    assert add("/further/", "/away").target == "https://other.example/"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("/old/", "lead to itself"),
        (f"{SITE}/OLD", "lead to itself"),
        ("/nothing/here/", "There is no article at /nothing/here/"),
        (" ", "Write where it leads"),
        ("//evil.example/", "Write an address of this site"),
        ("/\\evil.example/", "Write an address of this site"),
        ("javascript:alert(1)", "Write an address of this site"),
        ("https://" + "a" * 2_000 + ".example/", "2000 characters or fewer"),
    ],
)
def test_what_leads_nowhere_is_refused(
    add: Add, target: str, sentence: str, article: Article
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        add("/old/", target)
    assert refused.value.field == "target"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Write the old address"),
        ("/desk/old/", "The site itself uses addresses that begin with /desk"),
        ("/a<b/", "Write the address with letters"),
        ("http://[::1/", "Write the address such as"),
        ("/a?" + "q" * 201, "too long"),
        ("/2026/11/night-shift-votes", "“Night shift votes” has this address."),
    ],
)
def test_what_cannot_be_an_old_address_is_refused(
    add: Add, article: Article, address: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        add(address, "https://other.example/")
    assert refused.value.field == "address"


def test_an_articles_address_with_a_query_may_be_led_elsewhere(add: Add, article: Article) -> None:
    assert add(f"{article.path}?lang=fr#top", "https://other.example/").query == "lang=fr"


def test_a_redirect_is_changed_and_no_address_has_two(
    add: Add, article: Article, around: dict[str, Any]
) -> None:
    first, second = add("/one/", str(article.path)), add("/two/", str(article.path))
    with pytest.raises(AddressTaken, match="led somewhere already"):
        redirects.move(second, "/ONE", reserved=RESERVED)
    redirects.move(second, "/three/", reserved=RESERVED)
    redirects.set_target(second, "/one/", **around)
    redirects.move(first, "/one/", reserved=RESERVED)
    db.session.commit()
    assert (second.path_key, second.article) == ("/three", article)
    with pytest.raises(RuleBroken, match="lead to itself"):
        redirects.set_target(first, "/one/", **around)
    with_query = add("/one/?p=1", str(article.path))
    assert redirects.set_target(with_query, "/one/", **around).article is article


def test_what_is_in_the_trash_is_nowhere(
    add: Add, make_article: Callable[..., Article], editor: User, now: datetime
) -> None:
    thrown = make_article("Thrown", publish=False, path="/thrown/")
    actions.trash(thrown, by=editor, now=now)
    db.session.commit()
    with pytest.raises(RuleBroken, match="There is no article"):
        add("/old/", "/thrown/")


def test_the_newest_stand_first_and_are_found_by_either_address(add: Add, article: Article) -> None:
    add("/one/", str(article.path))
    add("/two/", "https://other.example/100%/")
    add("/three/?p=7", str(article.path))

    def keys(page: Any) -> list[str]:
        return [one.path_key for one in page.items]

    first = redirects.listed(limit=2)
    assert keys(first) == ["/three", "/two"]
    assert keys(redirects.listed(before=first.next, limit=2)) == ["/one"]
    assert keys(redirects.listed("100%/")) == ["/two"]
    assert keys(redirects.listed("p=7")) == ["/three"]
    assert keys(redirects.listed("NIGHT-SHIFT")) == ["/three", "/one"]


def test_no_article_takes_an_address_that_is_led_elsewhere(
    add: Add, make_article: Callable[..., Article]
) -> None:
    add("/2026/11/same/", "https://other.example/")
    assert make_article("Same").path == "/2026/11/same-2/"
    with pytest.raises(AddressTaken, match="A redirect has this address"):
        make_article("Other", path="/2026/11/same/")
