"""HTTP caches that are told what changed: all of it, twice, and also after they were away."""

import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from newsite import changes, create_app, purging
from newsite.config import Settings
from newsite.db import db
from newsite.purging import EVERYTHING, Cache, Follower, NotPurged

PATIENCE = 30  # seconds; everything here happens long before


class Heard:
    """An HTTP cache that only listens."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str | None]] = []
        self.status = 200
        heard = self

        class Handler(BaseHTTPRequestHandler):
            def do_PURGE(self) -> None:
                keys = str(self.headers["Surrogate-Key"])
                if heard.status == 200:
                    heard.told.append((self.path, keys, self.headers["Soft"]))
                self.send_response(heard.status)
                self.end_headers()

            def log_message(self, *given: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def keys(self) -> list[str]:
        return [keys for _, keys, _ in self.told]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def heard() -> Iterator[Heard]:
    cache = Heard()
    yield cache
    cache.close()


class Clock:
    """Time that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine_in_file(tmp_path: Path, make_settings: Callable[..., Settings]) -> Iterator[Engine]:
    """A database that several threads may ask."""
    app = create_app(make_settings(database_url=f"sqlite:///{tmp_path / 'site.db'}"))
    with app.app_context():
        migrated.upgrade()
        db.session.remove()
        yield db.engine
        db.session.remove()
        db.engine.dispose()


def change(*keys: str) -> None:
    changes.touch(*keys)
    db.session.commit()


def test_a_cache_is_told_at_once_and_again_after_every_host_has_heard(
    heard: Heard, clock: Clock
) -> None:
    cache = Cache(heard.url, clock)
    cache.tell({"article:1", "front"})
    cache.step()
    cache.step()
    assert heard.told == [("/", "article:1 front", None)]
    clock.now += purging.AGAIN - 0.1
    assert cache.step() == purging.EVERY
    assert len(heard.told) == 1
    clock.now += 0.1
    cache.step()
    assert heard.keys == ["article:1 front"] * 2
    clock.now += 100
    cache.step()
    assert len(heard.told) == 2


def test_what_is_not_known_is_marked_as_old_and_what_is_known_is_dropped() -> None:
    assert list(purging.lines({EVERYTHING})) == [(True, "site")]
    assert list(purging.lines({EVERYTHING, "b", "a"})) == [(True, "site"), (False, "a b")]
    assert list(purging.lines(())) == []


def test_many_keys_are_told_in_lines_that_fit_into_a_header() -> None:
    keys = {f"article:{number}" for number in range(2_000)}
    found = list(purging.lines(keys))
    assert {key for _, line in found for key in line.split(" ")} == keys
    assert max(len(line) for _, line in found) <= purging.MAX_LINE
    assert len(found) == 7


