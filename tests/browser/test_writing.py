"""Somebody writes at the desk, and the network, the session or the tab goes away under them."""

from collections.abc import Callable

import pytest
from at_the_editor import hold
from looked_at import examine
from playwright.sync_api import BrowserContext, Dialog, Page, expect
from served import PASSWORD, Served, sign_in

KEPT = "What you type is kept since"
SOON = 20_000  # ms: a busy machine


@pytest.fixture(scope="module")
def site(serve: Callable[..., Served]) -> Served:
    """A site of this module's own: what is begun here, other tests should not find."""
    return serve("--demo")


@pytest.fixture
def context(site: Served, open_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A browser that is signed in."""
    made = open_context()
    sign_in(made.new_page(), site)
    return made


@pytest.fixture
def page(site: Served, context: BrowserContext) -> Page:
    """The editor of the newest article."""
    page = context.new_page()
    page.goto(f"{site.url}/desk/articles/?state=published")
    page.locator('main li a[href^="/desk/articles/"]:has(strong)').first.click()
    page.wait_for_url("**/desk/articles/*")
    return page


def told(page: Page, words: str) -> None:
    expect(page.locator("#kept")).to_contain_text(words, timeout=SOON)


def write(page: Page, words: str) -> None:
    """Types at the end of the title."""
    title = page.get_by_label("Title")
    title.focus()
    title.press("Control+End")
    title.press_sequentially(words)


def leave(page: Page, address: str) -> list[str]:
    """Goes elsewhere, though the page may ask; what it asked."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.goto(address)
    page.remove_listener("dialog", accept)
    return asked


def throw_away(page: Page) -> None:
    """Leaves nothing for the next test."""
    while page.locator("#found a").count():
        page.locator("#found a").first.click()
        page.get_by_role("button", name="Throw them away").click()
    expect(page.locator("#found")).to_be_hidden()


def test_what_is_typed_is_kept_and_found_again(page: Page) -> None:
    address = page.url
    write(page, " and wins")
    told(page, KEPT)
    assert leave(page, address) == ["beforeunload"]  # it is kept, but not saved
    page.get_by_role("link", name="Compare them with what is saved").first.click()
    expect(page.locator("ins")).to_contain_text("wins")
    examine(page)
    page.get_by_role("link", name="Take them into the editor").click()
    title = page.get_by_label("Title").input_value()
    assert title.endswith(" and wins")
    page.get_by_role("button", name="Throw them away").click()
    assert page.url == address
    assert not page.get_by_label("Title").input_value().endswith(" and wins")
    throw_away(page)


def test_nobody_is_asked_who_has_typed_nothing_or_saves(page: Page) -> None:
    address = page.url
    assert leave(page, address) == []
    page.get_by_label("Standfirst").fill("As it was saved.")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    assert asked == []


def test_leaving_is_asked_of_a_page_that_gave_the_words_back(
    context: BrowserContext, page: Page
) -> None:
    """They may stand nowhere else: Save may come before anything was kept."""
    address, cookies = page.url, context.cookies()
    other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("is saved.")).to_be_visible()
    other.close()

    def given_back(heading: str, title: str = " at last") -> list[str]:
        write(page, title) if title else page.get_by_label("Title").fill("")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("heading", name=heading).click()
        return leave(page, address)

    assert given_back("Somebody else saved it while you were writing") == ["beforeunload"]
    assert given_back("It is not saved yet", "") == ["beforeunload"]
    context.clear_cookies()
    assert given_back("Your text is still here") == ["beforeunload"]
    context.add_cookies(cookies)
    page.goto(address)
    throw_away(page)


def test_the_next_person_at_a_browser_does_not_send_what_somebody_left_in_it(
    site: Served, context: BrowserContext
) -> None:
    address, cookies = f"{site.url}/desk/articles/new", context.cookies()
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    write(page, "Mine alone")
    told(page, "kept in this browser")
    page.close(run_before_unload=False)
    context.set_offline(False)
    site.newsite(
        *("user", "add", "will@example.org", "--name", "Will", "--role", "writer"),
        "--password-stdin",
        typed=PASSWORD,
    )
    context.clear_cookies()
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Email").fill("will@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(address)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#found")).to_be_hidden()
    context.add_cookies(cookies)
    page.goto(address)
    expect(page.locator("#found")).to_contain_text("kept in this browser", timeout=SOON)
    page.goto(address)
    throw_away(page)


