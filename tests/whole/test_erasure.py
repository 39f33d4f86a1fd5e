"""After an erasure the address is nowhere: in no table, file, backup, page, feed or log."""

import logging
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import migrated
import pytest
import sqlalchemy as sa
from everywhere import everywhere
from pages import Pages
from places import NOW, Place

from newsite import create_app, demo, privacy, wiping
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, arriving
from newsite.comments.letters.links import privacy_path
from newsite.comments.models import Comment
from newsite.config import Settings
from newsite.db import db
from newsite.outbox import Worker
from newsite.site import queries as sites
from newsite.web import accesslog
from newsite.web.context import reserved
from newsite.web.pagecache import layer

ZELPHA = {
    "author": "Zelpha Quorn",
    "email": "Zelpha.Q@quillmark.example",
    "url": "https://quorn.example/",
}
BOB = {"author": "Bob", "email": "bob@example.org"}
BODY = "The turnstile jammed twice on Thursday"
TRACES = ("zelpha", "quorn", "quillmark", "turnstile")
FEEDS = ("atom.xml", "feed.xml", "feed.json")  # of the replies to an article


@pytest.fixture
def place(
    make_settings: Callable[..., Settings], new_database: Callable[[str], str], engine: str
) -> Iterator[Place]:
    """The demo's paper in a database of its own: in a file, on SQLite."""
    settings = make_settings(database_url=new_database(engine))
    (settings.data / "secret_key").write_text(settings.secret_key)
    place = Place(create_app(settings), settings.data, settings.secret_key)
    place.app.extensions[layer.KEY].freshness.every = 0
    with place.app.app_context():
        migrated.upgrade()
        demo.fill(now=NOW, reserved=reserved())
        sites.the_site().replies_flood_seconds = 0  # the people here are quick
        db.session.commit()
        yield place
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def article(place: Place) -> Article:
    """The newest article that takes replies."""
    open_ones = sa.select(Article).where(Article.replies_open, Article.reply_count > 0)
    found = db.session.scalars(open_ones.order_by(Article.published_at.desc())).first()
    assert found is not None
    return found


