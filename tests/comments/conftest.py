"""Replies to make threads of."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db


@pytest.fixture
def reply() -> Callable[..., NewReply]:
    """What Ann sends, with whatever is said otherwise."""

    def make(body: str = "I was there.", **given: Any) -> NewReply:
        values: dict[str, Any] = {
            "author_name": "Ann",
            "email": "ann@example.org",
            "website": "",
            "body": body,
        }
        return NewReply(**(values | given))

    return make


@pytest.fixture
def sent(article: Article, reply: Callable[..., NewReply], now: datetime) -> Callable[..., Comment]:
    """Sends a reply; it waits. Each comes a minute after the one before."""
    times = iter(range(10_000))

    def send(body: str = "I was there.", *, to: Comment | None = None, **given: Any) -> Comment:
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        new = reply(body, parent_id=to.id if to else None, **given)
        comment = actions.submit_reply(article, new, now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def approved(sent: Callable[..., Comment], editor: User, now: datetime) -> Callable[..., Comment]:
    """Sends a reply that an editor puts on the page."""

    def send(body: str = "I was there.", **given: Any) -> Comment:
        comment = sent(body, **given)
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def circle(sent: Callable[..., Comment]) -> Callable[[int], list[Comment]]:
    """Makes replies of which each answers the one before, and the first the last: no action would."""

    def make(size: int) -> list[Comment]:
        members = [sent(f"No. {number} in a circle of {size}") for number in range(size)]
        for number, member in enumerate(members):
            member.parent_id = members[number - 1].id
        db.session.commit()
        return members

    return make


@pytest.fixture
def counted() -> Callable[[], AbstractContextManager[list[str]]]:
    """Notes the statements that are run inside."""
    return _counted


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements that are run inside."""
    run: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        run.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
