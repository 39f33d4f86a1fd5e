"""A page before it is out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from newsite.articles.models import Article, State
from newsite.db import db
from newsite.web.previewing import shown


def test_nothing_of_what_is_shown_is_stored(
    app: Flask, make_article: Callable[..., Article], now: datetime
) -> None:
    article = make_article("Soon", publish=False, published_at=now + timedelta(days=1))
    with app.test_request_context("/"), db.session.no_autoflush:
        page = shown(article, "Not yet.")
    assert "Not yet." in page
    assert "23 November 2026" in page
    db.session.refresh(article)
    assert (article.state, article.path) == (State.draft, None)
