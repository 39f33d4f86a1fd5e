"""Nobody is shut out: axe finds nothing, nothing scrolls sideways, nothing is asked of another host.

The main pages are looked at in every size and colour scheme, the rest in one of each.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

import pytest
from looked_at import examine
from playwright.sync_api import BrowserContext, Page, Request
from served import PASSWORD, Served, sign_in

UNFINISHED = "A night without a standfirst"
OLD_PROOF = """UPDATE sessions SET proved_at = NULL
WHERE user_id = (SELECT id FROM users WHERE email = 'leila@example.org')"""
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
    "/2026/11/agency-drivers-holiday-pay/",
    "/2026/09/the-heat-map/",
    "/2026/09/a-day-on-the-gates/",
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


@pytest.mark.parametrize("width", [320, 800, 1280])
def test_the_focus_goes_through_the_desks_masthead_as_it_is_read(
    demo: Served, look: Callable[..., Page], width: int
) -> None:
    page = look(width, "light")
    sign_in(page, demo)
    page.goto(f"{demo.url}/desk/")
    stops = page.locator(".mast").locator("a, input:not([type=hidden]), button")
    boxes = [box for box in (stop.bounding_box() for stop in stops.all()) if box]
    assert len(boxes) == 6
    for one, following in pairwise(boxes):
        is_below = following["y"] >= one["y"] + one["height"]
        assert is_below or following["x"] >= one["x"] + one["width"]


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


def examine_both(page: Page, heading: str) -> None:
    """The page with this heading, in light and in dark."""
    page.get_by_role("heading", name=heading).first.wait_for()
    for scheme in ("light", "dark"):
        # Colours that are on their way from one to the other are nobody's.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        examine(page)


@pytest.fixture
def writer(demo: Served, look: Callable[..., Page]) -> Iterator[Page]:
    """Leila, who has handed in an article; it is in the trash in the end."""
    page, email = look(320, "light"), "leila@example.org"
    demo.newsite("user", "reset", email, "--password-stdin", typed=PASSWORD)
    page.goto(f"{demo.url}/desk/login?next=/desk/articles/new")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Title").fill(UNFINISHED)
    page.get_by_role("textbox", name="Text", exact=True).fill("At six.")
    page.get_by_role("button", name="Hand in for review").click()
    page.wait_for_url(re.compile("/desk/articles/[0-9]+$"))
    address = page.url
    yield page
    page.goto(address)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="Put it in the trash").click()


def test_the_pages_that_no_link_leads_to_are_for_everybody(
    demo: Served, look: Callable[..., Page], writer: Page
) -> None:
    """What a writer and an editor come to when something stands between them and what they want."""
    examine_both(writer, UNFINISHED)
    editor = look(320, "light")
    sign_in(editor, demo)
    editor.goto(f"{writer.url}/publishing")
    examine_both(editor, "Before “A night")
    # As if it had been opened before somebody saved it, and before a new sign-in.
    for field, heading in (
        ("version", "Somebody else saved"),
        ("csrf_token", "Your text is still"),
    ):
        editor.goto(writer.url)
        editor.locator(f"#editor [name={field}]").evaluate("field => { field.value = '0'; }")
        editor.get_by_label("Standfirst").fill("Words that are longer than twenty letters")
        editor.get_by_role("button", name="Save", exact=True).click()
        examine_both(editor, heading)
    for path, heading in (("1", "Picture 1"), ("files/", "Files")):
        editor.goto(f"{demo.url}/desk/pictures/{path}")
        examine_both(editor, heading)
    path = demo.data / "newsite.db"
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        database.execute(OLD_PROOF)
    writer.goto(f"{demo.url}/desk/second-factor/app")
    examine_both(writer, "Show that it is you")
