"""Replies that wait, and the browser of an editor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db

Send = Callable[..., Comment]


@pytest.fixture
def sent(article: Article, now: datetime) -> Send:
    """Sends a reply; it waits. Each comes a minute after the one before."""
    times = iter(range(1_000))

    def send(body: str = "I was there.", *, to: Comment | None = None, **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""} | given
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        new = NewReply(body=body, parent_id=to.id if to else None, **values)
        comment = actions.submit_reply(article, new, now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def desk(pages: Pages, editor: User) -> Pages:
    """Edith's browser; she is signed in."""
    return pages.sign_in(editor, "a long enough password")
