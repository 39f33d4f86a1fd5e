"""What may be wanting, in sentences, for whoever can mend it."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article, Format
from newsite.media.models import Picture

PASSWORD = "a long enough password"
Make = Callable[..., Article]


def test_a_writer_and_the_editor_who_reads_see_what_may_be_wanting(
    app: Flask, desk: Pages, make_article: Make, writer: User, make_picture: Callable[..., Picture]
) -> None:
    picture = make_picture(by=writer, alt="The gate")
    body = f'<h3>Pay</h3><h2>Out</h2><h4></h4><figure data-picture="{picture.id}"></figure><p>Words.</p>'
    given: dict[str, Any] = {"body": body, "body_format": Format.html, "standfirst": "S."}
    article = make_article("Mine", publish=False, by=writer, **given)
    writing = Pages(app).sign_in(writer, PASSWORD)
    page = writing.get(f"/desk/articles/{article.id}")
    assert "wanting" not in page.text  # while it is written, nobody is told
    page = page.form("editor").submit("Hand in for review")
    sentences = [
        f"The picture “{picture.name}” has no credit: nobody knows whose it is.",
        "The heading “Pay” leaves a level out.",
        "The heading “without words” leaves a level out.",
    ]
    assert page.texts(".lines li p") == sentences
    # The text is not the writer's to change before they take it back; a picture of theirs is.
    assert [link["href"] for link in page.all(".lines a")] == [f"/desk/pictures/{picture.id}"]
    page = desk.get(f"/desk/articles/{article.id}")
    assert page.texts(".lines li p") == sentences
    assert [link["href"] for link in page.all(".lines a")] == [
        f"/desk/pictures/{picture.id}",
        f"/desk/articles/{article.id}?find=Pay#body",
        f"/desk/articles/{article.id}#body",
    ]


def test_what_lacks_nothing_says_nothing(app: Flask, make_article: Make, writer: User) -> None:
    article = make_article("Mine", publish=False, by=writer, standfirst="S.")
    writing = Pages(app).sign_in(writer, PASSWORD)
    page = writing.get(f"/desk/articles/{article.id}").form("editor").submit("Hand in for review")
    assert "What may be wanting" not in page.text
