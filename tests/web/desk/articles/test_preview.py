"""The preview: exactly the page as readers will see it, and nothing stored."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages, PageView

from newsite import changes
from newsite.accounts.models import User
from newsite.articles.models import Article, Kind, Revision, State, Tag
from newsite.db import db
from newsite.web.pagecache import layer

PASSWORD = "a long enough password"
Make = Callable[..., Article]


@pytest.fixture
def writing(app: Flask, writer: User) -> Pages:
    """Will's browser."""
    return Pages(app).sign_in(writer, PASSWORD)


def body(page: PageView) -> str:
    """The page as a browser draws it, without the token in its reply form, which is bound to the day."""
    for token in page.all('input[name="csrf_token"]'):
        token.decompose()
    return str(page.one("main"))


def test_a_preview_is_not_a_reading(app: Flask, desk: Pages, article: Article) -> None:
    desk.get(f"/desk/articles/{article.id}/preview")
    assert app.extensions[layer.KEY].readings.taken() == {}
    desk.get(str(article.path))
    assert sum(app.extensions[layer.KEY].readings.taken().values()) == 1


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_the_preview_of_a_published_article_is_its_page(
    desk: Pages, pages: Pages, article: Article
) -> None:
    shown = desk.get(f"/desk/articles/{article.id}/preview")
    assert shown.html == pages.get("/2026/11/night-shift-votes/").html
    assert shown.response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("kind", list(Kind))
def test_a_draft_looks_as_it_will_once_it_is_out(
    kind: Kind, desk: Pages, pages: Pages, make_article: Make
) -> None:
    article = make_article("Strike", publish=False, kind=kind, standfirst="Soon.", tags=("rota",))
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    from_form = form.submit("Preview")
    stored = desk.get(f"/desk/articles/{article.id}/preview")
    assert (article.state, article.path, article.version) == (State.draft, None, 1)
    form.submit("Publish")
    published = body(pages.get(str(article.path)))
    assert body(stored) == published
    assert body(from_form) == published


def test_what_is_typed_is_shown_and_not_stored(desk: Pages, article: Article) -> None:
    before = changes.latest()
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(
        title="Another title",
        body="*New* text.",
        tags="new tag",
        change="correction",
        note="It was six.",
    ).submit("Preview")
    assert page.h1 == "Another title"
    assert page.texts(".body em") == ["New"]
    assert "It was six." in page.text
    assert page.texts(".tags a") == ["new tag"]
    assert (article.title, article.version) == ("Night shift votes", 2)
    assert (count(Revision), count(Tag)) == (1, 0)
    assert changes.latest() == before


@pytest.mark.parametrize("address", ["new", "new-page"])
def test_what_was_never_saved_has_a_preview(address: str, desk: Pages) -> None:
    form = (
        desk.get(f"/desk/articles/{address}").form("editor").fill(title="🔥", body="First words.")
    )
    page = form.submit("Preview")
    assert page.h1 == "🔥"
    assert "First words." in page.text
    assert count(Article) == 0


def test_a_scheduled_article_is_shown_as_of_its_time(
    desk: Pages, make_article: Make, now: object
) -> None:
    first = make_article("First", published_at=now + timedelta(days=1))  # type: ignore[operator]
    second = make_article("Second", published_at=now + timedelta(days=2))  # type: ignore[operator]
    page = desk.get(f"/desk/articles/{second.id}/preview")
    assert page.link(f"Previous {first.title}") == first.path
    assert "24 November 2026" in page.text
    assert "Leave a Reply" in page.text


def test_a_preview_without_a_text_is_no_mistake(desk: Pages) -> None:
    page = (
        desk.get("/desk/articles/new").form("editor").fill(title="Only a title").submit("Preview")
    )
    assert page.h1 == "Only a title"


def test_a_preview_that_cannot_be_made_shows_the_form_again(desk: Pages) -> None:
    form = (
        desk.get("/desk/articles/new").form("editor").fill(body="Long and dear.", path="/desk/x/")
    )
    page = form.submit("Preview", 422)
    assert page.form("editor").values["body"] == ["Long and dear."]
    page = page.form("editor").fill(title="T").submit("Preview", 422)
    assert "The site itself uses addresses that begin with /desk" in page.text


def test_a_writer_previews_own_drafts_only(
    writing: Pages, make_article: Make, writer: User, editor: User
) -> None:
    own, other = (make_article("T", publish=False, by=user) for user in (writer, editor))
    assert writing.get(f"/desk/articles/{own.id}/preview").h1 == "T"
    writing.get(f"/desk/articles/{other.id}/preview", 403)
    writing.get("/desk/articles/999/preview", 404)
