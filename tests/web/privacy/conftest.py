"""Parveen, who has sent replies, and her mail."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

import pytest
from pages import Pages, PageView
from sqlalchemy import event

from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.letters.links import privacy_path
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db

EMAIL = "parveen@quillmark.example"


@pytest.fixture
def sent(article: Article, now: datetime) -> Callable[..., Comment]:
    """Sends a reply of Parveen's, unless somebody else is named; it waits."""
    times = iter(range(10_000))

    def send(body: str = "The turnstile jammed.", **named: str) -> Comment:
        given = {"author_name": "Parveen", "email": EMAIL, "website": ""} | named
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        comment = actions.submit_reply(article, NewReply(**given, body=body), now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def enter(pages: Pages, now: datetime) -> Callable[[Comment], PageView]:
    """Opens the mailed link of whoever sent this reply, and presses its button."""
    times = iter(range(10_000))

    def open_(comment: Comment) -> PageView:
        at = now - timedelta(seconds=next(times))  # each link is another one
        return pages.get(privacy_path(comment.id, now=at)).form("door").submit()

    return open_


@pytest.fixture
def counting() -> Callable[[], AbstractContextManager[list[str]]]:
    """Notes the statements that are run inside."""

    @contextmanager
    def noted() -> Iterator[list[str]]:
        run: list[str] = []

        def note(connection: object, cursor: object, statement: str, *more: object) -> None:
            run.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield run
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return noted
