"""Somebody writes at the desk: types, pastes, links, draws a table, saves, and undoes what was saved."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from at_the_editor import new_article, paste, put, select, text, text_of, writing
from looked_at import examine
from playwright.sync_api import BrowserContext, Page, expect
from served import Served, sign_in
from written import WRITTEN

CLIPBOARD = Path(__file__).parent / "clipboard"
# What is typed, and what it becomes.
MARKDOWN = (
    ("## Who came", "<h2>Who came</h2>"),
    ("# Who came", "<h2>Who came</h2>"),  # the article's title is the page's h1
    ("### Who", "<h3>Who</h3>"),
    ("#### Who", "<h4>Who</h4>"),
    ("> Stay", "<blockquote><p>Stay</p></blockquote>"),
    ("- one\ntwo", "<ul><li>one</li><li>two</li></ul>"),
    ("* one", "<ul><li>one</li></ul>"),
    ("1. one\ntwo", "<ol><li>one</li><li>two</li></ol>"),
    ("3. three", '<ol start="3"><li>three</li></ol>'),
    ("```x = 1", "<pre>x = 1</pre>"),
    ("One\n---", "<p>One</p>\n<hr>"),
    ("a **bold** word", "<p>a <strong>bold</strong> word</p>"),
    ("an *italic* word", "<p>an <em>italic</em> word</p>"),
    ("an _italic_ word", "<p>an <em>italic</em> word</p>"),
    ("2 * 3 * 4 and a_b_c", "<p>2 * 3 * 4 and a_b_c</p>"),  # not everything is Markdown
    ("a `code` word", "<p>a <code>code</code> word</p>"),
    ("a ~~struck~~ word", "<p>a <s>struck</s> word</p>"),
    ("see [us](/about/) now", '<p>see <a href="/about/">us</a> now</p>'),
    ("see [us](javascript:1) now", "<p>see [us](javascript:1) now</p>"),
)
# One of what a screen reader has a name for.
TOLD = (
    '<h2>Who came</h2><p>They <strong>walked</strong> <a href="/about/">out</a></p><h3>How many</h3>'
    "<table><tbody><tr><th>Depot</th><th>Votes</th></tr><tr><td>BHX4</td><td>412</td></tr></tbody></table>"
    "<ul><li>one</li></ul><blockquote><p>Stay</p></blockquote>"
    '<figure class="card"><a href="https://example.org/">A film</a></figure>'
)
LONG = (
    "<p>They voted.</p>"
    + "<p>And went on.</p>" * 40
    + "<h3>How many came</h3>"
    + "<p>And went on.</p>" * 40
    + '<p>So say <a href="https://example.org/gone#a">the minutes</a>.</p>'
)
SOON = 20_000  # ms: a busy machine
# What nobody may bring in by pasting.
HOSTILE = (
    '<p onclick="alert(1)">a</p><script>alert(1)</script>',
    '<p>a<img src="/media/x.png" onerror="alert(1)"></p>',
    '<p><a href="javascript:alert(1)">a</a></p>',
    '<p style="background:url(https://example.org/x.png)">a</p>',
    '<p>a</p><iframe src="https://example.org/"></iframe>',
    '<svg><a href="javascript:alert(1)"><text>a</text></a></svg>',
)


@pytest.fixture(scope="module")
def site(serve: Callable[..., Served]) -> Served:
    """A site with nothing in it, for these tests to write on."""
    return serve()


@pytest.fixture
def page(site: Served, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """The form of a new article, open at the desk; fails where the page's policy was broken."""
    with new_article(site, open_context()) as page:
        yield page


def test_a_new_article_is_typed_and_comes_out_as_html(page: Page) -> None:
    writing(page)
    page.keyboard.type("One minute past ")
    page.keyboard.press("Control+b")
    page.keyboard.type("midnight")
    page.keyboard.press("Enter")
    page.keyboard.type("They walked.")
    assert text_of(page) == "<p>One minute past <strong>midnight</strong></p>\n<p>They walked.</p>"
    assert page.get_by_label("HTML", exact=True).is_checked()
    expect(page.locator("#sheet-count")).to_have_text("Words: 6 · 1 min to read")