def test_a_cache_that_was_away_is_told_all_that_it_missed_and_the_log_says_so_once(
    heard: Heard, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    heard.status = 500
    cache = Cache(heard.url, clock)
    cache.tell({"article:1"})
    assert [cache.step() for _ in range(6)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    clock.now += 10
    cache.tell({"article:2"})
    cache.step()
    assert heard.told == []
    assert caplog.messages == [
        f"the cache at {heard.url} cannot be told what changed: it answered 500 Internal Server Error"
    ]
    heard.status = 200
    cache.step()
    assert heard.keys == ["article:1 article:2"]
    assert len(caplog.messages) == 2
    assert "is back" in caplog.messages[1]


def test_a_cache_that_is_not_there_is_a_failure(clock: Clock) -> None:
    gone = Heard()
    gone.close()
    with pytest.raises(OSError, match="refused"):
        purging.purge(gone.url, "site", soft=False)
    cache = Cache(gone.url, clock)
    cache.tell({"site"})
    assert cache.step() == purging.FIRST_PAUSE


def test_a_cache_that_refuses_is_a_failure(heard: Heard) -> None:
    heard.status = 405
    with pytest.raises(NotPurged, match="405"):
        purging.purge(heard.url + "purge", "site", soft=True)
    heard.status = 200
    purging.purge(heard.url + "purge", "site", soft=True)
    assert heard.told == [("/purge", "site", "1")]


def test_so_much_that_waits_that_every_page_may_as_well_go(heard: Heard, clock: Clock) -> None:
    cache = Cache(heard.url, clock)
    cache.tell({f"article:{number}" for number in range(purging.MAX_WAITING + 1)})
    cache.step()
    assert heard.told == [("/", "site", None)]


class Listed(Cache):
    """A cache that writes down what it should be told."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1/")
        self.listed: list[set[str]] = []

    def tell(self, keys: object) -> None:
        self.listed.append(set(keys))  # type: ignore[call-overload]


def test_a_follower_passes_on_every_change_and_at_first_everything(app: Flask) -> None:
    cache = Listed()
    follower = Follower(db.engine, [cache])
    assert follower.step() == purging.EVERY
    follower.step()
    assert cache.listed == [{EVERYTHING}]  # what changed before it began, it cannot know
    change("article:1", "front")
    change("article:2")
    follower.step()
    follower.step()
    assert cache.listed[1:] == [{"article:1", "article:2", "front"}]


def test_a_follower_looks_again_and_again_until_it_is_stopped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, stop, pauses = Listed(), threading.Event(), []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        change(f"article:{len(pauses)}")
        return len(pauses) == 3

    monkeypatch.setattr(stop, "wait", wait)
    Follower(db.engine, [cache]).run(stop)
    assert pauses == [purging.EVERY] * 3
    assert cache.listed == [{EVERYTHING}, {"article:1"}, {"article:2"}]


def test_after_a_restore_everything_may_have_changed(app: Flask) -> None:
    cache = Listed()
    follower = Follower(db.engine, [cache])
    follower.step()
    db.session.execute(sa.update(changes.ChangeCounter).values(epoch=changes.new_epoch()))
    db.session.commit()
    follower.step()
    assert cache.listed == [{EVERYTHING}] * 2


def test_a_database_that_is_away_is_waited_for_and_the_log_says_so_once(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    cache = Listed()
    away = sa.create_engine("sqlite:////nowhere/at/all.db")
    follower = Follower(away, [cache])
    assert [follower.step(), follower.step()] == [purging.AWAY] * 2
    assert len([one for one in caplog.records if one.levelno == logging.ERROR]) == 1
    follower.engine = db.engine
    assert follower.step() == purging.EVERY
    assert cache.listed == [{EVERYTHING}]


def test_inside_the_worker_changes_reach_every_cache_by_themselves(
    engine_in_file: Engine, heard: Heard
) -> None:
    other = Heard()
    found = threading.Event()
    try:
        with purging.following(engine_in_file, [heard.url, other.url]):
            change("article:7")
            for _ in range(PATIENCE * 10):
                told = (heard.keys, other.keys)
                # The first look may see the change as a part of everything.
                if all({"article:7", "site"} & set(" ".join(keys).split()) for keys in told):
                    found.set()
                    break
                found.wait(0.1)
        assert found.is_set()
    finally:
        other.close()


def test_a_thread_waits_before_it_tries_a_cache_again_that_is_away(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.status = 500
    stop, pauses = threading.Event(), []
    cache = Cache(heard.url)
    cache.tell({"site"})

    def wait(seconds: float | None = None) -> bool:
        pauses.append(seconds)
        heard.status = 200
        return False

    def waited(seconds: float | None = None) -> bool:
        stop.set()
        return True

    monkeypatch.setattr(stop, "wait", wait)
    monkeypatch.setattr(cache._news, "wait", waited)
    cache.run(stop)
    assert pauses == [purging.FIRST_PAUSE]
    assert heard.keys == ["site"]


def test_without_caches_nothing_runs(engine_in_file: Engine) -> None:
    before = threading.active_count()
    with purging.following(engine_in_file, ()):
        assert threading.active_count() == before
