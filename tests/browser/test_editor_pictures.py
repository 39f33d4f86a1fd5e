"""Somebody puts pictures and cards into a text, and says what the pictures show."""

import base64
import re
from collections.abc import Callable, Iterator

import pytest
from at_the_editor import hold, new_article, put, select, text, text_of, writing
from looked_at import examine
from photographs import photograph
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from served import Served, sign_in

NEW = re.compile(r"/desk/articles/\d+$")
# Pictures that are not here: one that arrives moves its caption away from under a click.
PICTURE = '<figure data-picture="901"><figcaption>Here</figcaption></figure>'
BARE = '<figure data-picture="902"></figure>'


@pytest.fixture(scope="module")
def site(serve: Callable[..., Served]) -> Served:
    """A site with nothing in it but what these tests bring."""
    return serve()


@pytest.fixture(scope="module")
def gate(site: Served, browser: Browser) -> str:
    """The number of a picture that is there already, with all its words."""
    page = browser.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/pictures/")
    file = {"name": "gate.png", "mimeType": "image/png", "buffer": photograph("PNG")}
    page.get_by_label("New pictures").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Take them in").click()
    page.get_by_role("link", name="is here").click()
    page.get_by_label("What it shows").fill("People at a gate")
    page.get_by_label("Caption").fill("The gate at dawn")
    page.get_by_label("Credit").fill("Ann")
    page.get_by_role("button", name="Save the words").click()
    number = page.url.rsplit("/", 1)[1]
    page.context.close()
    return number


