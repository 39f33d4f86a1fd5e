"""A reply from POST to 303 with every rule, limit and letter there is, against one with none: CPU in this process."""

import gc
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from benchmarks.arrivals import percentile
from benchmarks.inside import called
from benchmarks.plan import Plan
from benchmarks.sites import SECRET, URL
from benchmarks.table import Row
from benchmarks.words import Words
from newsite import create_app, mail_settings
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import bans
from newsite.comments.letters.jobs import Kind
from newsite.comments.models import BanKind, Comment, Status
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.config import Settings
from newsite.db import db
from newsite.outbox import Job
from newsite.site import discussion
from newsite.site.discussion import Discussion
from newsite.site.models import Site

REPLIES, FIRST = 400, 40  # that are counted, of each kind; and that come before them
CHARS = 400
ARTICLES = 60  # that are answered in turn
KEYS = 2_000  # lines of each list: as many as it holds
BANS = 500  # of each kind
MAIL = (
    "smtp://127.0.0.1:2525"  # nothing is sent meanwhile: letters wait in the outbox for the worker
)
_TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
_BROWSER = {"Origin": URL, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0)"}
_NOTHING = Discussion(
    house_rules="",
    replies_hold_all=False,
    replies_hold_unknown=False,
    replies_max_links=0,
    moderation_keys="",
    disallowed_keys="",
    replies_flood_seconds=0,
    replies_close_days=None,
    replies_depth=5,
    replies_threads=50,
    takes_reports=False,
)


class Side(NamedTuple):
    """A site with rules of its own, and the tokens of its articles."""

    app: Any  # a Flask app; what its access log would write is left out
    tokens: dict[int, str]  # of the articles' forms, by their ids
    took: list[float]  # seconds of CPU, one for each reply that counts


def run(plan: Plan) -> list[Row]:
    """Three copies of the small site, whose replies take turns: the same words, by the same people."""
    with tempfile.TemporaryDirectory(dir=plan.folder) as folder:
        full = _side(plan, Path(folder) / "full", _everything(), is_full=True)
        held = _side(plan, Path(folder) / "held", replace(_NOTHING, replies_hold_all=True))
        bare = _side(plan, Path(folder) / "bare", _NOTHING)
        sides = (full, held, bare)
        gc.collect()
        gc.freeze()  # as the server does: what was there before is not looked through again
        for number, sent in enumerate(_replies()):
            for side in sides:
                seconds = _posted(side, number, sent)
                if number >= FIRST:
                    side.took.append(seconds)
        _check(full, Status.pending, letters=FIRST + REPLIES)
        _check(held, Status.pending, letters=0)
        _check(bare, Status.approved, letters=0)
        for side in sides:
            with side.app.app_context():
                db.engine.dispose()
    return [*_rows("which waits", full, held), *_rows("which appears at once", full, bare)]


def _rows(what: str, full: Side, other: Side) -> list[Row]:
    name = f"a reply of {CHARS} characters, POST to 303, everything on, against one {what}: CPU"
    rows = []
    for words, part in (("median", 0.5), ("p95", 0.95)):
        ours, theirs = (percentile(side.took, part) * 1000 for side in (full, other))
        rows.append(
            Row(f"{name}, {words}", f"{ours:.2f} ms", f"{theirs:.2f} ms", ours / theirs),
        )
    extra = median(a - b for a, b in zip(full.took, other.took, strict=True)) * 1000
    rows.append(Row("the same reply, on less off: median", f"{extra:.2f} ms"))
    return rows


def _side(plan: Plan, folder: Path, chosen: Discussion, *, is_full: bool = False) -> Side:
    shutil.copytree(plan.small().data, folder)
    mail = None
    if is_full:
        environ = {mail_settings.URL: MAIL, mail_settings.SENDER: "Paper <paper@example.org>"}
        mail = mail_settings.from_environment(environ, [])
    app = create_app(
        Settings(
            data=folder,
            database_url=f"sqlite:///{folder / 'newsite.db'}",
            secret_key=SECRET,
            site_url=URL,
            limits=is_full,
            mail=mail,
        )
    )
    with app.test_request_context():
        discussion.settle(db.session.scalars(sa.select(Site)).one(), chosen)
        if is_full:
            _ban_many()
            _teach()
        db.session.commit()
        newest = sa.select(Article.id, Article.path).order_by(Article.published_at.desc())
        articles = db.session.execute(newest.limit(ARTICLES)).all()
        db.session.remove()
    return Side(app, {found.id: _token(app, str(found.path)) for found in articles}, [])


