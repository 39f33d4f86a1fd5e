"""An editor works through the queue with keys alone; where they write, keys are letters."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from served import Served, sign_in


@pytest.fixture
def queue(demo: Served, open_context: Callable[..., BrowserContext]) -> Page:
    """The list of what waits, open at the desk."""
    page = open_context().new_page()
    sign_in(page, demo)
    page.goto(f"{demo.url}/desk/replies/approved/")
    return page


def focused(page: Page) -> int:
    """Which reply of the list has the focus; -1: none."""
    found: int = page.evaluate(
        "[...document.querySelectorAll('.queue > li')].indexOf(document.activeElement)"
    )
    return found


def test_keys_go_through_the_list_and_decide(queue: Page) -> None:
    names = queue.locator(".queue > li .who label").all_inner_texts()
    assert focused(queue) == -1
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        queue.keyboard.press(key)
        assert focused(queue) == place
    queue.keyboard.press("t")
    expect(queue.get_by_role("status")).to_contain_text(f"The reply by {names[1]} is in the trash.")
    assert queue.locator(".queue > li .who label").nth(1).inner_text() == names[2]
    assert focused(queue) == 1  # the next one: nothing has to be looked for
    queue.keyboard.press("u")
    expect(queue.get_by_role("status")).to_contain_text(f"The reply by {names[1]} is on the page.")
    assert queue.locator(".queue > li .who label").nth(1).inner_text() == names[1]


def test_keys_lead_to_the_answer_and_to_the_thread(queue: Page) -> None:
    for key, address in (("r", r"/desk/replies/\d+/answer"), ("o", r"/desk/replies/\d+/$")):
        queue.keyboard.press("j")
        queue.keyboard.press(key)
        queue.wait_for_url(re.compile(address))
        queue.go_back()


def test_the_page_of_one_reply_has_the_keys_too_and_nothing_need_be_chosen(
    demo: Served, open_context: Callable[..., BrowserContext]
) -> None:
    """On a telephone, too: what keys do, a finger does."""
    page = open_context(viewport={"width": 320, "height": 640}, has_touch=True).new_page()
    sign_in(page, demo)
    page.goto(f"{demo.url}/desk/replies/")
    row = page.locator(".queue > li").first
    name = row.locator(".who label").inner_text()
    row.get_by_role("button", name="Approve").tap()
    expect(page.get_by_role("status")).to_contain_text(f"The reply by {name} is on the page.")
    page.get_by_role("status").get_by_role("button", name="Undo").tap()
    expect(page.get_by_role("status")).to_contain_text(f"The reply by {name} is waiting.")
    page.get_by_role("link", name="Thread and writer").first.tap()
    page.wait_for_url(re.compile(r"/desk/replies/\d+/$"))
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text(f"The reply by {name} is on the page.")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text(f"The reply by {name} is waiting.")


def test_letters_in_a_field_are_letters(queue: Page) -> None:
    field = queue.get_by_label("Mail address, network, or words")
    field.click()
    field.press_sequentially("jatu?")
    assert field.input_value() == "jatu?"
    expect(queue.get_by_role("dialog")).to_have_count(0)
    expect(queue.get_by_role("status")).to_have_count(0)


def test_keys_that_the_browser_has_for_itself_are_left_to_it(queue: Page) -> None:
    queue.keyboard.press("j")
    queue.keyboard.press("Control+a")
    queue.keyboard.press("Alt+t")
    expect(queue.get_by_role("status")).to_have_count(0)


def test_the_keys_are_told_and_can_be_switched_off(queue: Page) -> None:
    queue.keyboard.press("?")
    expect(queue.get_by_role("dialog")).to_contain_text("The next reply")
    queue.keyboard.press("t")  # behind the dialog nothing is decided
    queue.get_by_label("Use these keys in this browser").uncheck()
    queue.get_by_role("button", name="Close").click()
    queue.keyboard.press("j")
    assert focused(queue) == -1
    queue.reload()
    queue.keyboard.press("j")
    assert focused(queue) == -1
    queue.get_by_role("button", name="Keys").click()
    queue.get_by_label("Use these keys in this browser").check()
    queue.get_by_role("button", name="Close").click()
    queue.keyboard.press("j")
    assert focused(queue) == 0
