"""An article as what a reply is about says the same as the article itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from newsite.articles import subjects
from newsite.articles.models import Article, State
from newsite.db import db


def test_a_subject_says_what_its_article_says(
    make_article: Callable[..., Article], now: datetime
) -> None:
    later = now + timedelta(days=1)
    changes: list[dict[str, Any]] = [
        {},
        {"replies_open": False},
        {"published_at": later},
        {"state": State.withdrawn, "withdrawn_reason": "It was wrong."},
        {"state": State.draft, "published_at": None},
    ]
    cases = [make_article(f"No. {number}") for number in range(len(changes))]
    for article, values in zip(cases, changes, strict=True):
        for name, value in values.items():
            setattr(article, name, value)
    db.session.commit()
    for article in cases:
        subject = subjects.by_id(article.id)
        assert subject is not None
        for name in subject._fields:
            assert getattr(subject, name) == getattr(article, name)
        for at in (now, later):
            assert subject.is_public(at) == article.is_public(at)
            for days in (None, 1, 14):
                assert subject.takes_replies(at, days) == article.takes_replies(at, days)


def test_an_article_that_is_not_there_is_no_subject(article: Article) -> None:
    assert subjects.by_id(article.id + 1) is None
