"""Handing in, taking back, sending back."""

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
from newsite.articles import reviewing
from newsite.articles.models import Article, State
from newsite.db import db

PASSWORD = "a long enough password"
Make = Callable[..., Article]


@pytest.fixture
def writing(app: Flask, writer: User) -> Pages:
    """Will's browser."""
    return Pages(app).sign_in(writer, PASSWORD)


@pytest.fixture
def handed_in(make_article: Make, writer: User, now: Any) -> Article:
    """An article of Will's that waits for an editor."""
    article = make_article("Mine", publish=False, by=writer)
    reviewing.submit(article, by=writer, now=now)
    db.session.commit()
    return article


def test_a_writer_saves_and_hands_in_with_one_button(writing: Pages) -> None:
    form = writing.get("/desk/articles/new").form("editor").fill(title="Mine", body="Words.")
    assert not form.form.select('button[value="publish"]')
    page = form.submit("Hand in for review")
    assert "“Mine” is saved, and waits for an editor." in page.text
    assert page.h1 == "Mine"
    assert "In review" in page.texts(".badge")
    assert not page.all("form#editor")
    assert page.follow("All versions").h1 == "Versions of “Mine”"
    assert [entry.action for entry in audit.latest(2)] == ["handed in", "began"]
    assert page.pages.get(page.link("See it as a page")).h1 == "Mine"


def test_a_writer_reads_the_words_that_were_handed_in_and_their_markup_on_asking(
    writing: Pages,
) -> None:
    form = writing.get("/desk/articles/new").form("editor")
    form.fill(title="Mine", body="<p>The <b>count</b>.</p><p>Six.</p>", body_format="html")
    page = form.submit("Hand in for review")
    shown = [one.get_text() for one in page.all(".words") if not one.find_parent("details")]
    assert shown == ["The count.\nSix."]
    assert page.texts("details .words") == ["<p>The <b>count</b>.</p><p>Six.</p>"]
    assert not page.all(".words b")  # shown as it was written, never run


def test_a_text_that_is_empty_is_not_handed_in_and_not_lost(writing: Pages) -> None:
    form = writing.get("/desk/articles/new").form("editor").fill(title="Mine")
    page = form.submit("Hand in for review", 422)
    assert "Write the text before you hand it in." in page.text
    assert page.form("editor").values["title"] == ["Mine"]


def test_a_writer_takes_it_back_to_go_on(writing: Pages, handed_in: Article) -> None:
    page = writing.get(f"/desk/articles/{handed_in.id}").press("Take it back")
    assert "“Mine” is a draft again." in page.text
    assert page.form("editor").values["title"] == ["Mine"]
    assert audit.latest(1)[0].action == "took back from review"


def test_what_is_typed_into_another_tab_meanwhile_is_refused_and_shown(
    writing: Pages, make_article: Make, writer: User, now: Any
) -> None:
    article = make_article("Mine", publish=False, by=writer)
    form = writing.get(f"/desk/articles/{article.id}").form("editor").fill(body="Newer words.")
    reviewing.submit(article, by=writer, now=now)
    db.session.commit()
    page = form.submit(status=403)
    assert "Take it back before you change it." in page.text
    assert page.form("editor").values["body"] == ["Newer words."]


def test_an_editor_sees_what_waits_and_sends_it_back(
    app: Flask, desk: Pages, writing: Pages, handed_in: Article
) -> None:
    page = desk.get("/desk/")
    assert "1 waiting" in page.texts(".places .count")
    assert page.follow("Mine").h1 == "Mine"
    page = desk.get("/desk/articles/?state=review").follow("Mine").follow("Send it back")
    page = page.form("send-back").fill(words=" ").submit(status=422)
    assert "Write the note." in page.text
    page = page.form("send-back").fill(words="w" * 2_001).submit(status=422)
    assert "2000 characters or fewer" in page.text
    page = page.form("send-back").fill(words="Who said so?").submit()
    assert "“Mine” is back with its writer." in page.text
    assert audit.latest(1)[0].action == "sent back"
    assert "Who said so?" in writing.get(f"/desk/articles/{handed_in.id}").one(".said").get_text()
    talk = writing.get("/desk/").follow("1 open note")  # Today says that there is an answer
    assert "Who said so?" in talk.text


def test_an_editor_publishes_what_was_handed_in(desk: Pages, handed_in: Article) -> None:
    form = desk.get(f"/desk/articles/{handed_in.id}").form("editor")
    form.fill(standfirst="A count.").submit("Publish")
    assert handed_in.state is State.published


def test_saving_by_an_editor_leaves_it_in_review(desk: Pages, handed_in: Article) -> None:
    page = desk.get(f"/desk/articles/{handed_in.id}").form("editor").fill(title="Ours").submit()
    assert "“Ours” is saved, and waits for an editor." in page.text
    assert handed_in.state is State.review


def test_a_scheduled_wish_survives_the_review(
    desk: Pages, writing: Pages, now: Any, make_article: Make, writer: User
) -> None:
    at = now + timedelta(days=1)
    article = make_article("Mine", publish=False, by=writer, published_at=at)
    writing.get(f"/desk/articles/{article.id}").form("editor").submit("Hand in for review")
    desk.get(f"/desk/articles/{article.id}").form("editor").fill(standfirst="S.").submit("Schedule")
    assert (article.state, article.published_at) == (State.published, at)


@pytest.mark.parametrize("deed", ["take-back", "send-back"])
def test_what_is_not_in_review_does_not_go_back(deed: str, desk: Pages, make_article: Make) -> None:
    article = make_article(publish=False)
    here = f"/desk/articles/{article.id}"
    token = desk.get(here).form("editor").values["csrf_token"]
    status = 422 if deed == "send-back" else 200
    page = desk.submit(f"{here}/{deed}", {"csrf_token": token, "words": "No."}, status)
    assert "The article is not in review." in page.text


@pytest.mark.parametrize("deed", ["take-back", "send-back"])
def test_somebody_who_saves_at_the_same_moment_wins(
    deed: str, desk: Pages, handed_in: Article
) -> None:
    here = f"/desk/articles/{handed_in.id}"
    token = desk.get(here).form("editor").values["csrf_token"]

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        session.connection().execute(sa.update(Article).values(version=Article.version + 1))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    page = desk.submit(f"{here}/{deed}", {"csrf_token": token, "words": "No."})
    assert "Somebody saved it at the same moment." in page.text
    assert handed_in.state is State.review


def test_a_reader_finds_nothing_of_it(
    pages: Pages, make_article: Make, writer: User, now: Any
) -> None:
    article = make_article("Mine", publish=False, by=writer, path="/mine/", published_at=now)
    reviewing.submit(article, by=writer, now=now)
    db.session.commit()
    assert pages.fetch("/mine/").status_code == 404
    assert pages.fetch("/mine/atom.xml").status_code == 404
    assert "Mine" not in pages.get("/").text
