"""Limits in Redis, on its good days and its bad ones. Each Redis here is a real one."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from redis_server import RedisServer

from newsite import create_app, limits
from newsite.config import Settings
from newsite.db import db
from newsite.limits import RateCount, shared
from newsite.limits.shared import SharedCounts, Unavailable

LIMIT = "3 per 15 minutes"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def pause(self) -> None:
        self.seconds += shared.PAUSE_SECONDS


@pytest.fixture
def clock(counting: Flask) -> Clock:
    """The clock by which the counting site leaves a Redis that failed alone."""
    place = limits._places[db.engine]
    assert place.shared is not None
    place.shared.clock = Clock()
    return place.shared.clock


@pytest.fixture
def questions(counting: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A line for each time that Redis is asked to count."""
    place, asked = limits._places[db.engine], []
    assert place.shared is not None
    count = place.shared.storage.incr

    def noted(*given: object, **named: object) -> int:
        asked.append("asked")
        return count(*given, **named)

    monkeypatch.setattr(place.shared.storage, "incr", noted)
    return asked


def hit(key: str = "192.0.2.7") -> bool:
    return limits.hit("reply", key, LIMIT)


def in_database() -> int:
    count = db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(RateCount.count), 0)))
    db.session.rollback()
    assert count is not None
    return count


def test_the_fourth_try_of_three_is_too_many_wherever_it_is_made(
    counting: Flask, redis: RedisServer
) -> None:
    assert [hit() for _ in range(5)] == [True, True, True, False, False]
    assert hit("192.0.2.8"), "another's tries are their own"
    other_host = SharedCounts(redis.url)
    again = (limits.parse(LIMIT), "reply", limits.hidden("192.0.2.7"))
    assert not other_host.ask(lambda limiter: limiter.hit(*again))
    assert in_database() == 0


def test_how_long_to_wait_is_known_and_tries_can_be_forgotten(counting: Flask) -> None:
    for _ in range(4):
        hit()
    assert 890 < limits.seconds_left("reply", "192.0.2.7", LIMIT) <= 901
    limits.clear("reply", "192.0.2.7", LIMIT)
    assert hit()


def test_redis_does_not_learn_who_tried(counting: Flask, redis: RedisServer) -> None:
    hit()
    limits.hit("sign-in", "ann@example.org", LIMIT)
    written = " ".join(redis.names())
    assert limits.hidden("192.0.2.7") in written
    assert "192.0.2.7" not in written
    assert "ann" not in written
    assert all(key.startswith("newsite:") for key in redis.names())


def test_what_is_counted_ends_by_itself(counting: Flask, redis: RedisServer) -> None:
    hit()
    with redis.client() as client:
        assert [0 < client.ttl(key) <= 900 for key in redis.names()] == [True]


def test_a_try_is_counted_before_the_first_query_here_too(counting: Flask) -> None:
    db.session.execute(sa.select(1))
    with pytest.raises(RuntimeError, match="before"):
        hit()


def test_nobody_is_connected_before_the_first_try(
    counting: Flask, redis: RedisServer, make_settings: Callable[..., Settings]
) -> None:
    """A fork may follow, and two processes on one line would read each other's answers."""
    before = redis.connections()
    create_app(make_settings(redis_url=redis.url))
    assert redis.connections() == before + 1  # the one who asks
    hit()
    assert redis.connections() == before + 3


@pytest.mark.parametrize("day", ["gone", "hung", "full"])
def test_on_a_bad_day_the_database_counts_and_redis_again_when_it_is_back(
    counting: Flask, redis: RedisServer, clock: Clock, questions: list[str], day: str
) -> None:
    spoil = {"gone": redis.stop, "hung": redis.hang, "full": redis.fill}
    mend = {"gone": redis.start, "hung": redis.go_on, "full": lambda: redis.fill("0")}
    assert hit()
    questions.clear()

    spoil[day]()
    assert [hit() for _ in range(4)] == [True, True, True, False]
    assert in_database() == 4
    assert len(questions) == 1, "nobody waits for it a second time"
    assert 890 < limits.seconds_left("reply", "192.0.2.7", LIMIT) <= 901
    clock.pause()
    assert not hit()
    assert len(questions) == 2, "after a while it is asked once more"

    mend[day]()
    assert not hit()
    assert len(questions) == 2
    clock.pause()
    assert hit("192.0.2.8")
    assert hit("192.0.2.8")
    assert in_database() == 6
    assert len(questions) == 4


def test_after_a_pause_one_thread_asks_and_the_others_go_on(
    counting: Flask, redis: RedisServer, clock: Clock
) -> None:
    redis.stop()
    hit()
    clock.pause()
    counts = limits._places[db.engine].shared
    assert counts is not None
    inside, leave = threading.Event(), threading.Event()

    def ask(limiter: object) -> str:
        inside.set()
        leave.wait(10)
        return "answer"

    answers: list[str] = []
    one = threading.Thread(target=lambda: answers.append(counts.ask(ask)))
    one.start()
    assert inside.wait(10)
    with pytest.raises(Unavailable, match="a moment ago"):
        counts.ask(ask)
    leave.set()
    one.join(10)
    assert answers == ["answer"]


def test_the_log_says_once_that_redis_is_gone_and_once_that_it_is_back(
    counting: Flask, redis: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    redis.stop()
    for _ in range(3):
        hit()
        clock.pause()
    redis.start()
    for _ in range(3):
        hit()
    gone, back = [(entry.levelno, entry.message) for entry in caplog.records]
    assert gone[0] == logging.ERROR
    assert gone[1].startswith("Redis does not count (Error 111 connecting to")
    assert back == (logging.WARNING, "Redis counts again")


def test_a_redis_that_was_started_anew_is_not_taken_for_a_dead_one(
    counting: Flask, redis: RedisServer
) -> None:
    assert hit()
    redis.stop()
    redis.start()
    assert hit()
    assert in_database() == 0


def test_why_redis_does_not_count_can_be_asked(counting: Flask, redis: RedisServer) -> None:
    assert limits.problem_of_redis() is None
    redis.fill()
    problem = limits.problem_of_redis()
    assert problem is not None
    assert "maxmemory" in problem


def test_a_site_without_redis_has_no_problem_with_it(app: Flask, now: datetime) -> None:
    assert limits.problem_of_redis() is None