def _everything() -> Discussion:
    """Each rule is on, and the lists are as long as they may be; no line of them is in the replies."""
    lists = ("\n".join(f"{mark}{number:08}" for number in range(KEYS)) for mark in "qz")
    return Discussion(
        house_rules="Be kind, and stay with the subject.",
        replies_hold_all=True,
        replies_hold_unknown=True,
        replies_max_links=2,
        moderation_keys=next(lists),
        disallowed_keys=next(lists),
        replies_flood_seconds=15,
        replies_close_days=discussion.CLOSE_DAYS[-1],
        replies_depth=5,
        replies_threads=50,
        takes_reports=True,
    )


def _ban_many() -> None:
    editor, now = db.session.scalars(sa.select(User)).one(), datetime.now(UTC)
    for number in range(BANS):
        banned = {
            BanKind.address: f"banned{number}@example.org",
            BanKind.name: f"Banned {number}",
            BanKind.network: f"198.{number // 250}.{number % 250}.0/24",
            BanKind.host: f"banned{number}.example",
        }
        for kind, value in banned.items():
            bans.ban(kind, value, until=None, reason="", by=editor, now=now)


def _teach() -> None:
    """The filter as it is after thousands of decisions: what readers here write is honest."""
    words = Words(3)
    for number in range(learning.MOST_LESSONS):
        honest = Suspect(words.text(CHARS), words.name(), f"reader{number}@example.org", "")
        offer = f"{words.words(8)} casino bonus https://win{number % 90}.example/ cheap pills"
        spam = Suspect(offer, "Winner", f"winner{number}@example.net", "https://win.example")
        learning.take([(f"h{number}", honest, False), (f"s{number}", spam, True)])
    db.session.commit()
    if not learning.relearn().is_ready:
        raise RuntimeError("the filter has not learned enough")


def _token(app: Any, path: str) -> str:
    found = _TOKEN.search(called(app.wsgi_app.app, path).body)
    if found is None:
        raise RuntimeError(f"{path} takes no replies")
    return found[1].decode()


def _replies() -> Iterator[dict[str, str]]:
    words = Words(2)
    for number in range(FIRST + REPLIES):
        yield {
            "comment": f"{number}: {words.text(CHARS)}"[:CHARS],
            "author": words.name(),
            "email": f"poster{number}@example.org",
            "url": "https://example.com/about" if number % 4 == 0 else "",
            "subject": "",
        }


def _posted(side: Side, number: int, sent: dict[str, str]) -> float:
    """Seconds of CPU from POST to 303; each comes from a network of its own."""
    article_id, token = list(side.tokens.items())[number % len(side.tokens)]
    asked = EnvironBuilder(
        path=f"/articles/{article_id}/replies",
        base_url=URL,
        method="POST",
        data=urlencode(sent | {"csrf_token": token}),
        content_type="application/x-www-form-urlencoded",
        headers=list(_BROWSER.items()),
        environ_base={"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.7"},
    ).get_request()
    begun = time.thread_time()
    response = Response.from_app(side.app.wsgi_app.app, asked.environ, buffered=True)
    took = time.thread_time() - begun
    if response.status_code != 303:
        raise RuntimeError(f"a reply was answered by {response.status}")
    return took


def _check(side: Side, status: Status, *, letters: int) -> None:
    """Raises RuntimeError unless each reply stands as it should, with its letter."""
    with side.app.app_context():
        ours = (Comment.email.like("poster%"), Comment.status == status)
        stored = db.session.scalar(sa.select(sa.func.count(Comment.id)).where(*ours))
        asked = sa.select(sa.func.count(Job.id)).where(Job.kind == Kind.confirm)
        found = (stored, db.session.scalar(asked))
        db.session.remove()
    if found != (FIRST + REPLIES, letters):
        raise RuntimeError(f"replies and letters are {found}")
