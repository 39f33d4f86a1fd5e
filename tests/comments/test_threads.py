"""The order of reading is the order of the bytes."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from newsite.comments import threads
from newsite.comments.models import Comment

LEVELS = 5
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMES = st.datetimes(timezones=st.just(UTC))


def standing(number: int, at: datetime = NOON, under: Comment | None = None) -> Comment:
    comment = Comment(id=number, created_at=at)
    comment.parent, comment.depth = under, threads.depth(under, LEVELS)
    comment.place = threads.place(comment, under)
    return comment


def test_a_place_has_eighteen_digits_a_level() -> None:
    first = standing(12)
    assert first.place == "0ee294d040" + "0000000c"
    assert standing(13, under=first).place == first.place + "0ee294d040" + "0000000d"


@settings(deadline=None)  # a busy machine is no failure
@given(TIMES, TIMES, st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1))
def test_replies_stand_in_the_order_of_time_and_id(
    one: datetime, other: datetime, first: int, second: int
) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    places = standing(first, one).place or "", standing(second, other).place or ""
    assert (places[0] < places[1]) == ((one, first) < (other, second))
    assert len(places[0]) == len(places[1]) == threads.LEVEL_CHARS


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.integers(0, 8), max_size=30))
def test_every_answer_stands_within_its_thread_and_after_what_it_answers(
    parents: list[int],
) -> None:
    made = [standing(1)]
    for number, back in enumerate(parents, start=2):
        made.append(standing(number, under=made[max(0, len(made) - 1 - back)]))
    for comment in made[1:]:
        parent = comment.parent
        assert parent is not None
        assert parent.place is not None
        assert comment.place is not None
        assert comment.place > parent.place
        assert comment.depth == min(parent.depth + 1, LEVELS)
        assert comment.place.startswith(threads.root(parent.place))
        assert len(comment.place) == comment.depth * threads.LEVEL_CHARS


def test_an_answer_to_a_reply_without_a_place_begins_its_own() -> None:
    parent = Comment(id=1, created_at=NOON, depth=1)
    assert threads.place(Comment(id=2, created_at=NOON, depth=2), parent) == standing(2).place
