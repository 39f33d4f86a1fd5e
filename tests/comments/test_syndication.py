"""Programs that follow an article are given its newest replies."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, syndication
from newsite.comments.models import Comment
from newsite.db import db

Send = Callable[..., Comment]
Counted = Callable[[], AbstractContextManager[list[str]]]


def test_the_newest_come_first_and_none_that_waits_or_was_removed(
    article: Article, sent: Send, approved: Send, editor: User, now: datetime
) -> None:
    first, second = approved("One"), approved("Two")
    approved("Three", to=second)
    sent("Four")
    actions.trash(second, by=editor, now=now)
    db.session.commit()
    found = syndication.newest(article)
    assert [one.body_html for one in found] == ["<p>Three</p>", "<p>One</p>"]
    assert found[-1].id == first.id


def test_no_more_than_the_newest(
    article: Article, approved: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syndication, "FEED_SIZE", 2)
    syndication._newest.cache_clear()
    for body in ("One", "Two", "Three"):
        approved(body)
    assert [one.body_html for one in syndication.newest(article)] == ["<p>Three</p>", "<p>Two</p>"]
    syndication._newest.cache_clear()


def test_words_of_an_older_policy_are_cleaned_first(article: Article, approved: Send) -> None:
    comment = approved("Plain words.")
    comment.body_html, comment.body_policy = "<script>old</script>", 0
    db.session.commit()
    (shown,) = syndication.newest(article)
    assert shown.body_html == "<p>Plain words.</p>"


def test_it_takes_two_queries_and_none_without_replies(
    article: Article, approved: Send, counted: Counted
) -> None:
    assert article.reply_count == 0
    with counted() as run:
        assert syndication.newest(article) == []
    assert run == []
    for body in ("One", "Two", "Three"):
        approved(body)
    assert article.reply_count == 3
    with counted() as run:
        syndication.newest(article)
    assert len(run) == 2
