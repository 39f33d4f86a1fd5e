"""What was learned, and what it says."""

import pytest

from newsite.comments.spam.features import BUCKETS, Suspect, pair_bucket, read
from newsite.comments.spam.model import Model, blank_counts
from newsite.comments.spam.training import Lesson, train


def learned(spam: int, honest: int) -> Model:
    lessons = [("buy cheap pills here", True)] * spam + [("the bus was late", False)] * honest
    return train([Lesson(sorted(read(Suspect(text)).buckets), kind) for text, kind in lessons])


@pytest.mark.parametrize(
    ("spam", "honest", "is_ready"), [(100, 100, True), (99, 500, False), (500, 99, False)]
)
def test_it_acts_from_a_hundred_of_each_kind(spam: int, honest: int, is_ready: bool) -> None:
    assert learned(spam, honest).is_ready is is_ready


def test_a_text_unlike_everything_known_is_judged_with_caution() -> None:
    model = learned(100, 100)
    known = read(Suspect("buy cheap pills here"))
    strange = read(
        Suspect(
            "buy a ticket, cheap ones go first, then take these pills back to whoever sold them"
        )
    )
    assert model.score(known) > 0.9
    assert model.score(strange) < model.score(known)
    assert model.in_spam[pair_bucket("cheap", "pills")] == 100


def test_a_score_stays_between_0_and_1() -> None:
    model = learned(100, 100)
    for text in ("", "pills " * 800, "bus " * 1_000, "\U0001f600" * 5_000):
        assert 0 < model.score(read(Suspect(text))) < 1


def test_what_is_stored_comes_back_as_it_was() -> None:
    model = learned(3, 2)
    again = Model.unpacked(model.packed(), spam=3, honest=2)
    assert again == model
    assert len(blank_counts()) == BUCKETS
