"""Withdrawing, throwing away and taking back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages
from sqlalchemy import event

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.models import Article, State
from newsite.db import db

PASSWORD = "a long enough password"
Make = Callable[..., Article]


@pytest.fixture
def writing(app: Flask, writer: User) -> Pages:
    """Will's browser."""
    return Pages(app).sign_in(writer, PASSWORD)


def test_an_article_is_withdrawn_with_a_reason_that_readers_see(
    desk: Pages, pages: Pages, article: Article
) -> None:
    page = desk.get(f"/desk/articles/{article.id}").follow("Withdraw it")
    assert page.h1 == "Withdraw “Night shift votes”"
    page = page.form("withdrawal").fill(reason="  ").submit(status=422)
    assert "Say why" in page.one("#reason-error").get_text()
    page = page.form("withdrawal").fill(reason="r" * 501).submit(status=422)
    assert "500 characters or fewer" in page.text
    page = page.form("withdrawal").fill(reason="A name was wrong.").submit()
    assert "“Night shift votes” is withdrawn." in page.text
    assert "A name was wrong." in pages.get("/2026/11/night-shift-votes/", 410).text
    assert audit.latest(1)[0].action == "withdrew"


def test_a_scheduled_article_is_taken_back_with_one_button(
    desk: Pages, make_article: Make, now: Any
) -> None:
    article = make_article(published_at=now + timedelta(days=1))
    page = desk.get(f"/desk/articles/{article.id}")
    assert "Take it back to a draft" in page.texts(".row button")
    form = page.all(f'form[action="/desk/articles/{article.id}/withdraw"]')[0]
    token = form.select('input[name="csrf_token"]')[0]["value"]
    page = desk.submit(f"/desk/articles/{article.id}/withdraw", {"csrf_token": token})
    assert "is a draft again." in page.text
    assert (article.state, article.published_at) == (State.draft, None)
    assert audit.latest(1)[0].action == "took back to a draft"


def press(pages: Pages, address: str, at: str) -> Any:
    """The page after pressing the button that posts to `address`, which stands on the page `at`."""
    page = pages.get(at)
    form = page.all(f'form[action="{address}"]')
    token = (form or page.all('form[method="post"]'))[0].select('input[name="csrf_token"]')[0][
        "value"
    ]
    return pages.submit(address, {"csrf_token": token})


def test_a_writer_throws_a_draft_away_and_takes_it_back(
    writing: Pages, make_article: Make, writer: User
) -> None:
    article = make_article("Mine", publish=False, by=writer)
    page = press(writing, f"/desk/articles/{article.id}/trash", f"/desk/articles/{article.id}")
    assert page.h1 == "Articles"
    assert "“Mine” is in the trash." in page.text
    assert page.one(".notice button").get_text() == "Undo"
    assert article.state is State.trash
    assert writing.get("/desk/articles/?state=trash").follow("Mine").h1 == "Mine"
    page = press(writing, f"/desk/articles/{article.id}/restore", f"/desk/articles/{article.id}")
    assert "“Mine” is a draft again." in page.text
    assert article.state is State.draft
    assert [entry.action for entry in audit.latest(2)] == [
        "took out of the trash",
        "put in the trash",
    ]


def test_a_withdrawn_article_comes_back_withdrawn(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}"
    desk.get(f"{here}/withdraw").form("withdrawal").fill(reason="A name.").submit()
    press(desk, f"{here}/trash", here)
    assert "is out of the trash, and withdrawn." in press(desk, f"{here}/restore", here).text
    assert article.state is State.withdrawn


def test_what_readers_see_is_not_thrown_away(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}"
    page = press(desk, f"{here}/trash", here)
    assert "Withdraw the article before you put it in the trash." in page.text
    assert article.state is State.published
    assert "not in the trash" in press(desk, f"{here}/restore", here).text


@pytest.mark.parametrize("deed", ["trash", "withdraw"])
def test_somebody_who_saves_at_the_same_moment_wins(
    deed: str, desk: Pages, make_article: Make
) -> None:
    article = make_article(publish=deed == "withdraw")
    here = f"/desk/articles/{article.id}"
    token = desk.get(here).form("editor").values["csrf_token"]

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        session.connection().execute(sa.update(Article).values(version=Article.version + 1))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    page = desk.submit(f"{here}/{deed}", {"csrf_token": token, "reason": "A name."})
    assert "Somebody saved it at the same moment." in page.text
    assert article.state is (State.published if deed == "withdraw" else State.draft)


def test_a_writer_does_nothing_to_what_is_not_theirs(writing: Pages, article: Article) -> None:
    token = writing.get("/desk/articles/new").form("editor").values["csrf_token"]
    for deed in ("trash", "restore", "withdraw", "preview"):
        answer = writing.post(f"/desk/articles/{article.id}/{deed}", {"csrf_token": token})
        assert answer.status_code == 403
    assert article.state is State.published
