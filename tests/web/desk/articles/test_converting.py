"""Markdown becomes HTML when a button is pressed, and is stored when it is saved."""

from collections.abc import Callable

from pages import Pages

from newsite.articles.models import Article, Format
from newsite.db import db


def test_a_new_articles_markdown_becomes_html_in_its_form(desk: Pages) -> None:
    page = (
        desk.get("/desk/articles/new").form("editor").fill(title="", body="- a").submit(status=422)
    )
    page = page.form("editor").fill(title="Votes", body="## Who *came*").submit("Convert to HTML")
    form = page.form("editor")
    assert form.values["body"] == ["<h2>Who <em>came</em></h2>\n"]
    assert form.values["body_format"] == ["html"]
    assert form.values["title"] == ["Votes"]
    assert db.session.query(Article).count() == 0
    assert "Convert to HTML" not in page.texts("button")


def test_an_articles_markdown_is_stored_as_html_by_saving(
    desk: Pages, make_article: Callable[..., Article]
) -> None:
    article = make_article(body="One **two**\n\n<script>evil()</script>", publish=False)
    page = desk.get(f"/desk/articles/{article.id}").form("editor").submit("Convert to HTML")
    assert article.body_format is Format.markdown
    page.form("editor").submit("Save draft")
    db.session.refresh(article)
    assert article.body_format is Format.html
    assert article.body.strip() == "<p>One <strong>two</strong></p>"


def test_html_is_not_converted_again(desk: Pages, make_article: Callable[..., Article]) -> None:
    article = make_article(body="<p>a * b</p>", publish=False)
    form = desk.get(f"/desk/articles/{article.id}").form("editor").fill(body_format="html")
    page = form.submit("Convert to HTML")
    assert page.form("editor").values["body"] == ["<p>a * b</p>"]


def test_a_text_that_is_too_long_comes_back_as_it_was(desk: Pages) -> None:
    page = desk.get("/desk/articles/new").form("editor").fill(title="", body="a").submit(status=422)
    form = page.form("editor").fill(title="Votes", body="a" * 100_001)
    page = form.submit("Convert to HTML", status=422)
    assert "at most 100,000 characters" in page.text
    assert page.form("editor").values["body_format"] == ["markdown"]


def test_a_pages_markdown_is_converted_too(desk: Pages) -> None:
    page = (
        desk.get("/desk/articles/new-page")
        .form("editor")
        .fill(title="", body="a")
        .submit(status=422)
    )
    page = page.form("editor").fill(title="About").submit("Convert to HTML")
    assert page.form("editor").values["body"] == ["<p>a</p>\n"]
