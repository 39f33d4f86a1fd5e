import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mail_server import running, settings
from ports import free_port

from newsite import mail, outbox
from newsite.db import db
from newsite.mail import line, office, troubles
from newsite.mail.message import Letter
from newsite.outbox import Claim, Job, Worker

KIND = "mail.letter"


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


def send(claim: Claim, now) -> None:
    to, asked = claim.payload["to"], claim.payload.get("asked", False)
    letter = Letter(
        to=to, subject="A letter", text="Hello.\n", html="<p>Hi</p>", is_asked_for=asked
    )
    mail.deliver(letter, claim, kinds=[KIND], now=now)


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def worker(app, clock):
    return Worker({KIND: send}, clock=clock, rest=mail.hang_up)


@pytest.fixture
def ask(clock):
    """Asks for mails to so many readers."""

    def ask(count: int = 1, first: int = 0, **given) -> None:
        for number in range(first, first + count):
            payload = {"to": f"reader{number}@example.org"} | given
            outbox.add(KIND, f"letter:{number}", payload, now=clock.now)
        db.session.commit()

    return ask


def work(worker: Worker) -> int:
    """Works until nothing is due; how many jobs were begun."""
    done = 0
    while worker.step():
        done += 1
    db.session.remove()
    return done


def jobs(**conditions) -> list[Job]:
    return list(db.session.scalars(sa.select(Job).filter_by(kind=KIND, **conditions)))


def test_what_is_asked_for_is_sent_and_no_address_stays(worker, ask, post):
    ask(3)
    assert work(worker) == 3
    assert len(post.mails) == 3
    assert post.calls == 1
    assert [job.payload for job in jobs()] == [{}, {}, {}]


def test_a_mail_that_is_sent_again_is_known_for_the_same(app, now, post):
    claim = Claim(1, KIND, "letter:1", {"to": "ann@example.org"}, 1, now)
    send(claim, now)
    send(claim, now + timedelta(minutes=10))  # the worker died before it could note the first
    send(Claim(2, KIND, "letter:2", {"to": "ann@example.org"}, 1, now), now)
    first, again, other = [mail["Message-ID"] for mail in post.mails]
    assert first == again != other
    assert "ann" not in first


def test_no_more_go_out_a_minute_than_was_set_and_the_others_wait_together(
    worker, ask, post, clock
):
    office.use(settings(office.current().settings.port, rate=4))
    ask(10)
    assert work(worker) == 5  # the fifth finds that the minute is full, and says so for all
    assert len(post.mails) == 4
    clock.move(seconds=59)
    assert work(worker) == 0
    clock.move(seconds=1)
    assert work(worker) == 5
    clock.move(minutes=1)
    assert work(worker) == 2
    assert len(post.mails) == 10
    assert {job.attempts for job in jobs()} == {1}  # to wait is not to fail


def test_a_server_that_is_away_for_an_hour_is_asked_now_and_then_for_all(worker, ask, clock, app):
    port = free_port()
    office.use(settings(port))
    ask(50)
    begun = 0
    for _ in range(60):
        begun += work(worker)
        clock.move(minutes=1)
    assert begun <= 10  # not fifty a minute
    assert {job.done_at for job in jobs()} == {None}
    from mail_server import PostOffice

    there = PostOffice()
    with running(there, port=port):
        for _ in range(16):  # the longest pause
            work(worker)
            clock.move(minutes=1)
        mail.hang_up()
    office.use(None)
    assert sorted(there.recipients) == sorted(f"reader{number}@example.org" for number in range(50))
    assert all(job.done_at and job.error == "" for job in jobs())


def test_other_jobs_are_done_while_mail_waits(ask, clock, app):
    office.use(settings(free_port()))
    done = []
    worker = Worker({KIND: send, "tidy": lambda claim, now: done.append(claim.key)}, clock=clock)
    ask(20)
    outbox.add("tidy", "tidy:1", now=clock.now)
    db.session.commit()
    assert work(worker) == 2
    assert done == ["tidy:1"]
    office.use(None)


