"""The whole job in a real browser: an admin writes the page that everything began with, an anonymous
reader reads it and replies, the admin approves, the reader reads again.

Once with the mouse, once by keyboard alone, once with JavaScript off.
"""

import contextlib
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from seed import seed
from served import PASSWORD, Served

WORDS = "Were the doors at the south end open as well?"
HOLD = "Your comment is awaiting moderation."
MAX_TABS = 120  # more than any page of the desk has stops


@pytest.fixture(scope="module")
def site(serve: Callable[..., Served]) -> Served:
    """An empty site, as an operator first starts it, but for the pause between two replies from here."""
    started = serve()
    with contextlib.closing(sqlite3.connect(started.data / "newsite.db")) as database, database:
        database.execute("UPDATE site SET replies_flood_seconds = 0")
    return started


class Mouse:
    """Somebody who clicks."""

    def fill(self, page: Page, label: str, text: str) -> None:
        target = field(page, label)
        if target.get_attribute("contenteditable"):
            target.click()
            type_text(page, text)
        else:
            target.fill(text)

    def press(self, page: Page, target: Locator) -> None:
        target.click()


class Keyboard:
    """Somebody who has no mouse: every field and button is come to with the Tab key."""

    def fill(self, page: Page, label: str, text: str) -> None:
        target = field(page, label)
        self._reach(page, target)
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            page.keyboard.type(month + day + year)  # in the order of the browser's own language
            return
        if target.get_attribute("contenteditable"):
            type_text(page, text)
            return
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)

    def press(self, page: Page, target: Locator) -> None:
        self._reach(page, target)
        page.keyboard.press("Enter")

    def _reach(self, page: Page, target: Locator) -> None:
        target.wait_for()
        page.locator("body").evaluate("() => document.activeElement.blur()")
        for _ in range(MAX_TABS):
            page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                seen = target.evaluate(
                    "element => getComputedStyle(element).outlineStyle !== 'none'"
                )
                assert seen, f"the focus on {target} is not seen"
                return
        raise AssertionError(f"the Tab key does not come to {target}")


def type_text(page: Page, text: str) -> None:
    """Writes paragraphs into the editor, and headings as Markdown has them."""
    for block in text.split("\n\n"):
        words = block.removeprefix("## ")
        page.keyboard.type("## " if words != block else "")
        page.keyboard.insert_text(words)
        page.keyboard.press("Enter")


def field(page: Page, label: str) -> Locator:
    """The field with this label, however it is marked."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}\b")).first


@pytest.mark.parametrize(
    ("hands", "scripts"),
    [(Mouse(), True), (Keyboard(), True), (Mouse(), False)],
    ids=["mouse", "keyboard", "no-javascript"],
)
def test_an_admin_writes_a_reader_replies_and_everybody_reads_it(
    site: Served,
    open_context: Callable[..., BrowserContext],
    fixtures_folder: Path,
    hands: Mouse | Keyboard,
    scripts: bool,
) -> None:
    staff = open_context(java_script_enabled=scripts).new_page()
    reader = open_context(java_script_enabled=scripts).new_page()
    sign_in(staff, site, hands)
    address = write(staff, site, hands, seed(fixtures_folder))
    assert_published(reader, address)
    send_reply(reader, hands)
    expect(reader.get_by_text(HOLD)).to_be_visible()
    expect(reader.get_by_role("paragraph").filter(has_text=WORDS)).to_be_visible()
    reader.goto(address)
    expect(reader.get_by_text(WORDS)).to_have_count(0)
    approve(staff, site, hands)
    read_when_heard_of(reader, address)
    expect(reader.get_by_text(WORDS)).to_be_visible()
    expect(reader.get_by_text("1 reply").first).to_be_visible()
    assert reader.context.cookies() == []
    sign_out(staff, hands)


def sign_in(page: Page, site: Served, hands: Mouse | Keyboard) -> None:
    page.goto(f"{site.url}/desk/login")
    hands.fill(page, "Email", site.email)
    hands.fill(page, "Password", PASSWORD)
    hands.press(page, page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", level=1, name="Today at the desk")).to_be_visible()


def write(page: Page, site: Served, hands: Mouse | Keyboard, text: dict[str, str]) -> str:
    """Writes and publishes the article; its public address."""
    hands.press(page, page.get_by_role("link", name="Write an article").first)
    hands.fill(page, "Title", text["title"])
    hands.fill(page, "Text", text["body"])
    hands.fill(page, "Byline, as printed", text["byline"])
    hands.fill(page, "Originally published", "2023-01-26")
    hands.press(page, page.get_by_role("button", name="Publish").first)
    # It has no standfirst: that is said, and decided.
    hands.press(page, page.get_by_role("button", name="Publish all the same"))
    hands.press(page, page.get_by_role("link", name="See it on the site"))
    expect(page.get_by_role("heading", level=1, name=text["title"])).to_be_visible()
    return page.url


def read_when_heard_of(page: Page, address: str) -> None:
    """The page once the worker that answers has heard of a change: within a second, as is promised."""
    page.wait_for_timeout(1_000)
    page.goto(address)


def assert_published(page: Page, address: str) -> None:
    """The page as the seed has it, to somebody who has never been here."""
    page.goto(address)
    body = page.locator("body")
    for words in (
        "Amazon workers take historic strike action",
        "Originally published",
        "26 January 2023",
        "Coventry Socialist Alternative members",
        "At one minute past midnight, the first workers walked off the job",
        "Leave a Reply",
        "Your email address will not be published.",
    ):
        expect(body).to_contain_text(words)
    expect(page.get_by_role("heading", name="Global struggle")).to_be_visible()
    assert re.search(r"Originally published\s+26 January 2023", body.inner_text())
    assert re.search(r"By\s+Coventry Socialist Alternative members", body.inner_text())


def send_reply(page: Page, hands: Mouse | Keyboard) -> None:
    hands.fill(page, "Comment", WORDS)
    hands.fill(page, "Name", "Night sorter")
    hands.fill(page, "Email", "sorter@example.org")
    hands.press(page, page.get_by_role("button", name="Post Comment"))


def approve(page: Page, site: Served, hands: Mouse | Keyboard) -> None:
    page.goto(f"{site.url}/desk/")
    hands.press(page, page.get_by_role("link", name=re.compile("^Replies")).first)
    expect(page.get_by_text(WORDS)).to_be_visible()
    hands.press(page, page.get_by_role("button", name="Approve").first)
    expect(page.get_by_text("The reply by Night sorter is on the page.")).to_be_visible()


def sign_out(page: Page, hands: Mouse | Keyboard) -> None:
    hands.press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