@pytest.fixture
def page(site: Served, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """The form of a new article, open at the desk; fails where the page's policy was broken."""
    with new_article(site, open_context()) as page:
        yield page


def bring(page: Page, way: str, *files: tuple[str, str, bytes | int]) -> None:
    """Drops files on the text, or pastes them: name, type and content of each, or how many bytes of nothing."""
    page.locator(".page").evaluate(
        """(element, [way, files]) => {
          const transfer = new DataTransfer();
          for (const [name, type, content] of files) {
            const codes = content > 0 ? content : [...atob(content)].map((each) => each.charCodeAt(0));
            const bytes = new Uint8Array(codes);
            transfer.items.add(new File([bytes], name, { type }));
          }
          const box = element.firstElementChild.getBoundingClientRect();
          const place = { clientX: box.x + 5, clientY: box.y + 5, bubbles: true, cancelable: true };
          element.firstElementChild.dispatchEvent(way === "paste"
            ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
            : new DragEvent("drop", { dataTransfer: transfer, ...place }));
        }""",
        [
            way,
            [
                (
                    name,
                    kind,
                    content if isinstance(content, int) else base64.b64encode(content).decode(),
                )
                for name, kind, content in files
            ],
        ],
    )


def listen(page: Page) -> None:
    """Keeps what the line under the text says from now on in `said`."""
    page.evaluate(
        """() => {
          said = [];
          const status = document.querySelector("[data-say]");
          new MutationObserver(() => said.push(status.innerText)).observe(status, { childList: true });
        }"""
    )


def describe(page: Page, words: str) -> None:
    """Says what a picture shows, in the dialog that asks."""
    dialog = page.get_by_role("dialog", name="Words of this picture")
    dialog.get_by_label("What it shows").fill(words)
    dialog.get_by_label("Credit").fill("Ben")
    dialog.get_by_role("button", name="Save the words").click()


def choose_above(page: Page, name: str) -> None:
    """Chooses the picture above the text."""
    page.get_by_role("button", name="Choose a picture").click()
    page.get_by_role("radio", name=name).check()
    page.get_by_role("button", name="Take this picture").click()


def unanswered(route: Route) -> None:
    """Answers in vain."""
    route.fulfill(body="null", content_type="application/json")


def test_a_picture_is_dropped_described_saved_and_there_again(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    listen(page)
    writing(page)
    page.keyboard.type("Words")
    bring(
        page,
        "drop",
        ("a.jpg", "image/jpeg", photograph("JPEG")),
        ("x.svg", "image/svg+xml", b"<svg/>"),
        ("large.png", "image/png", 25 * 1024**2 + 1),
    )
    dialog = page.get_by_role("dialog", name="Words of this picture")
    shows = dialog.get_by_label("What it shows")
    expect(shows).to_be_focused()
    assert page.evaluate("said").count("Sending pictures: 2 of 3") == 1
    assert len([url for url in sent if url.endswith("/desk/pictures/")]) == 2
    expect(page.get_by_text("x.svg: This is an SVG")).to_be_attached()
    expect(page.get_by_text("large.png: It has more than 25 MB.")).to_be_attached()
    shows.fill("x" * 501)
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Error: Make it shorter")).to_be_visible()
    describe(page, "People on a road")
    expect(text(page)).to_be_focused()
    expect(text(page).get_by_role("img", name="People on a road")).to_be_visible()
    page.get_by_label("Title", exact=True).fill("With a picture")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(NEW)
    expect(text(page).get_by_role("img", name="People on a road")).to_be_visible()
    assert re.fullmatch(r'<p>Words</p>\n<figure data-picture="\d+"></figure>', text_of(page))


def test_whoever_goes_on_writing_is_not_interrupted_by_a_picture_that_arrives(page: Page) -> None:
    held = hold(page, "**/desk/pictures/")
    writing(page)
    bring(page, "paste", ("b.png", "image/png", photograph("PNG", size=(300, 200))))
    page.keyboard.type("I go on")
    held.pop().continue_()
    button = text(page).get_by_role("button", name="Say what it shows")
    expect(button).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert text_of(page).startswith("<p>I go on</p>\n<figure")
    button.click()
    dialog = page.get_by_role("dialog", name="Words of this picture")
    dialog.get_by_label("It only decorates").check()
    dialog.get_by_role("button", name="Save the words").click()
    expect(button).to_be_hidden()


def test_words_that_are_typed_of_one_picture_outlive_the_arrival_of_another(
    page: Page, gate: str
) -> None:
    held = hold(page, "**/desk/pictures/")
    choose_above(page, "People at a gate")
    writing(page)
    bring(page, "drop", ("d.png", "image/png", photograph("PNG", size=(320, 210))))
    page.get_by_role("button", name="Its words").click()
    dialog = page.get_by_role("dialog", name="Words of this picture")
    expect(dialog.get_by_label("What it shows")).to_have_value("People at a gate")
    dialog.get_by_label("Caption").fill("The gate at noon")
    dialog.get_by_role("button", name="Save the words").focus()
    held.pop().continue_()
    expect(page.locator(".page figure.picture")).to_be_attached()
    expect(dialog.get_by_label("Caption")).to_have_value("The gate at noon")
    expect(dialog.get_by_label("What it shows")).to_have_value("People at a gate")


def test_whoever_is_signed_out_reads_which_file_was_not_taken(
    site: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    page.context.clear_cookies()
    bring(page, "drop", ("large.png", "image/png", 5 * 1024**2))
    said = "large.png: Pictures and files are taken of those who are signed in."
    expect(page.get_by_text(said)).to_be_attached()


def test_a_picture_is_chosen_and_gets_a_caption(page: Page, gate: str) -> None:
    writing(page)
    page.get_by_role("button", name="Picture", exact=True).click()
    page.get_by_role("radio", name="People at a gate").check()
    page.get_by_role("button", name="Insert").click()
    expect(text(page)).to_be_focused()
    expect(text(page)).to_match_aria_snapshot(
        """
        - textbox "Text":
          - figure "The gate at dawn · Ann":
            - img "People at a gate"
        """
    )
    assert f'<figure data-picture="{gate}"></figure>' in text_of(page)
    page.locator(".page figcaption").click()
    page.keyboard.type("At the gate")
    caption = "<figcaption>At the gate</figcaption>"
    assert f'<figure data-picture="{gate}">{caption}</figure>' in text_of(page)
    page.keyboard.press("Escape")  # all of it by keys
    tools = page.get_by_role("group", name="This picture")
    tools.get_by_role("button", name="Words of this picture").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Words of this picture")
    expect(dialog.get_by_label("What it shows")).to_have_value("People at a gate")
    page.keyboard.press("Escape")
    tools.get_by_role("button", name="Delete picture").focus()
    page.keyboard.press("Enter")
    assert "figure" not in text_of(page)


def test_enter_leads_out_of_the_caption_of_a_picture(page: Page, gate: str) -> None:
    writing(page)
    page.get_by_role("button", name="Picture", exact=True).click()
    page.get_by_role("radio", name="People at a gate").check()
    page.get_by_role("button", name="Insert").click()
    expect(text(page)).to_be_focused()
    page.keyboard.type("The canteen is open.")
    page.keyboard.press("Enter")
    page.keyboard.type("## Hours")
    page.keyboard.press("Enter")
    page.keyboard.type("From noon")
    page.get_by_label("Title", exact=True).fill("With a caption")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(NEW)
    caption = "<figcaption>The canteen is open.</figcaption>"
    assert text_of(page) == (
        f'<figure data-picture="{gate}">{caption}</figure>\n<h2>Hours</h2>\n<p>From noon</p>'
    )


@pytest.mark.parametrize(
    ("figure", "after", "becomes"),
    [
        (PICTURE, "", "<p>New</p>"),
        (PICTURE, "<p></p>", "<p>New</p>"),  # an empty paragraph is waiting there already
        (PICTURE, "<p>Old</p>", "<p>New</p>\n<p>Old</p>"),
        # The next picture's caption is empty too, and is not meant.
        (PICTURE, BARE, f"<p>New</p>\n{BARE}"),
        # A figure that came from elsewhere, with a caption of its own.
        ("<figure><p>Words</p><figcaption>Here</figcaption></figure>", "", "<p>New</p>"),
    ],
)
def test_what_follows_a_caption_is_a_paragraph_of_its_own(
    page: Page, figure: str, after: str, becomes: str
) -> None:
    put(page, figure + after)
    text(page).get_by_text("Here").click()
    page.keyboard.press("Enter")
    page.keyboard.type("New")
    assert text_of(page) == f"{figure}\n{becomes}"


@pytest.mark.parametrize("typed", ["## ", "#### ", "> ", "- ", "1. ", "```"])
def test_no_sign_makes_anything_else_of_a_caption(page: Page, typed: str) -> None:
    put(page, PICTURE)
    text(page).get_by_text("Here").click()
    page.keyboard.press("Home")
    page.keyboard.type(typed)
    for key in ("Control+Alt+2", "Control+Alt+0", "Control+Alt+c"):
        page.keyboard.press(key)
    assert text_of(page) == PICTURE.replace("Here", f"{typed}Here".replace(">", "&gt;"))


def test_a_link_card_has_a_title_and_a_picture_of_ours_and_can_be_changed(
    page: Page, gate: str
) -> None:
    writing(page)
    page.get_by_role("button", name="Link card").click()
    dialog = page.get_by_role("dialog", name="Link card")
    dialog.get_by_role("button", name="Insert").click()
    expect(dialog.get_by_text("Error: Write the whole address")).to_be_visible()
    dialog.get_by_label("Address").fill("www.example.org/film")
    dialog.get_by_label("What it is called").fill("The film")
    dialog.get_by_text("With a picture").click()
    dialog.get_by_role("radio", name="People at a gate").check()
    dialog.get_by_role("button", name="Insert").click()
    image = f'<img data-picture="{gate}" alt="">'
    assert (
        f'<figure class="card">{image}<a href="https://www.example.org/film">The film</a>'
        "<figcaption>example.org</figcaption></figure>"
    ) in text_of(page)
    text(page).locator(".card").click()
    page.get_by_role("button", name="Link card").click()
    expect(dialog.get_by_label("Address")).to_have_value("https://www.example.org/film")
    expect(dialog.get_by_role("radio", name="People at a gate")).to_be_checked()
    dialog.get_by_label("Address").fill("https://example.net/film")
    dialog.get_by_role("radio", name="No picture").check()
    dialog.get_by_role("button", name="Change the card").click()
    assert (
        '<figure class="card"><a href="https://example.net/film">The film</a>'
        "<figcaption>example.net</figcaption></figure>"
    ) in text_of(page)
    expect(text(page).locator(".card")).to_have_count(1)


def test_a_card_keeps_a_picture_that_is_not_known_here(page: Page, gate: str) -> None:
    page.route("**/desk/pictures/pick?*", unanswered)
    image = f'<img data-picture="{gate}" alt="">'
    put(page, f'<figure class="card">{image}<a href="/film/">The film</a></figure>')
    dialog = page.get_by_role("dialog", name="Link card")
    text(page).locator(".card").click()
    page.get_by_role("button", name="Link card").click()
    expect(dialog.get_by_text("The pictures cannot be shown now.")).to_be_visible()
    dialog.get_by_label("What it is called").fill("The new film")
    dialog.get_by_role("button", name="Change the card").click()
    assert f'{image}<a href="/film/">The new film</a>' in text_of(page)
    page.unroute_all()
    page.get_by_role("button", name="Link card").click()
    expect(dialog.get_by_role("radio", name="People at a gate")).to_be_checked()
    dialog.get_by_role("radio", name="No picture").check()
    dialog.get_by_role("button", name="Change the card").click()
    assert "data-picture" not in text_of(page)


def test_the_picture_above_the_text_is_seen_before_the_site_has_told_of_it(
    page: Page, gate: str
) -> None:
    page.get_by_label("Title", exact=True).fill("Seen at once")
    choose_above(page, "People at a gate")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(NEW)
    page.route("**/desk/pictures/pick?*", unanswered)
    page.reload()
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
    expect(page.get_by_role("img", name="People at a gate")).to_be_visible()
    page.locator("#lead_picture_id").evaluate("(field) => (field.value = 999)")
    page.locator("#lead_picture_id").dispatch_event("change")
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_role("img", name="People at a gate")).to_be_hidden()


def test_the_focus_goes_back_to_the_button_that_opened_the_words(page: Page, gate: str) -> None:
    choose_above(page, "People at a gate")
    button = page.get_by_role("button", name="Its words")
    button.click()
    expect(page.get_by_label("What it shows")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_address_of_a_link_tells_of_an_error_only_where_there_is_one(page: Page) -> None:
    writing(page)
    page.get_by_role("button", name="Link", exact=True).click()
    address = page.get_by_label("Address, or words")
    expect(address).to_have_accessible_description("")
    page.get_by_role("button", name="Set the link").click()
    expect(address).to_have_accessible_description(re.compile("Error: Write a whole web address"))


def test_of_a_card_the_field_that_is_wrong_tells_why(page: Page) -> None:
    writing(page)
    page.get_by_role("button", name="Link card").click()
    dialog = page.get_by_role("dialog", name="Link card")
    address, name = dialog.get_by_label("Address"), dialog.get_by_label("What it is called")
    address.fill("https://example.org/")
    for field in (address, name):
        expect(field).to_have_accessible_description("")
    dialog.get_by_role("button", name="Insert").click()
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(re.compile("Error: Write the whole address"))
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description("")
    expect(address).to_have_attribute("aria-invalid", "false")


def test_the_words_of_a_picture_tell_of_an_error_only_where_there_is_one(
    page: Page, gate: str
) -> None:
    choose_above(page, "People at a gate")
    page.get_by_role("button", name="Its words").click()
    shows = page.get_by_label("What it shows")
    expect(shows).to_be_focused()
    expect(shows).to_have_accessible_description(re.compile("^For those who cannot see it"))
    shows.fill("x" * 501)
    page.keyboard.press("Enter")
    expect(shows).to_have_accessible_description(
        re.compile("^Error: Make it shorter.*cannot see it")
    )


def test_the_picture_above_the_text_is_chosen_by_sight(page: Page, gate: str) -> None:
    number = page.locator("#lead_picture_id")
    expect(number).to_be_hidden()
    page.get_by_label("Title", exact=True).fill("Under a picture")
    page.get_by_role("button", name="Choose a picture").click()
    page.get_by_role("radio", name="People at a gate").check()
    page.get_by_role("button", name="Take this picture").click()
    expect(page.get_by_text("Above the text stands: People at a gate.")).to_be_visible()
    expect(page.get_by_role("button", name="Choose a picture")).to_be_focused()
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(NEW)
    expect(number).to_have_value(gate)
    shown = page.get_by_role("link", name="People at a gate")
    expect(shown).to_have_attribute("href", f"/desk/pictures/{gate}")
    page.get_by_role("button", name="Choose a picture").click()
    file = {"name": "c.png", "mimeType": "image/png", "buffer": photograph("PNG", size=(310, 200))}
    page.get_by_label("Send new ones").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Take this picture").click()
    describe(page, "A new one")
    expect(page.get_by_role("link", name="A new one")).to_be_visible()
    page.get_by_role("button", name="Take it away").click()
    expect(number).to_have_value("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_picture_are_for_everybody(
    site: Served, gate: str, open_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = open_context(
        viewport={"width": 320, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    ).new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    writing(page)
    page.get_by_role("button", name="Picture", exact=True).click()
    page.get_by_role("radio", name="People at a gate").check()
    examine(page)
    page.get_by_role("button", name="Insert").click()
    select(page, "ArrowDown")
    text(page).get_by_role("img").click()
    examine(page)
    page.get_by_role("button", name="Words of this picture").click()
    expect(page.get_by_label("What it shows")).to_be_focused()
    examine(page)


def test_without_scripts_the_picture_above_the_text_is_a_number(
    site: Served, open_context: Callable[..., BrowserContext], gate: str
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    expect(page.get_by_role("button", name="Choose a picture")).to_have_count(0)
    page.get_by_label("Title", exact=True).fill("Plain")
    page.get_by_label("Picture above the text").fill(gate)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("img", name="People at a gate")).to_be_visible()
