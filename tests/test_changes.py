"""The change log: keys are there exactly when the change is."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import changes, create_app
from newsite.changes import Change, ChangeCounter
from newsite.config import Settings
from newsite.db import db
from newsite.site.models import Site


def test_a_commit_without_keys_writes_none(app: Flask, site: Site) -> None:
    site.name = "Another name"
    db.session.commit()
    assert changes.latest()[1] == 0


def test_all_keys_of_a_commit_carry_one_number(site: Site) -> None:
    changes.touch("article:1", "front")
    changes.touch("front")
    db.session.commit()
    rows = db.session.execute(sa.select(Change.sequence, Change.key).order_by(Change.key)).all()
    assert [tuple(row) for row in rows] == [(1, "article:1"), (1, "front")]
    assert changes.latest()[1] == 1


def test_numbers_go_up_with_every_commit(site: Site) -> None:
    for key in ("a", "b", "c"):
        changes.touch(key)
        db.session.commit()
    assert changes.since(1) == {"b", "c"}
    assert changes.since(3) == set()


def test_a_rollback_takes_the_keys_with_it(site: Site) -> None:
    changes.touch("article:1")
    db.session.rollback()
    db.session.commit()
    assert changes.latest()[1] == 0


def test_a_rolled_back_savepoint_keeps_the_keys_of_the_rest(site: Site) -> None:
    changes.touch("article:1")
    savepoint = db.session.begin_nested()
    savepoint.rollback()
    db.session.commit()
    assert changes.since(0) == {"article:1"}


def test_a_savepoint_that_ends_well_writes_nothing_early(site: Site) -> None:
    changes.touch("article:1")
    with db.session.begin_nested():
        site.name = "Changed"
    assert changes.since(0) == set()
    db.session.commit()
    assert changes.since(0) == {"article:1"}


def test_old_changes_are_forgotten_and_numbers_go_on(site: Site) -> None:
    changes.touch("old")
    db.session.commit()
    assert changes.forget(datetime.now(UTC) - timedelta(days=7)) == 0
    assert changes.forget(datetime.now(UTC) + timedelta(seconds=1)) == 1
    changes.touch("new")
    db.session.commit()
    assert changes.latest()[1] == 2


def test_an_epoch_has_a_name_of_its_own(app: Flask) -> None:
    assert changes.new_epoch() != changes.new_epoch()
    assert changes.latest()[0]


def test_keys_that_only_the_commit_can_know_are_asked_for_once(site: Site) -> None:
    asked = []

    def find() -> set[str]:
        asked.append(changes.latest()[1])
        return {"found"}

    changes.touch_last("name", find)
    changes.touch_last("name", find)
    db.session.commit()
    assert (asked, changes.since(0)) == ([1], {"found"})  # under the lock: the number is taken
    changes.touch_last("name", find)
    db.session.rollback()
    db.session.commit()
    assert asked == [1]


def news(epoch: str, sequence: int) -> changes.News:
    with db.engine.connect() as connection:
        return changes.news(connection, epoch, sequence)


def test_the_news_are_what_came_after_a_number(site: Site) -> None:
    epoch = changes.latest()[0]
    for keys in (("a", "b"), ("c",)):
        changes.touch(*keys)
        db.session.commit()
    assert news(epoch, 2) == (epoch, 2, [])
    assert news(epoch, 1) == (epoch, 2, [(2, "c")])
    assert news(epoch, 0).changes == [(1, "a"), (1, "b"), (2, "c")]


def test_what_cannot_be_known_any_more_is_no_news_but_a_new_beginning(site: Site) -> None:
    epoch = changes.latest()[0]
    for key in ("a", "b"):
        changes.touch(key)
        db.session.commit()
    assert news("another", 2) == (epoch, 2, None)
    assert news(epoch, 3).changes is None  # the database is older than what was seen
    db.session.execute(sa.delete(Change).where(Change.sequence == 1))
    db.session.commit()
    assert news(epoch, 0).changes is None  # its rows were cleared away
    assert news(epoch, 1).changes == [(2, "b")]
    changes.touch(*(f"key:{number}" for number in range(changes.MAX_NEWS + 1)))
    db.session.commit()
    assert news(epoch, 2).changes is None


@pytest.fixture
def shared_app(
    engine: str,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    request: pytest.FixtureRequest,
) -> Flask:
    """An app whose database many threads can use at once."""
    sqlite = f"sqlite:///{tmp_path / 'shared.db'}"
    url = sqlite if engine == "sqlite" else request.getfixturevalue("postgres_url")
    app = create_app(make_settings(database_url=url))
    with app.app_context():
        migrated.upgrade()
        db.session.execute(sa.delete(Change))
        db.session.execute(sa.update(ChangeCounter).values(sequence=0))
        db.session.commit()
    return app


def test_many_writers_at_once_lose_no_change_and_share_no_number(shared_app: Flask) -> None:
    threads, commits = 6, 10

    def write(name: int) -> None:
        for turn in range(commits):
            with shared_app.app_context():
                changes.touch(f"key:{name}:{turn}")
                db.session.commit()

    running = [threading.Thread(target=write, args=(name,)) for name in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    with shared_app.app_context():
        numbers = list(db.session.scalars(sa.select(Change.sequence).order_by(Change.sequence)))
        assert numbers == list(range(1, threads * commits + 1))
        db.session.execute(sa.delete(Change))
        db.session.commit()
        db.engine.dispose()