def test_without_a_network_words_stay_in_the_browser_until_it_is_back(
    context: BrowserContext, page: Page
) -> None:
    context.set_offline(True)
    write(page, " in the tunnel")
    told(page, "kept in this browser")
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(page.url)
    expect(again.locator("#found")).to_contain_text(
        "Words of yours were kept in this browser.", timeout=SOON
    )
    again.locator("#found a").last.click()
    expect(again.locator("ins")).to_contain_text("in the tunnel")
    again.goto(page.url)
    throw_away(again)


def test_the_network_comes_back_while_somebody_writes(context: BrowserContext, page: Page) -> None:
    context.set_offline(True)
    write(page, " on the train")
    told(page, "kept in this browser")
    context.set_offline(False)
    told(page, KEPT)
    leave(page, page.url)
    throw_away(page)


def test_a_session_that_ends_costs_no_word(
    site: Served, context: BrowserContext, page: Page
) -> None:
    address = page.url
    cookies = context.cookies()
    context.clear_cookies()
    write(page, " signed out")
    told(page, "You are signed out.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Your text is still here")).to_be_visible()
    context.add_cookies(cookies)  # as if they had signed in in another tab
    page.get_by_role("button", name="Send it again").click()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("signed out” is saved.")).to_be_visible()
    assert page.url == address


def test_an_article_that_is_saved_is_not_offered_again(
    site: Served, context: BrowserContext
) -> None:
    """Keeping it failed once, so the words were kept in the browser; Save then stored them."""
    page = context.new_page()
    page.goto(f"{site.url}/desk/articles/new")
    page.route("**/drafts/*", lambda route: route.fulfill(status=503))
    write(page, "Stored once")
    told(page, "kept in this browser")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.unroute_all()
    page.goto(f"{site.url}/desk/articles/new")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#found")).to_be_hidden()


def test_what_is_typed_after_save_is_pressed_is_kept(page: Page) -> None:
    """On a slow line, and though what was kept before is forgotten as stored."""
    page.route("**/drafts/*", lambda route: route.fulfill(status=503))
    write(page, " in time")
    told(page, "kept in this browser")
    held = hold(page, page.url)
    page.locator("#editor").evaluate("(form) => form.requestSubmit()")
    page.keyboard.type(" and too late")
    page.wait_for_timeout(100)
    held.pop().continue_()
    expect(page.get_by_text("in time” is saved.")).to_be_visible()
    assert "and too late" in page.evaluate("Object.values(localStorage).join()")
    page.unroute_all()
    page.reload()
    page.locator("#found a").first.click()
    expect(page.locator("ins")).to_contain_text("too late")
    page.go_back()
    throw_away(page)


def test_a_page_that_gave_words_back_asks_whatever_it_says_over_them(
    site: Served, context: BrowserContext, page: Page
) -> None:
    """A notice with Undo is a form too."""
    other = context.new_page()
    other.goto(f"{site.url}/desk/articles/new")
    write(other, "Thrown away")
    other.get_by_role("button", name="Save draft").click()
    expect(other.get_by_text("is saved.")).to_be_visible()
    address = other.url
    token = other.locator("[name=csrf_token]").first.input_value()
    other.close()
    write(page, " by an old page")
    context.request.post(
        f"{address}/trash",
        form={"csrf_token": token},
        headers={"Origin": site.url},
        max_redirects=0,
    )
    page.locator("#editor [name=csrf_token]").evaluate("(field) => (field.value = 'old')")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Your text is still here")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator("main textarea").first.click()
    assert leave(page, f"{site.url}/desk/") == ["beforeunload"]


def test_two_tabs_keep_what_is_typed_in_each(context: BrowserContext, page: Page) -> None:
    other = context.new_page()
    other.goto(page.url)
    for tab, words in ((page, " in one tab"), (other, " in the other")):
        write(tab, words)
        told(tab, KEPT)
    third = context.new_page()
    third.goto(page.url)
    expect(third.locator("#found a")).to_have_count(2)
    for tab in (page, other):
        tab.close()
    throw_away(third)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_that_are_not_saved_are_told_of_to_everybody(
    page: Page, width: int, scheme: str
) -> None:
    write(page, " seen")
    told(page, KEPT)
    leave(page, page.url)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    expect(page.locator("#found a").first).to_be_visible()
    examine(page)
    page.locator("#found a").first.click()
    examine(page)
    page.go_back()
    throw_away(page)