@pytest.fixture
def logs(place: Place, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """All that is written down from here on, of requests and of everything else."""
    requests, rest = tmp_path / "requests.log", tmp_path / "rest.log"
    descriptor = os.open(requests, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    outermost: Any = place.app.wsgi_app
    outermost.descriptor = descriptor
    handler = logging.FileHandler(rest)
    handler.setFormatter(accesslog.JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: requests.read_text() + rest.read_text()
    logging.getLogger().removeHandler(handler)
    handler.close()
    os.close(descriptor)


def reply(pages: Pages, path: str, body: str, who: dict[str, str]) -> Comment:
    """What somebody sends by the form at this address."""
    pages.get(path).form("reply").fill(comment=body, **who).submit()
    found = db.session.scalars(sa.select(Comment).order_by(Comment.id.desc())).first()
    assert found is not None
    return found


def decide(comment: Comment, decision: Any, **given: str) -> None:
    admin = db.session.scalars(sa.select(User).where(User.role == "admin")).first()
    decision(comment, by=admin, now=comment.created_at, **given)
    db.session.commit()


def traces(text: str) -> list[str]:
    return [word for word in TRACES if word in text.casefold()]


def files_of(place: Place) -> str:
    """The bytes of SQLite's files; nothing, on PostgreSQL."""
    name = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    files = sorted(Path(name).parent.glob(f"{Path(name).name}*")) if name else []
    return "".join(one.read_bytes().decode("latin-1") for one in files)


def unpacked(file: Path) -> str:
    """All that is in a backup."""
    with zipfile.ZipFile(file) as archive:
        return "".join(archive.read(name).decode("latin-1") for name in archive.namelist())


def shown(pages: Pages, path: str) -> str:
    """All that readers and programs are shown of it, kept or made anew."""
    feeds = [pages.fetch(f"{path}{name}") for name in FEEDS]
    answers = [pages.fetch(path), pages.fetch("/"), pages.fetch("/atom.xml"), *feeds]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.get_data(as_text=True) for answer in answers)


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, a reply cannot be stored, and the statement that fails has its writer's address in it."""

    def fail(arrival: Any, *, now: datetime) -> None:
        asked = sa.text("INSERT INTO nowhere VALUES (:email, :body)")
        db.session.execute(asked, {"email": arrival.reply.email, "body": arrival.reply.body})

    with monkeypatch.context() as patch:
        patch.setattr(arriving, "store", fail)
        yield


def wipe() -> None:
    """The worker does what an erasure asked for."""
    worker = Worker({wiping.KIND: wiping.job}, clock=lambda: datetime.now(UTC))
    db.session.execute(sa.text("DELETE FROM outbox WHERE kind != 'wipe'"))
    db.session.commit()
    while worker.step():
        pass


@pytest.fixture
def zelphas(place: Place, article: Article, monkeypatch: pytest.MonkeyPatch) -> Comment:
    """Zelpha's reply, approved, with Bob's answer; others of hers are spam, or could not be stored."""
    pages, path = Pages(place.app), article.path or ""
    first = reply(pages, path, BODY, ZELPHA)
    decide(first, actions.approve, note="Dear Zelpha")
    answer = f"/articles/{article.id}/replies/new?to={first.id}"
    decide(reply(pages, answer, "I saw it too.", BOB), actions.approve)
    decide(reply(pages, path, f"{BODY} again", ZELPHA), actions.mark_spam)
    with broken(monkeypatch):
        form = pages.get(path).form("reply").fill(comment=f"{BODY} still", **ZELPHA)
        assert pages.post(f"/articles/{article.id}/replies", form.values).status_code in (500, 503)
    return first


def test_nothing_of_a_person_is_left_anywhere(
    logs: Any, place: Place, article: Article, zelphas: Comment, tmp_path: Path
) -> None:
    pages, path = Pages(place.app), article.path or ""
    assert traces(shown(pages, path)) == ["zelpha", "quorn", "turnstile"]
    for found in (everywhere(), files_of(place) or everywhere()):
        assert traces(found) == list(TRACES)
    link = privacy_path(zelphas.id, now=datetime.now(UTC))
    page = pages.get(link).form("door").submit()
    assert "2 replies were sent with your address." in page.text
    assert page.follow("Erase everything").form("erasure").submit().h1 == "Nothing is left"
    wipe()
    place.backup(tmp_path / "after.zip")
    after = shown(pages, path)
    for found in (everywhere(), files_of(place), after, unpacked(tmp_path / "after.zip")):
        assert traces(found) == []
    assert "This reply was removed by its author." in after
    assert "I saw it too." in after
    assert len(privacy.ids_of(BOB["email"])) == 1
    written = logs()
    assert "nowhere" in written  # what failed
    assert "/privacy/…" in written
    tokens = [address.rpartition("/")[2] for address in (link, page.path)]
    assert traces(written) == [one for one in tokens if one in written] == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
    ],
)
def test_no_whole_network_address_is_ever_stored(
    place: Place, article: Article, logs: Any, address: str, kept: str
) -> None:
    pages = Pages(place.app)
    path = article.path or ""
    sender = {"environ_overrides": {"REMOTE_ADDR": address}}
    form = pages.get(path).form("reply").fill(comment=BODY, **BOB)
    answer = pages.post(f"/articles/{article.id}/replies", form.values, **sender)
    assert answer.status_code == 303
    form = pages.get("/privacy/me")
    pages.post("/privacy/me", {"email": "bob@example.org"}, **sender)
    network = db.session.scalars(sa.select(Comment.network).order_by(Comment.id.desc())).first()
    assert network == kept
    for found in (everywhere(), files_of(place), logs()):
        assert address.removeprefix("::ffff:") not in found
        assert "2001:db8:1:2" not in found