def test_markdown_is_taken_as_it_is_typed(page: Page) -> None:
    writing(page)
    for typed, html in MARKDOWN:
        put(page, "")
        page.keyboard.type(typed)
        expect(page.locator("#body"), typed).to_have_value(html)


def test_a_slip_into_markdown_is_taken_back_by_backspace(page: Page) -> None:
    writing(page)
    page.keyboard.type("- ")
    page.keyboard.press("Backspace")
    page.keyboard.type("no list")
    assert text_of(page) == "<p>- no list</p>"


def test_words_from_word_are_clean(page: Page) -> None:
    writing(page)
    paste(page, (CLIPBOARD / "word.html").read_text())
    assert text_of(page).split("\n") == [
        "<h2>The night shift</h2>",
        (
            "<p><strong>Coventry</strong>: the <em>night</em> shift <s>may</s> walked out at 00.01, says"
            ' <a href="https://example.org/report?a=1&amp;b=2">the report</a>[1].</p>'
        ),
        "<ul><li>Pay<ul><li>At night</li></ul></li><li><strong>Breaks</strong></li></ul>",
        "<ol><li>Vote</li><li>Walk</li></ol>",
        (
            "<table><tbody><tr><td>Depot</td><td>Votes</td></tr>"
            "<tr><td>BHX4</td><td>412</td></tr></tbody></table>"
        ),
        "<p>H<sub>2</sub>O and 1<sup>st</sup></p>",
    ]


def test_words_from_google_docs_are_clean(page: Page) -> None:
    writing(page)
    paste(page, (CLIPBOARD / "docs.html").read_text())
    assert text_of(page).split("\n") == [
        "<h2>Who came</h2>",
        (
            "<p>Trade unionists came <strong>before work</strong><em> and after</em>, says"
            ' <a href="https://example.org/minutes">the branch</a>. The 2<sup>nd</sup><s> time</s></p>'
        ),
        "<ul><li>Coventry<ul><li>BHX4</li></ul></li></ul>",
        "<table><tbody><tr><td>Day</td><td>25</td></tr></tbody></table>",
    ]


