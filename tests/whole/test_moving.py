"""A site that moves: from either engine to either engine, every row and every page of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from places import NOW, Place
from sqlalchemy import select

from newsite import create_app, migrations
from newsite.articles.models import Tag
from newsite.changes import Change, ChangeCounter
from newsite.config import Settings
from newsite.db import db

ENGINES = ("sqlite", "postgresql")
ELSEWHERE = ("/desk", "/login", "/static", "/theme", "/articles/", "//")


@pytest.fixture
def make_place(
    make_settings: Callable[..., Settings], new_database: Callable[[str], str]
) -> Callable[[str], Place]:
    def make(engine: str) -> Place:
        settings = make_settings(database_url=new_database(engine))
        app = create_app(settings)
        app.config["NEWSITE_CLOCK"] = lambda: NOW
        return Place(app, settings.data, settings.secret_key)

    return make


def pages(place: Place) -> dict[str, bytes]:
    """Every public page that links lead to from the front page, and the feed and the site map."""
    found: dict[str, bytes] = {}
    waiting = ["/", "/atom.xml", "/sitemap.xml"]
    with place.inside():
        client = place.app.test_client()
        while waiting:
            path = waiting.pop()
            answer = client.get(path, base_url="http://127.0.0.1:8000")
            found[path] = answer.status.encode() + answer.data
            for link in re.findall(rb'<a [^>]*href="(/[^"#?]*)', answer.data):
                to = link.decode()
                if to not in found and to not in waiting and not to.startswith(ELSEWHERE):
                    waiting.append(to)
    return found


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
def test_a_site_that_moves_is_the_same_site(
    source: str, target: str, make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    old, new = make_place(source), make_place(target)
    old.fill()
    manifest = old.backup(tmp_path / "site.zip")
    new.restore(tmp_path / "site.zip")
    rows = old.rows()
    assert new.rows() == rows
    assert {name: len(found) for name, found in rows.items()} == {
        name: entry.rows for name, entry in manifest.tables.items()
    }
    # An archive of the new place holds the same bytes.
    again = new.backup(tmp_path / "again.zip")
    assert {name: entry.sha256 for name, entry in again.tables.items()} == {
        name: entry.sha256 for name, entry in manifest.tables.items()
    }
    # And readers see the same.
    seen = pages(old)
    assert len(seen) > 40
    assert {path: answer[:12] for path, answer in seen.items() if answer[:3] != b"200"} == {}
    assert pages(new) == seen


@pytest.mark.parametrize("target", ENGINES)
def test_a_site_that_has_moved_goes_on(
    target: str, make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    old, new = make_place("sqlite"), make_place(target)
    old.fill()
    manifest = old.backup(tmp_path / "site.zip")
    new.restore(tmp_path / "site.zip")
    with new.inside():
        migrations.check()
        counter = db.session.get_one(ChangeCounter, 1)
        assert counter.epoch != manifest.epoch  # every kept page is dropped
        assert counter.sequence == manifest.sequence == 2**40
        assert db.session.scalars(select(Change)).all() == []
        # New rows get numbers that nothing has had.
        known = set(db.session.scalars(select(Tag.id)))
        tag = Tag(slug="new", name="New")
        db.session.add(tag)
        db.session.commit()
        assert tag.id > max(known)
