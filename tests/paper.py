"""A site as one worker serves it, over a database that many threads can use."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from pages import SITE
from werkzeug.test import TestResponse

from newsite.accounts import actions as accounts
from newsite.accounts.models import Role, User
from newsite.articles import actions
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, RevisionKind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.site.models import Site
from newsite.web.pagecache import layer
from newsite.web.pagecache.layer import PageCache

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RESERVED = Reserved(frozenset(), ())


@dataclass
class Paper:
    """A site in a database of its own, as one worker serves it."""

    app: Flask
    now: datetime = NOW
    seconds: float = 100.0  # of the clock that only goes on

    @property
    def cache(self) -> PageCache:
        return self.app.extensions[layer.KEY]

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.app.test_client()
        return Context().run(
            client.open, path, method=method, base_url=SITE, headers=named, buffered=True
        )

    def fate(self, path: str) -> str:
        """What the layer says about how it came to the answer."""
        return self.get(path).headers.get("Cache-Status", "")

    def do(self, change: Callable[[], Any]) -> Any:
        """Makes a change and commits it, as another process would: the cache is not told."""

        def run() -> Any:
            with self.app.app_context():
                done = change()
                db.session.commit()
                return done

        return Context().run(run)

    def publish(self, title: str, **given: Any) -> tuple[int, str]:
        """The id and the path of a new article."""
        return self.do(lambda: write(title, **given))


def write(title: str, **given: Any) -> tuple[int, str]:
    """A published article, not committed; its id and its path. `picture` is one's number in its text."""
    given.setdefault("published_at", NOW - timedelta(days=2))
    given.setdefault("tags", (title.casefold(),))
    site = db.session.get_one(Site, 1)
    around: dict[str, Any] = {"site": site, "reserved": RESERVED, "now": NOW}
    picture = given.pop("picture", None)
    body = f'Words.\n\n<figure data-picture="{picture}"></figure>' if picture else "Words."
    article = actions.create(Draft(title=title, body=body, **given), by=None, **around)
    actions.publish(article, by=None, **around)
    return article.id, str(article.path)


def editor() -> User:
    """Somebody who may decide, not committed."""
    return accounts.create_user(
        email="edith@example.org", name="Edith", role=Role.editor,
        password="a long enough password", now=NOW,
    )  # fmt: skip


def correct(article_id: int, at: datetime) -> None:
    """Corrects an article, and moves it to another time."""
    article, site = db.session.get_one(Article, article_id), db.session.get_one(Site, 1)
    by = db.session.scalar(sa.select(User)) or editor()
    actions.save(
        article, Draft(title=article.title, body="Six.", published_at=at), version=article.version,
        kind=RevisionKind.correction, note="It was six.", by=by, now=NOW, site=site, reserved=RESERVED,
    )  # fmt: skip


def withdraw(article_id: int) -> None:
    """Takes an article out of the lists."""
    article, site = db.session.get_one(Article, article_id), db.session.get_one(Site, 1)
    actions.withdraw(article, reason="A name.", by=editor(), now=NOW, site=site)
