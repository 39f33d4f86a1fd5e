"""Saving an article of 4,000 words at the desk, from POST to 303, and keeping it while it is typed: in this process."""

import gc
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from benchmarks import sites
from benchmarks.arrivals import percentile
from benchmarks.plan import Plan
from benchmarks.sites import URL
from benchmarks.table import Row
from benchmarks.words import Words
from newsite.accounts import passwords
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import db

WORDS, SAVES, FIRST = 4_000, 60, 5  # how many count, and how many come before them
PARAGRAPH = 330  # characters
PASSWORD = "a long enough password"  # noqa: S105  # of a site that is gone a minute later
HTML, MARKDOWN = "html", "markdown"
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
_OURS = {"Sec-Fetch-Site": "same-origin"}


class Took(NamedTuple):
    """Seconds that one request took."""

    clock: float
    cpu: float


class Desk:
    """Somebody who is signed in, with a published article open."""

    def __init__(self, app: Flask) -> None:
        with app.test_request_context():
            user = db.session.scalars(sa.select(User)).one()
            user.password_hash = passwords.hashed(PASSWORD)
            email = user.email
            newest = sa.select(Article).where(Article.path.is_not(None), Article.kind == "article")
            article = db.session.scalars(newest.order_by(Article.id.desc()).limit(1)).one()
            self.id, self.version = article.id, article.version
            db.session.commit()
            db.session.remove()
        # Without the access log, which would be written to a terminal.
        self.client = Client(app.wsgi_app.app, Response)  # type: ignore[attr-defined]
        token = self._token("/desk/login")
        self._sent("/desk/login", {"email": email, "password": PASSWORD, "csrf_token": token}, 303)
        self.token = self._token(f"/desk/articles/{self.id}")

    def save(self, number: int, form: str) -> Took:
        """Stores another text in the article, as an update that readers see."""
        took = self._sent(f"/desk/articles/{self.id}", self._fields(number, form), 303)
        self.version += 1
        return took

    def keep(self, number: int, form: str) -> Took:
        """Keeps another text beside the article, as the editor does while somebody types."""
        return self._sent(
            f"/desk/articles/drafts/{self.id}.0a1b2c3d", self._fields(number, form), 200
        )

    def _fields(self, number: int, form: str) -> dict[str, str]:
        return {
            "csrf_token": self.token, "version": str(self.version), "change": "update", "title": "The long read",
            "standfirst": "What was said all night.", "body": text(number, form), "body_format": form,
            "byline": "Edith", "label": "news", "replies": "open", "section": "", "tags": "Strikes, Night",
            "first_published_precision": "day",
        }  # fmt: skip

    def _token(self, path: str) -> str:
        found = _TOKEN.search(self.client.get(path, base_url=URL).text)
        if found is None:
            raise RuntimeError(f"{path} has no form")
        return found[1]

    def _sent(self, path: str, fields: dict[str, str], status: int) -> Took:
        clock, cpu = time.perf_counter(), time.thread_time()
        response = self.client.post(path, base_url=URL, headers=_OURS, data=fields)
        took = Took(time.perf_counter() - clock, time.thread_time() - cpu)
        if response.status_code != status:
            raise RuntimeError(f"{path} was answered by {response.status}")
        return took


def run(plan: Plan) -> list[Row]:
    """On a copy of the small site, on SQLite, durable."""
    with tempfile.TemporaryDirectory(dir=plan.folder) as folder:
        app = sites.copied(plan.small(), Path(folder)).app()
        desk = Desk(app)
        gc.collect()
        gc.freeze()  # as the server does: what was there before is not looked through again
        rows = measured(desk, SAVES)
        with app.app_context():
            db.engine.dispose()
    return rows


def measured(desk: Desk, times: int) -> list[Row]:
    """What so many of each take, one after the other."""
    name = f"an article of {WORDS:,} words"
    return [
        _row(f"{name} in HTML saved, POST to 303", desk.save, HTML, times),
        _row(f"{name} in Markdown saved, POST to 303", desk.save, MARKDOWN, times),
        _row(f"{name} kept while it is typed", desk.keep, HTML, times),
    ]


def text(number: int, form: str) -> str:
    """A text of 4,000 words with a heading for each tenth paragraph and some links; another for each number."""
    words, blocks, count = Words(number), [], 0
    while count < WORDS:
        said = words.text(PARAGRAPH)
        count += len(said.split())
        link = "/archive/"
        if form == HTML:
            blocks.append(f'<p>{said} <a href="{link}">More</a></p>')
        else:
            blocks.append(f"{said} [More]({link})")
        if len(blocks) % 10 == 0:
            heading = words.words(4)
            blocks.append(f"<h2>{heading}</h2>" if form == HTML else f"## {heading}")
    return "\n\n".join(blocks)


def _row(name: str, deed: Callable[[int, str], Took], form: str, times: int) -> Row:
    took = [deed(number, form) for number in range(FIRST + times)][FIRST:]
    clock, cpu = ([getattr(one, name) * 1000 for one in took] for name in Took._fields)
    return Row(
        f"{name}: p95 on the clock; median",
        f"{percentile(clock, 0.95):.0f} ms; {median(clock):.0f} ms",
        f"{median(cpu):.0f} ms of CPU",
    )