def test_nothing_that_is_pasted_runs_or_calls_elsewhere(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/media/x.png", lambda route: route.fulfill(status=200, content_type="image/png"))
    writing(page)
    for html in HOSTILE:
        put(page, "")
        paste(page, html)
        assert not re.search(r"script|onclick|onerror|style|iframe|svg", text_of(page))
    assert [url for url in asked if "example.org" in url] == []


def test_a_picture_of_another_site_becomes_a_link_to_it(page: Page) -> None:
    writing(page)
    paste(page, '<p>See <img src="https://example.org/a.png" alt="the gate"></p>')
    assert text_of(page) == '<p>See <a href="https://example.org/a.png">the gate</a></p>'


def test_an_address_that_is_pasted_is_a_link_and_by_itself_may_be_a_card(page: Page) -> None:
    writing(page)
    page.keyboard.type("the report")
    select(page, "Shift+Home")
    paste(page, "", "https://example.org/report")
    assert text_of(page) == '<p><a href="https://example.org/report">the report</a></p>'
    put(page, "")
    paste(page, "", "https://example.org/film")
    expect(page.get_by_text("makes a card of this address")).to_be_visible()
    page.get_by_role("button", name="Link card").click()
    page.get_by_label("What it is called").fill("The film")
    page.keyboard.press("Enter")
    assert text_of(page) == (
        '<figure class="card"><a href="https://example.org/film">The film</a>'
        "<figcaption>example.org</figcaption></figure>"
    )


def test_a_link_is_set_changed_and_removed_in_its_dialog(page: Page) -> None:
    page.locator("[data-do=source]").click()  # and back: what is there twice would do all twice
    page.get_by_role("button", name="Back to the editor").click()
    writing(page)
    page.keyboard.type("the report")
    select(page, "Shift+Home")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Link")
    address = dialog.get_by_label("Address, or words")
    address.fill("no address at all")
    dialog.get_by_role("button", name="Set the link").click()
    expect(dialog.get_by_text("Error: Write a whole web address")).to_be_visible()
    address.fill("example.org/report")
    page.keyboard.press("Enter")
    assert text_of(page) == '<p><a href="https://example.org/report">the report</a></p>'
    select(page, "End", "ArrowLeft")
    page.keyboard.press("Control+k")
    expect(address).to_have_value("https://example.org/report")
    dialog.get_by_role("button", name="Remove the link").click()
    assert text_of(page) == "<p>the report</p>"


def test_a_link_to_an_article_of_this_site_is_found_by_its_title(page: Page, site: Served) -> None:
    page.get_by_label("Title", exact=True).fill("Night shift votes")
    page.get_by_label("Standfirst", exact=True).fill("At one minute past midnight.")
    writing(page)
    page.keyboard.type("They voted.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("“Night shift votes” is on the site.")).to_be_visible()
    page.goto(f"{site.url}/desk/articles/new")
    writing(page)
    page.keyboard.press("Control+k")
    page.get_by_label("Address, or words").fill("night")
    page.get_by_role("button", name="Night shift votes").click()
    page.get_by_role("button", name="Set the link").click()
    assert re.fullmatch(
        r'<p><a href="/\d+/\d+/night-shift-votes/">Night shift votes</a></p>', text_of(page)
    )


def test_a_table_grows_and_shrinks(page: Page) -> None:
    writing(page)
    page.get_by_role("button", name="Table", exact=True).click()
    for words in ("Depot", "Votes", "BHX4", "412"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Delete row").click()
    page.get_by_role("button", name="Column after").click()
    assert text_of(page) == (
        "<table><thead><tr><th>Depot</th><th>Votes</th><th></th></tr></thead>"
        "<tbody><tr><td>BHX4</td><td>412</td><td></td></tr></tbody></table>"
    )


def test_undo_outlives_saving(page: Page, site: Served) -> None:
    page.get_by_label("Title", exact=True).fill("Undone")
    writing(page)
    page.keyboard.type("First.")
    page.wait_for_timeout(600)  # what comes after a pause is undone by itself
    page.keyboard.press("Enter")
    page.keyboard.type("Second.")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/desk/articles/\d+$"))
    assert page.locator("#body").input_value() == "<p>First.</p>\n<p>Second.</p>"
    writing(page)
    page.keyboard.press("Control+z")
    assert text_of(page) == "<p>First.</p>"
    page.keyboard.press("Control+z")
    assert text_of(page) == ""
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    assert text_of(page) == "<p>First.</p>\n<p>Second.</p>"


def test_without_scripts_the_textarea_is_all_there(
    site: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Title", exact=True).fill("Plain")
    page.get_by_label("Text", exact=True).fill("## Who *came*")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Convert to HTML").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("<h2>Who <em>came</em></h2>\n")
    assert page.get_by_label("HTML", exact=True).is_checked()


def test_where_the_script_does_not_come_the_textarea_stays(
    site: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    page.route("**/editor.*.js", lambda route: route.abort())
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Text", exact=True).fill("Still here")
    assert page.locator("#body").is_visible()


def test_markdown_stays_in_the_textarea_until_its_button_is_pressed(page: Page) -> None:
    page.get_by_label("Markdown", exact=True).check()
    page.get_by_label("Title", exact=True).fill("Markdown")
    page.get_by_label("Text", exact=True).fill("Some **bold** words")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/desk/articles/\d+$"))
    page.get_by_label("HTML", exact=True).check()
    expect(page.get_by_role("toolbar")).to_have_count(0)  # nothing is guessed
    page.get_by_label("Markdown", exact=True).check()
    page.get_by_role("button", name="Convert to HTML").click()
    expect(text(page).locator("strong")).to_have_text("bold")


def test_an_old_text_is_left_as_it_is_until_somebody_changes_it(page: Page) -> None:
    old = '<p class="x">One\n<!-- more --></p>\n\n<div><h2 id="pay">Pay</h2></div><p></p>'
    page.locator("[data-do=source]").click()
    page.get_by_label("Text", exact=True).fill(old)
    page.get_by_role("button", name="Back to the editor").click()
    assert text_of(page) == old
    writing(page)
    select(page, "Control+Home")
    page.keyboard.type("No ")
    assert text_of(page) == '<p>No One</p>\n<div><h2 id="pay">Pay</h2></div>'


def test_a_text_that_the_editor_would_lose_a_part_of_stays_in_its_html(page: Page) -> None:
    old = "<table><caption>A <em>caption</em></caption><tr><td>1</td></tr></table>"
    page.locator("[data-do=source]").click()
    page.get_by_label("Text", exact=True).fill(old)
    page.get_by_role("button", name="Back to the editor").click()
    expect(page.get_by_text("the editor would lose: em")).to_be_visible()
    assert page.locator("#body").is_visible()
    page.get_by_role("button", name="Edit it in the editor all the same").click()
    expect(text(page).locator("td")).to_have_text("1")


def test_whatever_the_editor_has_written_it_opens_again(page: Page) -> None:
    page.route("**/media/a.webp", lambda route: route.fulfill(status=204))
    found = page.evaluate(
        """async (texts) => {
          const source = document.getElementById("body");
          const found = [];
          for (const text of texts) {
            document.querySelector("[data-do=source]").click();
            source.value = text;
            document.getElementById("sheet-open").click();
            const isOpen = !document.getElementById("sheet").hidden;
            source.dispatchEvent(new Event("input", { bubbles: true })); // taken in, and written again
            await new Promise((done) => setTimeout(done, 250));
            found.push([isOpen, source.value]);
          }
          return found;
        }""",
        list(WRITTEN),
    )
    assert found == [[True, text] for text in WRITTEN]


def test_a_text_that_the_editor_cannot_open_stays_in_its_html_and_that_is_said(
    site: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    page.add_init_script(
        """const read = DOMParser.prototype.parseFromString;
        DOMParser.prototype.parseFromString = function (text, type) {
          if (text.includes("unheard of")) throw new Error("as if there were a mistake in the editor");
          return read.call(this, text, type);
        };"""
    )
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    page.locator("[data-do=source]").click()
    page.get_by_label("Text", exact=True).fill("<p>unheard of</p>")
    page.get_by_role("button", name="Back to the editor").click()
    expect(page.get_by_text("The editor cannot open this text")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(page.locator("#body")).to_have_value("<p>unheard of</p>")
    expect(page.get_by_role("button", name="Edit it in the editor all the same")).to_be_hidden()


def test_what_another_script_puts_in_place_of_the_text_can_be_undone(page: Page) -> None:
    writing(page)
    page.keyboard.type("Mine")
    text_of(page)
    put(page, "<p>Theirs</p>")
    expect(text(page)).to_have_text("Theirs")
    page.keyboard.press("Control+z")
    expect(text(page)).to_have_text("Mine")


def test_other_scripts_hear_of_every_change(page: Page) -> None:
    page.evaluate("heard = 0; document.getElementById('body').oninput = () => { heard += 1; }")
    writing(page)
    page.keyboard.type("Words")
    text_of(page)
    assert page.evaluate("heard") >= 1


def test_the_toolbar_is_one_stop_and_arrows_go_through_it(page: Page) -> None:
    writing(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Italic")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Escape")
    page.keyboard.type("so")
    assert text_of(page) == "<p><em>so</em></p>"
    assert page.locator("[role=toolbar] button[tabindex='0']").count() == 1


def test_tab_leaves_the_text(page: Page) -> None:
    writing(page)
    page.keyboard.press("Tab")
    expect(text(page)).not_to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_and_its_dialogs_are_for_everybody(
    site: Served, open_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = open_context(
        viewport={"width": 320, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    ).new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    writing(page)
    page.get_by_role("button", name="Table", exact=True).click()
    page.keyboard.type("Depot")
    page.keyboard.press("Tab")
    page.keyboard.type("Votes")
    examine(page)
    tools = page.get_by_role("toolbar", name="Formatting")
    for name in ("Link", "Link card", "Picture", "Keys"):
        tools.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        examine(page)
        page.keyboard.press("Escape")
        expect(text(page)).to_be_focused()


def test_a_screen_reader_is_told_of_the_toolbar_and_the_text(page: Page) -> None:
    writing(page)
    put(page, TOLD)
    select(page, "Control+Home")
    sheet = page.locator("#sheet")
    expect(sheet).to_match_aria_snapshot(
        """
        - toolbar "Formatting":
          - group "Words":
            - button "Bold"
            - button "Italic"
            - button "Link"
            - button "Struck through"
          - group "Paragraphs":
            - button "Heading" [pressed]
            - button "Heading under a heading"
            - button "List"
            - button "Numbered list"
          - group "Insert":
            - button "Picture"
            - button "Link card"
            - button "Table"
          - group "Editor":
            - button "Undo"
            - button "Redo" [disabled]
            - button "Edit the HTML"
        - textbox "Text":
          - heading "Who came" [level=2]
          - paragraph:
            - text: They
            - strong: walked
            - link "out":
              - /url: /about/
          - heading "How many" [level=3]
          - table:
            - row "Depot Votes":
              - columnheader "Depot"
              - columnheader "Votes"
            - row "BHX4 412":
              - cell "BHX4"
              - cell "412"
          - list:
            - listitem:
              - paragraph: one
          - blockquote:
            - paragraph: Stay
          - figure: A film https://example.org/
        - paragraph
        - status
        """
    )
    expect(page.get_by_role("group", name="Table")).to_have_count(0)
    text(page).locator("td").first.click()
    table = page.get_by_role("toolbar").get_by_role("group", name="Table")
    expect(table.get_by_role("button", name="Row above")).to_be_visible()
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys and Markdown")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()


@pytest.fixture
def article(site: Served, open_context: Callable[..., BrowserContext]) -> Page:
    """The editor of a draft that was saved, in a browser of its own."""
    page = open_context().new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/desk/articles/new")
    page.get_by_label("Title", exact=True).fill("The night shift")
    writing(page)
    put(page, LONG)
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/desk/articles/\d+$"))
    return page


def test_what_is_typed_into_the_text_without_a_network_is_not_lost(article: Page) -> None:
    article.context.set_offline(True)
    writing(article)
    select(article, "Control+Home")
    article.keyboard.type("In the tunnel. ")
    expect(article.locator("#kept")).to_contain_text("kept in this browser", timeout=SOON)
    article.close(run_before_unload=False)
    article.context.set_offline(False)
    again = article.context.new_page()
    again.goto(article.url)
    expect(text(again)).not_to_contain_text("In the tunnel.")
    expect(again.locator("#found a").first).to_be_visible(timeout=SOON)
    again.locator("#found a").last.click()
    expect(again.locator("ins").first).to_contain_text("In the tunnel.")
    again.get_by_role("link", name="Take them into the editor").click()
    expect(text(again)).to_contain_text("In the tunnel. They voted.")


def test_two_tabs_of_one_text_lose_no_word_of_either(article: Page) -> None:
    other = article.context.new_page()
    other.goto(article.url)
    for tab, words in ((article, "In one tab. "), (other, "In the other. ")):
        tab.bring_to_front()
        writing(tab)
        select(tab, "Control+Home")
        tab.keyboard.type(words)
        tab.get_by_role("button", name="Save draft").click()
    expect(article.get_by_text("is saved.")).to_be_visible()
    expect(other.get_by_role("heading", name="Somebody else saved it")).to_be_visible()
    expect(other.locator("del").first).to_have_text("one tab.")
    expect(other.locator("ins").first).to_have_text("the other.")
    expect(text(other)).to_contain_text("In the other. They voted.")
    other.get_by_role("button", name="Save draft").click()
    expect(other.get_by_text("is saved.")).to_be_visible()
    expect(text(other)).to_contain_text("In the other. They voted.")


def test_a_check_before_publishing_leads_to_its_place(article: Page) -> None:
    address = article.url
    for wanted, words in (
        ("#body", ""),
        ("?find=How+many+came#body", "How many came"),
        ("?find=https%3A%2F%2Fexample.org%2Fgone%23a#body", "the minutes"),
        ("?find=nowhere#body", ""),
    ):
        article.goto("about:blank")
        article.goto(address + wanted)
        expect(text(article)).to_be_focused()
        article.wait_for_function("words => getSelection().toString() === words", arg=words)
        seen = article.evaluate(
            """() => {
              const bars = document.querySelector(".tools").getBoundingClientRect().bottom;
              const { top, bottom } = getSelection().getRangeAt(0).getBoundingClientRect();
              return top >= bars && bottom <= innerHeight;
            }"""
        )
        assert seen or not words
