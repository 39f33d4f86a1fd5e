"""A reader and their reply, in a real browser: answering in place, words that are kept, one's own page.

Everything is there without scripts too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from beside import beside, publish
from looked_at import examine
from playwright.sync_api import BrowserContext, Page, expect
from served import Served

from newsite.accounts.models import User
from newsite.comments import actions, links
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site import queries as sites

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
LOOKS = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]


@dataclass(frozen=True)
class Place:
    """A site with an article and a reply on its page."""

    site: Served
    article: str  # its address
    comment: int


@pytest.fixture(scope="module")
def place(serve: Callable[..., Served]) -> Place:
    """An article with a reply by Bea."""
    site = serve()
    with beside(site) as app:
        sites.the_site().replies_flood_seconds = 0
        article = publish(app, "Night shift votes")
        comment = approved("I was there.", article=article, name="Bea")
        return Place(site, site.url + str(article.path), comment)


def approved(body: str, *, article: object, name: str = "Ann", to: int | None = None) -> int:
    """The id of a reply on the page."""
    now = datetime.now(UTC)
    new = NewReply(name, f"{name.lower()}@example.org", "", body, to)
    comment = actions.submit_reply(article, new, now=now)  # type: ignore[arg-type]
    actions.approve(comment, by=db.session.scalars(sa.select(User)).one(), now=now)
    db.session.commit()
    return comment.id


def reply_at(page: Page) -> None:
    """Sends what stands in the form."""
    page.get_by_label(re.compile("^Name")).fill("Ann")
    page.get_by_label(re.compile("^Email")).fill("ann@example.org")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("heading", level=1, name="Your reply")).to_be_visible()


def words(page: Page) -> str:
    return page.get_by_label(re.compile("^Comment")).input_value()


@BOTH
def test_a_reader_answers_a_reply(
    place: Place, open_context: Callable[..., BrowserContext], scripts: bool
) -> None:
    page = open_context(java_script_enabled=scripts).new_page()
    page.goto(place.article)
    page.get_by_role("link", name="Reply to Bea").click()
    if scripts:
        assert page.url == place.article
        expect(page.locator(f"#comment-{place.comment} form b")).to_have_text("Reply to Bea")
        expect(page.get_by_label(re.compile("^Comment"))).to_be_focused()
    body = f"So was I, {'with' if scripts else 'without'} scripts."
    page.get_by_label(re.compile("^Comment")).fill(body)
    reply_at(page)
    with beside(place.site):
        sent = db.session.scalars(sa.select(Comment).where(Comment.body == body)).one()
        assert sent.parent_id == place.comment


def test_who_thinks_again_has_the_form_where_it_was(place: Place, page: Page) -> None:
    page.goto(place.article)
    link = page.get_by_role("link", name="Reply to Bea")
    link.click()
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_hidden()
    examine(page)
    page.get_by_role("link", name="Cancel reply").click()
    expect(link).to_be_focused()
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    expect(page.locator("#respond form textarea")).to_be_visible()
    assert page.locator("[name=to]").count() == 0
    link.click()
    link.click()
    assert page.locator("[name=to]").count() == 1


def test_words_are_kept_until_they_are_sent_and_no_longer(place: Place, page: Page) -> None:
    body = "I have been writing this for an hour."
    page.goto(place.article)
    page.get_by_label(re.compile("^Comment")).fill(body)
    page.goto(place.site.url)
    page.goto(place.article)
    assert words(page) == body
    reply_at(page)
    page.goto(place.article)
    assert words(page) == ""


def test_words_that_are_deleted_are_not_kept(place: Place, page: Page) -> None:
    page.goto(place.article)
    page.get_by_label(re.compile("^Comment")).fill("No.")
    page.get_by_label(re.compile("^Comment")).fill("")
    page.reload()
    assert words(page) == ""
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_keeps_nothing_still_replies(place: Place, page: Page) -> None:
    forbid = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    page.add_init_script(forbid)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(place.article)
    page.get_by_role("link", name="Reply to Bea").click()
    expect(page.locator(f"#comment-{place.comment} textarea")).to_be_focused()
    assert failures == []


@BOTH
def test_its_writer_edits_confirms_and_withdraws(
    place: Place, open_context: Callable[..., BrowserContext], scripts: bool
) -> None:
    page = open_context(java_script_enabled=scripts).new_page()
    with beside(place.site):
        article = db.session.get_one(Comment, place.comment).article
        comment = approved(f"One, {scripts}", article=article)
        answer = approved(f"Two, {scripts}", article=article, name="Cem", to=comment)
        path = links.status_path(comment, links.MAIL, now=datetime.now(UTC))
    page.goto(place.site.url + path)
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_text("Address confirmed")).to_be_visible()
    page.get_by_text("Change the words").click()
    page.get_by_label("Comment").fill(f"Other words, {scripts}")
    page.get_by_role("button", name="Save the words").click()
    expect(page.get_by_text(f"Other words, {scripts}").first).to_be_visible()
    page.get_by_text("Withdraw this reply").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("You have withdrawn this reply.")).to_be_visible()
    page.wait_for_timeout(1_000)  # within which every worker hears of it
    page.goto(place.article)
    gap = page.locator(f"#comment-{comment} > p")
    expect(gap).to_have_text("This reply was removed by its author.")
    expect(page.locator(f"#comment-{answer}")).to_contain_text(f"Two, {scripts}")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_pages_of_a_reply_are_for_everybody(
    place: Place, open_context: Callable[..., BrowserContext], width: int, scheme: str
) -> None:
    page = open_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    with beside(place.site):
        path = links.status_path(place.comment, links.MAIL, now=datetime.now(UTC))
    page.goto(place.site.url + path)
    page.get_by_text("Withdraw this reply").click()
    page.get_by_text("Change the words").click()
    examine(page)
    page.get_by_label("Comment").fill("x" * 5_001)
    page.get_by_role("button", name="Save the words").click()
    page.get_by_role("heading", name="Nothing has been changed").wait_for()
    examine(page)
    page.goto(place.article)
    page.locator(f"#comment-{place.comment}").get_by_role("link", name="Report").first.click()
    page.get_by_role("heading", level=1, name="Report a reply").wait_for()
    examine(page)
    if (width, scheme) == LOOKS[0]:
        page.get_by_role("button", name="Send the report").click()
        page.get_by_role("heading", name="Your report has not been sent yet").wait_for()
        examine(page)
        page.get_by_label("What is wrong with it").select_option("spam")
        page.get_by_role("button", name="Send the report").click()
        page.get_by_role("heading", level=1, name="Thank you for your report").wait_for()
        examine(page)
