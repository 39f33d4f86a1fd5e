import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from newsite import create_app, outbox
from newsite.config import Settings
from newsite.db import db
from newsite.outbox import Claim, Job, Worker

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class Post:
    """A handler that keeps what it was asked to send, and fails while `broken` is set."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.broken = False

    def __call__(self, claim: Claim, now: datetime) -> None:
        if self.broken:
            raise ConnectionError("the mail server hung up")
        self.sent.append((claim.key, claim.payload))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def worker(app: Flask, clock: Clock, post: Post) -> Worker:
    return Worker({"mail": post}, clock=clock)


def ask(key: str = "mail:1", kind: str = "mail", at: datetime = NOON, **payload: Any) -> bool:
    is_new = outbox.add(kind, key, payload, now=at)
    db.session.commit()
    return is_new


def job(key: str = "mail:1") -> Job:
    db.session.expire_all()
    return db.session.scalars(sa.select(Job).where(Job.key == key)).one()


def work(worker: Worker) -> int:
    """Works until nothing is due; how many jobs there were."""
    done = 0
    while worker.step():
        done += 1
    return done


def test_what_is_asked_for_is_done(worker, post):
    ask(to="ann@example.org")
    assert work(worker) == 1
    assert post.sent == [("mail:1", {"to": "ann@example.org"})]
    assert job().done_at == NOON


def test_asking_twice_does_it_once(worker, post):
    assert ask()
    assert not ask()
    work(worker)
    assert not ask()  # nor after it was done
    assert work(worker) == 0
    assert len(post.sent) == 1


def test_a_job_of_a_transaction_that_was_taken_back_never_was(worker, post):
    outbox.add("mail", "mail:1", now=NOON)
    db.session.rollback()
    assert work(worker) == 0
    assert post.sent == []


def test_the_oldest_is_done_first_and_the_future_waits(worker, post, clock):
    ask("late", at=NOON + timedelta(hours=1))
    ask("second")
    ask("first", at=NOON - timedelta(minutes=1))
    assert work(worker) == 2
    assert [key for key, _ in post.sent] == ["first", "second"]
    clock.move(hours=1)
    assert work(worker) == 1


def test_a_job_may_be_asked_for_later(worker, post, clock):
    assert outbox.add("mail", "a", now=NOON, due=NOON + timedelta(seconds=20))
    db.session.commit()
    assert not worker.step()
    clock.move(seconds=20)
    assert worker.step()
    assert post.sent == [("a", {})]


def test_what_failed_is_tried_again_later_and_later(worker, post, clock):
    post.broken = True
    ask()
    rests = []
    for _ in range(4):
        assert work(worker) == 1
        rests.append(job().next_at - clock.now)
        clock.move(seconds=rests[-1].total_seconds() - 1)
        assert work(worker) == 0
        clock.move(seconds=1)
    assert rests == [timedelta(seconds=s) for s in (30, 60, 120, 240)]
    assert job().error == "ConnectionError: the mail server hung up"
    post.broken = False
    assert work(worker) == 1
    assert job().done_at == clock.now
    assert job().error == ""


def test_no_rest_is_longer_than_six_hours():
    assert outbox.delay(outbox.MOST_ATTEMPTS) == timedelta(hours=6)


def test_what_never_works_is_given_up_and_says_why(worker, post, clock):
    post.broken = True
    ask()
    for _ in range(outbox.MOST_ATTEMPTS):
        assert work(worker) == 1
        clock.move(hours=6)
    assert work(worker) == 0
    assert job().done_at is not None
    assert "hung up" in job().error


def test_one_failure_does_not_keep_the_others(worker, post):
    ask("strange", kind="telegram", at=NOON - timedelta(hours=1))
    ask()
    assert work(worker) == 2
    assert post.sent == [("mail:1", {})]
    assert "no handler for telegram" in job("strange").error


def test_what_a_failed_handler_wrote_is_taken_back(app, clock):
    def write_and_fail(claim: Claim, now: datetime) -> None:
        outbox.add("mail", "half done", now=now)
        raise RuntimeError("then it broke")

    ask()
    work(Worker({"mail": write_and_fail}, clock=clock))
    assert db.session.scalars(sa.select(Job.key).where(Job.key == "half done")).all() == []


def test_what_a_handler_wrote_is_kept_with_the_note_that_it_is_done(app, clock):
    def write(claim: Claim, now: datetime) -> None:
        outbox.add("ping", "ping:1", now=now + timedelta(hours=1))

    ask()
    assert work(Worker({"mail": write}, clock=clock)) == 1
    assert job("ping:1").created_at == NOON + timedelta(hours=1)


def test_the_job_of_a_worker_that_was_killed_is_done_by_the_next_one(worker, post, clock):
    ask()
    assert outbox.claim(NOON) == Claim(job().id, "mail", "mail:1", {}, 1, NOON)
    db.session.commit()  # and then it is killed
    clock.move(seconds=outbox.CLAIM.total_seconds() - 1)
    assert work(worker) == 0
    clock.move(seconds=1)
    assert work(worker) == 1
    assert job().attempts == 2
    assert len(post.sent) == 1


def test_a_worker_whose_claim_has_ended_does_not_undo_what_the_next_one_did(app, clock, post):
    def dawdle(claim: Claim, now: datetime) -> None:
        clock.move(hours=1)
        assert work(Worker({"mail": post}, clock=clock)) == 1
        raise RuntimeError("too late")

    ask()
    Worker({"mail": dawdle}, clock=clock).step()
    assert job().done_at is not None
    assert job().error == ""
    assert job().attempts == 2


def test_a_worker_says_every_minute_that_it_is_alive(worker, clock):
    assert outbox.last_beat() is None
    work(worker)
    assert outbox.last_beat() == NOON
    clock.move(seconds=59)
    work(worker)
    assert outbox.last_beat() == NOON
    clock.move(seconds=1)
    work(worker)
    assert outbox.last_beat() == clock.now


def test_a_worker_is_heard_of_after_its_clock_was_put_back(worker, clock):
    work(worker)
    clock.move(hours=-3)
    work(worker)
    assert outbox.last_beat() == clock.now


def test_an_hourly_job_is_made_once_an_hour_whoever_asks(app, clock):
    times: list[datetime] = []
    workers = [
        Worker({"tidy": lambda claim, now: times.append(now)}, clock=clock, hourly=["tidy"])
        for _ in range(2)
    ]
    for _ in range(6):
        for one in workers:
            work(one)
        clock.move(minutes=20)
    assert times == [NOON, NOON + timedelta(hours=1)]


def test_how_much_waits_is_known(app):
    assert outbox.waiting(NOON) == (0, None)
    ask("a", at=NOON - timedelta(hours=2))
    ask("b")
    ask("c", at=NOON + timedelta(hours=1))
    assert outbox.waiting(NOON) == (2, NOON - timedelta(hours=2))


def test_done_jobs_are_forgotten_in_the_end(worker, clock):
    ask("done")
    work(worker)
    ask("open")
    assert outbox.forget(NOON) == 0
    assert outbox.forget(NOON + timedelta(seconds=1)) == 2  # with the sign of life
    db.session.commit()
    assert db.session.scalars(sa.select(Job.key)).all() == ["open"]


def test_a_worker_that_is_told_to_stop_finishes_its_job(app, clock, monkeypatch):
    stop, done = threading.Event(), []

    def told_meanwhile(claim: Claim, now: datetime) -> None:
        stop.set()
        done.append(claim.key)

    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.01)
    ask("first")
    ask("second")
    Worker({"mail": told_meanwhile}, clock=clock).run(stop)
    assert done == ["first"]
    assert job("first").done_at == NOON
    assert job("second").attempts == 0


def test_a_worker_waits_for_a_database_that_is_away(app, clock, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(outbox, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.01)
    worker, failures = Worker({}, clock=clock), []

    def step() -> bool:
        if len(failures) < 3:
            failures.append(1)
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))
        stop.set()
        return False

    monkeypatch.setattr(worker, "step", step)
    worker.run(stop)
    assert len(failures) == 3


@pytest.fixture
def file_app(
    engine: str,
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """An app whose database many threads can open."""
    url = f"sqlite:///{tmp_path / 'news.db'}"
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
    app = create_app(make_settings(database_url=url))
    with app.app_context():
        migrated.upgrade()
        db.session.execute(sa.delete(Job))
        db.session.commit()
        yield app
        db.session.execute(sa.delete(Job))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_two_workers_never_do_one_job_at_the_same_time(file_app, engine):
    for number in range(60):
        outbox.add("mail", f"mail:{number}", now=NOON)
    db.session.commit()
    sent: list[str] = []
    gate = threading.Barrier(6)

    def start() -> None:
        gate.wait()
        with file_app.app_context():
            work(Worker({"mail": lambda claim, now: sent.append(claim.key)}, clock=Clock()))
            db.session.remove()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(sent) == sorted(f"mail:{number}" for number in range(60))
    attempts = db.session.scalars(sa.select(Job.attempts).where(Job.kind == "mail"))
    assert set(attempts) == {1}


def test_what_a_job_held_is_forgotten_when_it_is_done(worker, post):
    ask(to="ann@example.org")
    work(worker)
    assert job().payload == {}


def test_what_a_job_held_is_kept_as_long_as_it_is_tried(worker, post, clock):
    post.broken = True
    ask(to="ann@example.org")
    work(worker)
    assert job().payload == {"to": "ann@example.org"}
    for _ in range(outbox.MOST_ATTEMPTS):
        clock.move(hours=6)
        work(worker)
    assert job().payload == {}


def raising(error: Exception, app: Flask, clock: Clock) -> Worker:
    def handler(claim: Claim, now: datetime) -> None:
        db.session.add(Job(kind="a", key="a", created_at=now, next_at=now))
        raise error

    return Worker({"mail": handler}, clock=clock)


def test_a_job_that_is_put_off_has_not_failed(app, clock):
    worker = raising(outbox.NotNow(NOON + timedelta(minutes=1)), app, clock)
    ask()
    assert work(worker) == 1
    assert (job().attempts, job().error, job().done_at) == (0, "", None)
    assert job().next_at == NOON + timedelta(minutes=1)
    assert db.session.query(Job).filter_by(key="a").count() == 0


def test_trouble_is_told_in_a_line_and_tried_again(app, clock, caplog):
    worker = raising(outbox.Trouble("the server answered 451"), app, clock)
    ask()
    work(worker)
    assert job().error == "the server answered 451"
    assert job().next_at == NOON + timedelta(seconds=30)
    assert "waits for its next attempt: the server answered 451" in caplog.text
    assert "Traceback" not in caplog.text


def test_what_is_hopeless_is_given_up_at_once(app, clock, caplog):
    worker = raising(outbox.Hopeless("nobody there"), app, clock)
    ask(to="ann@example.org")
    assert work(worker) == 1
    assert (job().done_at, job().error, job().payload) == (NOON, "nobody there", {})
    assert "is given up: nobody there" in caplog.text
    assert outbox.failed(["mail"]) == 1
    assert outbox.failed(["other"]) == 0


def test_jobs_of_a_kind_wait_together(worker, post, clock):
    ask("a")
    ask("b", kind="other")
    ask("c", at=NOON + timedelta(hours=1))
    outbox.postpone(["mail"], NOON + timedelta(minutes=5))
    db.session.commit()
    assert (job("a").next_at, job("b").next_at, job("c").next_at) == (
        NOON + timedelta(minutes=5),
        NOON,
        NOON + timedelta(hours=1),
    )
