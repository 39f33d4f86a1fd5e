"""What the filter says of a reply, and when it keeps silent."""

import pytest

from newsite.comments.spam.features import Suspect, read
from newsite.comments.spam.model import Model
from newsite.comments.spam.training import Lesson, train
from newsite.comments.spam.verdicts import TRUSTED, Decision, Verdict, verdict

SPAM = Suspect("Check out my channel https://spam.example/ please", website="https://spam.example")


def model(count: int = 100) -> Model:
    """A model of so many lessons of each kind."""
    lessons = []
    for number in range(count):
        spam = Suspect(f"check out my channel https://spam.example/{number}")
        honest = Suspect(f"the bus was late on day {number}, see https://bus.example/")
        lessons += [(spam, True), (honest, False)]
    return train([Lesson(sorted(read(one).buckets), kind) for one, kind in lessons])


def test_what_looks_like_spam_is_held_and_the_reason_said() -> None:
    found = verdict(model(), SPAM)
    assert found.decision is Decision.hold
    assert found.score > 0.9
    assert found.kept_score == found.score
    assert found.reasons == [
        "1 link",
        "host never seen in an approved reply: spam.example",
        "looks like 100 replies marked spam, which also say “check out”",
    ]


def test_an_honest_reply_passes_without_a_word() -> None:
    found = verdict(model(), Suspect("The bus was late again on Tuesday."))
    assert (found.decision, found.reasons) == (Decision.passes, [])
    assert found.kept_score == found.score < 0.5


@pytest.mark.parametrize("count", [1, 99])
def test_with_fewer_than_a_hundred_of_each_it_does_not_act(count: int) -> None:
    found = verdict(model(count), SPAM)
    assert found.decision is Decision.passes
    assert found.score > 0.5
    assert found.kept_score is None
    [reason] = found.reasons
    assert reason == (
        f"the filter has learned from {count} approved replies and {count} marked as spam; "
        "it acts from 100 of each"
    )


def test_a_filter_that_has_learned_nothing_says_so() -> None:
    found = verdict(None, SPAM)
    assert found == Verdict(0.5, Decision.passes, found.reasons)
    assert "learned from 0 approved replies" in found.reasons[0]
    assert found.kept_score is None


def test_a_confirmed_replier_with_an_approved_reply_passes() -> None:
    found = verdict(model(), SPAM, is_trusted=True)
    assert (found.decision, found.reasons) == (Decision.passes, [TRUSTED])
    assert found.kept_score is None  # so that the desk does not sort it among the spam
    calm = verdict(model(), Suspect("The bus was late."), is_trusted=True)
    assert calm.reasons == []
