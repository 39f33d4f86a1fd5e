"""What people do in the editor of the desk: put the cursor into the text, select, paste, and look at what comes out."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Locator, Page, Route
from served import Served, sign_in

REFUSED = "status of 422"  # an answer with a sentence; the browser calls it an error too


def watched(page: Page) -> list[str]:
    """What goes wrong on this page from now on: errors of its scripts, and breaches of its policy."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: (
            wrong.append(said.text) if said.type == "error" and REFUSED not in said.text else None
        ),
    )
    return wrong


@contextmanager
def new_article(site: Served, context: BrowserContext) -> Iterator[Page]:
    """The form of a new article, open at the desk; fails in the end where anything went wrong on the page."""
    page = context.new_page()
    wrong = watched(page)
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    yield page
    assert wrong == []


def hold(page: Page, address: str) -> list[Route]:
    """What is asked of an address from now on: it waits, as on a slow line, until it is told to go on."""
    held: list[Route] = []

    def wait(route: Route) -> None:
        held.append(route)

    page.route(address, wait)
    return held


def text(page: Page) -> Locator:
    """The text in the editor."""
    return page.get_by_role("textbox", name="Text", exact=True)


def text_of(page: Page) -> str:
    """What the form would send."""
    page.wait_for_timeout(300)  # the textarea follows after a fifth of a second
    return page.locator("#body").input_value()


def writing(page: Page) -> None:
    """Puts the cursor into the text."""
    text(page).click()


def put(page: Page, html: str) -> None:
    """Puts another text in place of what is there, as scripts do that give back a draft."""
    page.locator("#body").evaluate(
        """(source, html) => {
          source.value = html;
          source.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        html,
    )


def select(page: Page, *keys: str) -> None:
    """Moves or selects by keys until the editor has heard of it: a frame later, and 20 ms."""
    for key in keys:
        page.keyboard.press(key)
    page.evaluate(
        "new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(heard, 60))))"
    )


def paste(page: Page, html: str, plain: str = "") -> None:
    """Pastes as a browser does, with what another program left on the clipboard."""
    page.locator(".page").evaluate(
        """(element, [html, plain]) => {
          const clipboardData = new DataTransfer();
          if (html) clipboardData.setData("text/html", html);
          if (plain) clipboardData.setData("text/plain", plain);
          element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        [html, plain],
    )
