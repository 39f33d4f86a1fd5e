"""The form that every article has is its own all the same, and speaks the site's language."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, render_template

from newsite.articles.models import Article
from newsite.db import db
from newsite.site.models import Site
from newsite.web.comments import empty
from newsite.web.comments.form import reply_form


def test_the_form_is_what_would_be_written_for_each_article(
    app: Flask, make_article: Callable[..., Article], now: datetime
) -> None:
    app.extensions.pop(empty.KEY, None)
    articles = [make_article(title) for title in ("Night shift votes", "Day shift votes")]
    with app.test_request_context():
        for at in (now, now + timedelta(days=3)):
            for article in articles:
                whole = render_template(
                    "comments/_fields.html", article=article, form=reply_form(article, at)
                )
                assert empty.form_html(article, at) == whole
                assert "\0" not in whole


def test_another_language_has_a_form_of_its_own(
    app: Flask, article: Article, site: Site, now: datetime
) -> None:
    app.extensions.pop(empty.KEY, None)
    for language in ("en-GB", "cy"):
        site.language = language
        db.session.commit()
        with app.test_request_context():
            empty.form_html(article, now)
    assert list(app.extensions[empty.KEY]) == ["en-GB", "cy"]
