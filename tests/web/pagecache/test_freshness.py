"""How often a worker asks what changed, and what it does without an answer."""

import threading
from typing import Any

import sqlalchemy as sa
from paper import Paper
from sqlalchemy.exc import OperationalError

from newsite.web.pagecache.freshness import Freshness
from newsite.web.pagecache.store import Store


class Counted:
    """A freshness with a clock of its own, that counts its questions."""

    def __init__(self, paper: Paper) -> None:
        self.seconds, self.questions = 0.0, 0
        self.engine = paper.cache.freshness.engine
        self.store = Store()
        self.freshness = Freshness(self.engine, self.store, clock=lambda: self.seconds)
        self.fails = False
        sa.event.listen(self.engine, "before_cursor_execute", self.note)

    def note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "change_counter" in statement:
            self.questions += 1
            if self.fails:
                raise OperationalError(statement, {}, Exception("away"))


def test_a_worker_asks_at_most_twice_a_second(paper: Paper) -> None:
    on = Counted(paper)
    for tenth in range(21):
        on.seconds = tenth / 10
        on.freshness.follow()
    assert on.questions == 5  # at 0, 0.5, 1, 1.5 and 2 s


def test_it_learns_what_changed_since_it_asked(paper: Paper) -> None:
    on = Counted(paper)
    on.freshness.follow()
    paper.publish("Strike")
    on.seconds = 0.5
    on.freshness.follow()
    assert (on.store.seen, on.store.has_changed("front", 0)) == (1, True)
    assert not on.store.has_changed("site", 0)


def test_without_an_answer_it_is_away_until_there_is_one(paper: Paper) -> None:
    on = Counted(paper)
    on.fails = True
    for second in (0, 1):
        on.seconds = second
        on.freshness.follow()
        assert on.freshness.is_away
    on.fails, on.seconds = False, 2
    on.freshness.follow()
    assert not on.freshness.is_away


def test_others_wait_a_quarter_of_a_second_at_most(paper: Paper) -> None:
    on = Counted(paper)
    on.freshness._asking.acquire()  # somebody asks, and gets no answer
    waiting = threading.Thread(target=on.freshness.follow)
    waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()
    on.freshness.answered_at = 0.0
    on.freshness.follow()  # not even that, if what is known is fresh
    waiting = threading.Thread(target=on.freshness.follow)
    on.seconds = 5
    waiting.start()
    on.freshness._asking.release()
    waiting.join(10)
    assert on.questions <= 1
    on.freshness._open_since = 0.0
    assert on.freshness.is_away


def test_a_question_that_was_just_answered_is_not_asked_again(paper: Paper) -> None:
    on = Counted(paper)
    on.freshness.follow()
    on.freshness._ask()
    assert on.questions == 1
