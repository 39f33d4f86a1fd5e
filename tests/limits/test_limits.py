"""How often something may be tried."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import create_app, limits
from newsite.config import Settings
from newsite.db import db
from newsite.limits import RateCount
from newsite.limits.table import TableCounts

LIMIT = "3 per 15 minutes"
QUARTER = timedelta(minutes=15)


def hit(key: str, now: datetime) -> bool:
    return limits.hit("sign-in", key, LIMIT, now=now)


def keys() -> list[str]:
    stored = list(db.session.scalars(sa.select(RateCount.key)))
    db.session.rollback()
    return stored


def test_the_fourth_try_of_three_is_too_many(app: Flask, now: datetime) -> None:
    assert [hit("ann", now) for _ in range(5)] == [True, True, True, False, False]
    assert hit("bob", now), "another's tries are their own"


def test_the_window_ends_by_the_clock_and_begins_anew(app: Flask, now: datetime) -> None:
    for _ in range(4):
        hit("ann", now)
    assert limits.seconds_left("sign-in", "ann", LIMIT, now=now + timedelta(minutes=5)) == 600
    assert not hit("ann", now + QUARTER - timedelta(seconds=1))
    assert [hit("ann", now + QUARTER) for _ in range(4)] == [True, True, True, False]


def test_without_a_window_there_is_nothing_to_wait_for(app: Flask, now: datetime) -> None:
    assert limits.seconds_left("sign-in", "ann", LIMIT, now=now) == 1
    assert limits.seconds_left("sign-in", "ann", LIMIT) == 1


def test_a_clock_that_was_put_back_makes_nobody_wait_longer(app: Flask, now: datetime) -> None:
    for _ in range(4):
        hit("ann", now)
    before = now - timedelta(hours=3)
    assert not hit("ann", before), "the tries are remembered"
    assert limits.seconds_left("sign-in", "ann", LIMIT, now=before) == 900
    assert not hit("ann", before + timedelta(minutes=1)), "a window does not grow with its tries"
    assert limits.seconds_left("sign-in", "ann", LIMIT, now=before + timedelta(minutes=1)) == 840
    assert hit("ann", before + QUARTER)


def test_tries_can_be_forgotten(app: Flask, now: datetime) -> None:
    for _ in range(4):
        hit("ann", now)
    limits.clear("sign-in", "ann", LIMIT)
    assert hit("ann", now)


def paused(keys: list[str], now: datetime, seconds: int = 15) -> int:
    left = limits.pause("reply", keys, seconds, now=now)
    db.session.commit() if left == 0 else db.session.rollback()
    return left


def test_a_pause_lies_between_two_that_share_anything(app: Flask, now: datetime) -> None:
    later = now + timedelta(seconds=10)
    assert paused(["ann", "home"], now) == 0
    assert paused(["bob", "home"], later) == 5
    assert paused(["ann", "work"], later) == 5
    assert paused(["bob", "work"], later) == 0, "a refused try is not noted"
    assert paused(["ann", "home"], now + timedelta(seconds=15)) == 0
    assert paused(["ann", "home"], now + timedelta(seconds=29.5)) == 1


def test_a_pause_that_is_not_committed_never_was(app: Flask, now: datetime) -> None:
    assert limits.pause("reply", ["ann"], 15, now=now) == 0
    db.session.rollback()
    assert paused(["ann"], now) == 0


def test_a_pause_of_no_seconds_is_none(app: Flask, now: datetime) -> None:
    assert [paused(["ann"], now, seconds=0) for _ in range(2)] == [0, 0]
    assert [paused([], now) for _ in range(2)] == [0, 0]
    assert keys() == []


def test_a_clock_that_was_put_back_makes_no_pause_longer(app: Flask, now: datetime) -> None:
    assert paused(["ann"], now) == 0
    assert paused(["ann"], now - timedelta(hours=3)) == 0


def test_a_pause_ends_and_is_cleared_away(app: Flask, now: datetime) -> None:
    paused(["ann@example.org"], now)
    (key,) = keys()
    assert "ann" not in key
    assert limits.tidy(now + timedelta(seconds=15)) == 1
    db.session.commit()


def test_without_a_time_the_clock_is_asked(app: Flask) -> None:
    assert limits.hit("sign-in", "ann", "1 per minute")
    assert not limits.hit("sign-in", "ann", "1 per minute")


def test_the_table_does_not_say_who_tried(app: Flask, now: datetime) -> None:
    hit("ann@example.org", now)
    (key,) = keys()
    assert "ann" not in key
    assert limits.hidden("ann@example.org") in key


def test_a_try_is_counted_before_the_first_query(app: Flask, now: datetime) -> None:
    """Else, on SQLite, the request would wait for itself."""
    db.session.execute(sa.select(1))
    with pytest.raises(RuntimeError, match="before"):
        hit("ann", now)


def test_a_count_stays_when_the_request_rolls_back(app: Flask, now: datetime) -> None:
    hit("ann", now)
    db.session.execute(sa.select(1))
    db.session.rollback()
    assert len(keys()) == 1


def test_nobody_who_writes_waits_until_a_count_has_reached_the_disk(
    app: Flask, engine: str, now: datetime
) -> None:
    flushes = []

    def look(connection: sa.Connection) -> None:
        if engine == "sqlite":
            flushes.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())

    sa.event.listen(db.engine, "commit", look)
    try:
        assert limits.hit("knock", "Ann", "3 per 1 minute", now=now)
        limits.clear("knock", "Ann", "3 per 1 minute")
    finally:
        sa.event.remove(db.engine, "commit", look)
    assert flushes == ([1, 1] if engine == "sqlite" else [])  # NORMAL: not with every commit


def test_counts_that_have_ended_are_cleared_away(app: Flask, now: datetime) -> None:
    hit("ann", now - QUARTER)
    hit("bob", now)
    assert limits.tidy(now) == 1
    db.session.commit()
    assert len(keys()) == 1


def test_the_storage_keeps_the_librarys_promises(app: Flask, now: datetime) -> None:
    storage = TableCounts(now)
    assert storage.check()
    assert storage.base_exceptions is sa.exc.SQLAlchemyError
    storage.incr("a", 60)
    assert storage.incr("a", 60, amount=2) == 3
    assert storage.get("a") == 3
    assert storage.get_expiry("a") == (now + timedelta(seconds=60)).timestamp()
    assert storage.get_expiry("b") == now.timestamp()
    assert storage.reset() == 1


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),  # the same household
        ("::ffff:192.0.2.7", "192.0.2.7"),  # IPv4 that came through IPv6
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.7:51234", "192.0.2.7"),  # as some proxies write it
        ("[2001:db8:1:2::7]:51234", "2001:db8:1:2::/64"),
        ("", ""),
        (None, ""),
        ("a socket", ""),
    ],
)
def test_what_an_address_is_counted_as(address: str | None, counted_as: str) -> None:
    assert limits.network(address) == counted_as


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("[2001:db8:1:2:aaaa::1]:51234", "2001:db8:1::/48"),
        ("", ""),
        (None, ""),
        ("a socket", ""),
    ],
)
def test_the_part_of_an_address_that_is_kept_is_shared_by_many(
    address: str | None, prefix: str
) -> None:
    assert limits.prefix(address) == prefix


def test_switched_off_everything_passes(make_settings: Callable[..., Settings]) -> None:
    app = create_app(make_settings(limits=False))
    with app.app_context():
        assert all(limits.hit("sign-in", "ann", "1 per hour") for _ in range(3))
        limits.clear("sign-in", "ann", "1 per hour")
        db.engine.dispose()


def test_threads_that_hit_at_once_take_each_place_once(
    make_settings: Callable[..., Settings], tmp_path: Path, now: datetime
) -> None:
    app = create_app(make_settings(database_url=f"sqlite:///{tmp_path / 'limits.db'}"))
    allowed: list[bool] = []

    def work() -> None:
        with app.app_context():
            allowed.extend(limits.hit("x", "ann", "10 per hour", now=now) for _ in range(8))

    with app.app_context():
        migrated.upgrade()
        db.session.remove()
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.engine.dispose()
    assert (len(allowed), sum(allowed)) == (32, 10)
