"""Nobody is shut out: axe finds nothing, nothing scrolls sideways, nothing is asked of another host.

The main pages are looked at in every size and colour scheme, the rest in one of each.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from looked_at import examine
from playwright.sync_api import BrowserContext, Page, Request
from served import Served, sign_in

Scheme = Literal["light", "dark"]
ARTICLE = "/2026/11/one-minute-past-midnight/"
MAIN = ["/", ARTICLE, "/section/organising/", "/nothing/here/"]
OTHERS = [
    "/?before=1796000000000000-1",
    "/tag/coventry/",
    "/by/rosa-achebe/",
    "/archive/",
    "/archive/2026/11/",
    "/about/",
    "/corrections/",
    "/2026/08/what-a-night-is-worth/",
    "/2026/11/fire-doors-chained-at-bay-9/",
]
DESK_MAIN = ["/desk/", "/desk/articles/new", "/desk/replies/", "/desk/replies/bans/"]
DESK_SHAPES = 24  # at least so many different pages are come to from the desk's first one
LOOKS: list[tuple[int, Scheme]] = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def look(open_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens a browser of a size and colour scheme that fails if another host is asked for anything."""
    foreign: list[str] = []

    def note(request: Request) -> None:
        if not re.match(r"(http://127\.0\.0\.1:\d+/|data:)", request.url):
            foreign.append(request.url)

    def open_page(width: int, scheme: Scheme) -> Page:
        context = open_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.on("request", note)
        return page

    yield open_page
    assert foreign == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", MAIN)
def test_the_main_pages_are_for_everybody(
    demo: Served, look: Callable[..., Page], path: str, width: int, scheme: Scheme
) -> None:
    page = look(width, scheme)
    page.goto(demo.url + path)
    examine(page)


@pytest.mark.parametrize("path", OTHERS)
def test_the_other_pages_are_for_everybody(
    demo: Served, look: Callable[..., Page], path: str
) -> None:
    page = look(320, "dark")
    answer = page.goto(demo.url + path)
    assert answer is not None
    assert answer.status == 200
    examine(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_refused_reply_is_for_everybody(
    demo: Served, look: Callable[..., Page], width: int, scheme: Scheme
) -> None:
    page = look(width, scheme)
    page.goto(demo.url + ARTICLE)
    page.get_by_label("Email").fill("no address")
    page.locator("form").filter(has_text="Comment").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Post Comment").click()
    page.get_by_role("heading", name="Your reply has not been posted yet").wait_for()
    examine(page)


def test_answering_one_reply_is_for_everybody(demo: Served, look: Callable[..., Page]) -> None:
    page = look(320, "dark")
    page.goto(demo.url + ARTICLE)
    page.get_by_role("link", name=re.compile("^Reply")).first.click()
    page.get_by_label("Comment").wait_for()
    examine(page)


def test_the_sign_in_page_is_for_everybody(demo: Served, look: Callable[..., Page]) -> None:
    page = look(320, "dark")
    page.goto(f"{demo.url}/desk/login")
    examine(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_desks_main_pages_are_for_everybody(
    demo: Served, look: Callable[..., Page], width: int, scheme: Scheme
) -> None:
    page = look(width, scheme)
    sign_in(page, demo)
    for path in DESK_MAIN:
        answer = page.goto(demo.url + path)
        assert answer is not None
        assert answer.status == 200, path
        examine(page)


def test_every_page_of_the_desk_is_for_everybody(demo: Served, look: Callable[..., Page]) -> None:
    """Follows the desk's links; of pages that differ by a number only, one is looked at."""
    page = look(320, "dark")
    sign_in(page, demo)
    waiting, seen = ["/desk/"], {"/desk/"}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(demo.url + path)
        assert answer is not None
        assert answer.status == 200, path
        if not path.endswith("/preview"):  # a public page, which is looked at as one
            examine(page)
        for address in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
            link = urlsplit(address)
            shape = re.sub(r"[0-9]+", "1", link.path)
            if link.path.startswith("/desk/") and shape not in seen:
                seen.add(shape)
                waiting.append(link.path)
    assert len(seen) >= DESK_SHAPES, sorted(seen)
