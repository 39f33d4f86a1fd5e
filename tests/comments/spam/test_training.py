"""How decisions become a model."""

import pytest

from newsite.comments.spam import training
from newsite.comments.spam.features import Suspect, read, word_bucket
from newsite.comments.spam.model import BIAS
from newsite.comments.spam.training import Lesson, train


def lesson(text: str, *, is_spam: bool) -> Lesson:
    return Lesson(sorted(read(Suspect(text)).buckets), is_spam)


SPAM = [lesson(f"check out my channel number {number}", is_spam=True) for number in range(20)]
HONEST = [lesson(f"the bus was late on day {number}", is_spam=False) for number in range(20)]


def test_what_was_marked_spam_scores_high_and_what_was_approved_low() -> None:
    model = train(SPAM + HONEST)
    assert model.score(read(Suspect("check out my channel please"))) > 0.7
    assert model.score(read(Suspect("the bus was late again"))) < 0.3
    assert (model.spam, model.honest) == (20, 20)


def test_how_often_a_word_was_in_each_kind_is_counted() -> None:
    model = train(SPAM + HONEST)
    assert model.in_spam[word_bucket("channel")] == 20
    assert model.in_honest[word_bucket("channel")] == 0
    assert model.in_honest[word_bucket("bus")] == 20


def test_counts_stop_before_they_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MOST_COUNT", 3)
    assert train(SPAM + HONEST).in_spam[word_bucket("channel")] == 3


def test_the_same_lessons_make_the_same_model_to_the_last_bit() -> None:
    assert train(SPAM + HONEST).packed() == train(SPAM + HONEST).packed()


def test_without_lessons_a_model_knows_nothing() -> None:
    model = train([])
    assert not any(model.weights)
    assert model.score(read(Suspect(""))) == 0.5


def test_one_kind_alone_is_no_failure() -> None:
    assert train(SPAM).score(read(Suspect("hello"))) <= 1
    assert train(HONEST).score(read(Suspect("hello"))) >= 0
    assert train([Lesson([], True), Lesson([], False)]).weights[BIAS] == pytest.approx(0, abs=2)


def test_a_flood_of_spam_does_not_make_everything_look_like_it() -> None:
    stranger = read(Suspect("a wholly different matter altogether"))
    flood = [lesson(f"check out my channel number {number}", is_spam=True) for number in range(400)]
    assert train(flood + HONEST).score(stranger) < 0.5
