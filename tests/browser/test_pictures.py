"""Somebody brings pictures to the desk: chooses, drops and pastes them, and says what must not be cut off."""

import base64
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from looked_at import examine
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from served import Served, sign_in

HERE = "is here"
SOON = 30_000  # ms: a busy machine draws them
HAND_OVER = """([event, files]) => {
  const carried = new DataTransfer();
  for (const { name, mimeType, text } of files) {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type: mimeType }));
  }
  const told = { bubbles: true, cancelable: true };
  const form = document.querySelector("form.drop");
  const made = event === "paste"
    ? new ClipboardEvent("paste", { ...told, clipboardData: carried })
    : new DragEvent(event, { ...told, dataTransfer: carried });
  return form.dispatchEvent(made);
}"""
LISTEN = """() => {
  window.heard = [];
  new MutationObserver(() => window.heard.push(document.querySelector(".progress").textContent))
    .observe(document.querySelector(".progress"), { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture
def page(demo: Served, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """The list of the desk's pictures on a telephone in the dark; what is taken in here goes again."""
    page = open_context(viewport={"width": 320, "height": 800}, color_scheme="dark").new_page()
    sign_in(page, demo)
    page.goto(f"{demo.url}/desk/pictures/")
    yield page
    page.goto(f"{demo.url}/desk/pictures/?q=shift-")
    for link in [one.get_attribute("href") for one in page.locator(".pictures a").all()]:
        page.goto(f"{demo.url}{link}/deletion")
        page.get_by_role("button", name="Delete the picture").click()


def picture(name: str, colour: str) -> dict[str, Any]:
    """A photograph, as a browser is handed one."""
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(stream, "JPEG")
    drawn = Image.open(stream)
    drawn.paste(colour, (0, 0, 400, 600))
    stream = io.BytesIO()
    drawn.save(stream, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def hand_over(page: Page, event: str, *files: dict[str, Any]) -> bool:
    """Drops or pastes files; whether the browser may still do with them what it does by itself."""
    sent = [one | {"text": base64.b64encode(one["buffer"]).decode()} for one in files]
    for one in sent:
        del one["buffer"]
    return bool(page.evaluate(HAND_OVER, [event, sent]))


def line(page: Page, name: str) -> Any:
    """What is said about one file."""
    return page.locator(".progress li").filter(has_text=name)


def test_pictures_are_chosen_dropped_and_pasted_and_a_bad_one_stops_no_other(page: Page) -> None:
    page.evaluate(LISTEN)
    bad = {"name": "shift-plan.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
    first, third = picture("shift-one.jpg", "red"), picture("shift-three.jpg", "blue")
    page.get_by_label("New pictures").set_input_files([first, bad, third])
    page.get_by_role("button", name="Take them in").click()
    expect(line(page, "shift-three.jpg")).to_contain_text(HERE, timeout=SOON)
    expect(line(page, "shift-one.jpg")).to_contain_text(HERE)
    expect(line(page, "shift-plan.jpg")).to_contain_text("no picture that can be read")
    heard = " ".join(page.evaluate("window.heard"))
    assert "waiting" in heard
    assert re.search(r"\b(100|[1-9]?[0-9]) %", heard)
    examine(page)
    assert hand_over(page, "dragover") is False  # else the browser would open what is dropped
    assert hand_over(page, "drop", picture("shift-four.jpg", "green")) is False
    expect(line(page, "shift-four.jpg")).to_contain_text(HERE, timeout=SOON)
    hand_over(page, "paste", picture("shift-five.jpg", "black"))
    expect(line(page, "shift-five.jpg")).to_contain_text(HERE, timeout=SOON)


def test_what_must_not_be_cut_off_is_clicked_on_and_outlives_another_file(page: Page) -> None:
    page.get_by_label("New pictures").set_input_files([picture("shift-one.jpg", "red")])
    page.get_by_role("button", name="Take them in").click()
    line(page, "shift-one.jpg").get_by_role("link", name=HERE).click(timeout=SOON)
    shown = page.locator("figure img")
    box = shown.bounding_box()
    assert box is not None
    mark = page.locator("figure .focal span")
    expect(mark).to_have_attribute("style", "left: 50%; top: 50%;")
    shown.click(position={"x": box["width"] / 4, "y": box["height"] / 10})
    assert page.get_by_label("From the left, in percent").input_value() == "25"
    assert page.get_by_label("From the top, in percent").input_value() == "10"
    expect(mark).to_have_attribute("style", "left: 25%; top: 10%;")
    examine(page)
    page.get_by_label("What it shows").fill("A red shift")
    page.get_by_role("button", name="Save the words").click()
    expect(page.get_by_text("The words are saved.")).to_be_visible()
    assert page.get_by_label("From the left, in percent").input_value() == "25"
    page.get_by_label("Another file").set_input_files([picture("shift-six.jpg", "white")])
    page.get_by_role("button", name="Replace it everywhere").click()
    expect(page.get_by_text("The picture is replaced wherever it is shown.")).to_be_visible()
    expect(page.get_by_text("shift-six.jpg")).to_be_visible()
    assert page.get_by_label("What it shows").input_value() == "A red shift"


def test_somebody_who_was_signed_out_is_told_so(page: Page) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    hand_over(page, "drop", picture("shift-one.jpg", "red"))
    expect(line(page, "shift-one.jpg")).to_contain_text("You are signed out.", timeout=SOON)
    page.context.add_cookies(cookies)
    hand_over(page, "drop", picture("shift-one.jpg", "red"))
    expect(line(page, "shift-one.jpg").last).to_contain_text(HERE, timeout=SOON)