def test_after_two_days_a_mail_is_given_up(worker, ask, clock, app, caplog):
    office.use(settings(free_port()))
    ask(3)
    for _ in range(49 + 1):  # the longest pause is a quarter of an hour
        work(worker)
        clock.move(hours=1)
    assert [job.error for job in jobs()] == ["it could not be sent for two days"] * 3
    assert [job.payload for job in jobs()] == [{}] * 3
    assert "is given up" in caplog.text
    assert "reader" not in caplog.text
    office.use(None)


def test_a_mail_that_the_server_puts_off_is_sent_later_and_the_others_at_once(
    worker, ask, post, clock
):
    post.answers_to["reader0@example.org"] = "451 greylisted"
    ask(3)
    assert work(worker) == 3
    assert len(post.mails) == 2
    post.answers_to.clear()
    clock.move(seconds=30)
    assert work(worker) == 1
    assert len(post.mails) == 3


def test_a_mail_that_is_put_off_for_two_days_is_given_up(worker, ask, post, clock):
    post.answers["RCPT"] = "451 greylisted"
    ask()
    for _ in range(24):
        work(worker)
        clock.move(hours=2, minutes=30)
    assert [job.error for job in jobs()] == [
        "it could not be sent for two days: the server answered 451 to the address"
    ]


def test_an_address_that_is_refused_three_times_gets_nothing_more(worker, ask, post, clock, caplog):
    post.answers["RCPT"] = "550 5.1.1 ann@example.org is unknown here"
    ask(4, to="ann@example.org")
    assert work(worker) == 4
    assert post.mails == []
    assert [job.error for job in jobs()] == ["the server answered 550 to the address"] * 3 + [""]
    assert troubles.is_given_up("ann@example.org")
    assert "ann" not in caplog.text
    post.answers.clear()
    ask(1, first=5, to="ann@example.org")
    work(worker)
    assert post.mails == []


def test_what_its_owner_asks_for_reaches_an_address_that_was_given_up(worker, ask, post, clock):
    for _ in range(3):
        troubles.refused("ann@example.org", clock.now)
    ask(1, to="ann@example.org", asked=True)
    work(worker)
    assert len(post.mails) == 1
    assert troubles.is_given_up("ann@example.org")  # that somebody reads it, a press shows


def test_a_mail_that_is_taken_forgets_refusals(worker, ask, post, clock):
    troubles.refused("ann@example.org", clock.now)
    troubles.refused("ann@example.org", clock.now)
    ask(1, to="ann@example.org")
    work(worker)
    troubles.refused("ann@example.org", clock.now)
    assert not troubles.is_given_up("ann@example.org")


def test_a_mail_that_is_not_wanted_is_given_up_and_its_address_is_not(worker, ask, post):
    post.answers["DATA"] = "554 5.6.0 looks like spam"
    ask(4, to="ann@example.org")
    work(worker)
    assert {job.error for job in jobs()} == {"the server answered 554 to the mail"}
    assert not troubles.is_given_up("ann@example.org")


def test_what_is_no_address_is_given_up_without_being_repeated(worker, ask, post, caplog):
    ask(1, to="ann@@exam ple")
    work(worker)
    assert [job.error for job in jobs()] == ["this is no address"]
    assert "ann" not in caplog.text


def test_nothing_says_to_whom_mail_goes(worker, ask, post, caplog, monkeypatch):
    monkeypatch.setattr(line, "PATIENCE", 0.3)
    caplog.set_level(logging.DEBUG, "newsite")
    ask(1)
    post.hangs_at = "RCPT"
    work(worker)
    assert "mail waits: the server does not answer in time" in caplog.text
    assert "reader0" not in caplog.text


def test_a_worker_that_has_nothing_to_do_hangs_up(worker, ask, post, app):
    import threading

    ask(1)
    work(worker)
    stop = threading.Event()
    worker.rest = lambda: (mail.hang_up(), stop.set())
    worker.run(stop)
    ask(1, first=1)
    work(worker)
    assert post.calls == 2
