"""A site that moves: from either engine to either engine, every row and every page of it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from awkward import PDF
from places import NOW, Place
from postgres_server import empty_database
from sqlalchemy import select

from newsite import create_app, migrations
from newsite.articles.models import Tag
from newsite.backup.manifest import Manifest
from newsite.changes import Change, ChangeCounter
from newsite.config import Settings
from newsite.db import db

ENGINES = ("sqlite", "postgresql")
LINK = re.compile(rb'<a [^>]*href="(/[^"#?]*)')
MEDIA = re.compile(rb"/media/[0-9a-f]{32}/[a-z0-9.-]+")
ELSEWHERE = ("/desk", "/login", "/static", "/theme", "/articles/", "//")


@dataclass(frozen=True)
class Moving:
    """A site that is to move: its archive, and all that was in it and was seen of it."""

    path: Path
    manifest: Manifest
    rows: dict[str, list[dict[str, Any]]]
    seen: dict[str, bytes]


@pytest.fixture
def make_place(
    make_settings: Callable[..., Settings], new_database: Callable[[str], str]
) -> Callable[[str], Place]:
    return lambda engine: placed(make_settings(database_url=new_database(engine)))


@pytest.fixture(scope="module")
def moving(
    paper: Place,
    make_settings: Callable[..., Settings],
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Moving]]:
    """A site on the engine that is named, written there row by row; looked at once, since it never changes."""
    with ExitStack() as running:

        @cache
        def make(engine: str) -> Moving:
            old = paper
            if engine == "postgresql":
                url = running.enter_context(empty_database(f"newsite_{worker_id}_old"))
                old = placed(make_settings(database_url=url))
                old.fill()
            path = tmp_path_factory.mktemp("old") / "site.zip"
            return Moving(path, old.backup(path), old.rows(), pages(old))

        yield make


def placed(settings: Settings) -> Place:
    """A place at the hour of the paper."""
    app = create_app(settings)
    app.config["NEWSITE_CLOCK"] = lambda: NOW
    return Place(app, settings.data, settings.secret_key)


def pages(place: Place) -> dict[str, bytes]:
    """Every public page that links lead to from the front page, with its pictures, the feed and the site map."""
    found: dict[str, bytes] = {}
    waiting = ["/", "/atom.xml", "/sitemap.xml"]
    with place.inside():
        client = place.app.test_client()
        while waiting:
            path = waiting.pop()
            answer = client.get(path, base_url="http://127.0.0.1:8000")
            found[path] = answer.status.encode() + answer.data
            for link in LINK.findall(answer.data) + MEDIA.findall(answer.data):
                to = link.decode()
                if to not in found and to not in waiting and not to.startswith(ELSEWHERE):
                    waiting.append(to)
    return found


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
def test_a_site_that_moves_is_the_same_site(
    source: str,
    target: str,
    moving: Callable[[str], Moving],
    make_place: Callable[[str], Place],
    tmp_path: Path,
) -> None:
    old, new = moving(source), make_place(target)
    new.restore(old.path)
    rows = new.rows()
    assert [name for name, found in rows.items() if not found] == []
    assert rows == old.rows
    assert {name: len(found) for name, found in rows.items()} == {
        name: entry.rows for name, entry in old.manifest.tables.items()
    }
    # An archive of the new place holds the same bytes.
    again = new.backup(tmp_path / "again.zip")
    assert {name: entry.sha256 for name, entry in again.tables.items()} == {
        name: entry.sha256 for name, entry in old.manifest.tables.items()
    }
    assert again.files == old.manifest.files
    # And readers see the same, pictures and files too.
    assert len(old.seen) > 40
    assert {path: answer[:12] for path, answer in old.seen.items() if answer[:3] != b"200"} == {}
    shown = {path.rpartition(".")[2] for path in old.seen if path.startswith("/media/")}
    assert shown == {"png", "webp", "jpg", "pdf"}
    assert any(answer.endswith(PDF) for answer in old.seen.values())
    assert pages(new) == old.seen


@pytest.mark.parametrize("target", ENGINES)
def test_a_site_that_has_moved_goes_on(
    target: str, moving: Callable[[str], Moving], make_place: Callable[[str], Place]
) -> None:
    old, new = moving("sqlite"), make_place(target)
    new.restore(old.path)
    with new.inside():
        migrations.check()
        counter = db.session.get_one(ChangeCounter, 1)
        assert counter.epoch != old.manifest.epoch  # every kept page is dropped
        assert counter.sequence == old.manifest.sequence == 2**40
        assert db.session.scalars(select(Change)).all() == []
        # New rows get numbers that nothing has had.
        known = set(db.session.scalars(select(Tag.id)))
        tag = Tag(slug="new", name="New")
        db.session.add(tag)
        db.session.commit()
        assert tag.id > max(known)
