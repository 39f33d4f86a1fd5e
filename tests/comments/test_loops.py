"""Replies that answer each other in a circle are found and opened, and no decision about them runs for ever."""

from collections.abc import Callable
from datetime import datetime

import pytest

from newsite.accounts.models import User
from newsite.comments import actions, context, loops
from newsite.comments.models import Comment
from newsite.db import db

Send = Callable[..., Comment]
Circle = Callable[[int], list[Comment]]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_an_answer_that_hangs_on_a_circle_is_approved_and_put_aside(
    circle: Circle, sent: Send, editor: User, now: datetime, size: int
) -> None:
    members = circle(size)
    hanging = sent("I hang on it.")
    hanging.parent_id = members[0].id
    db.session.commit()
    actions.approve(hanging, by=editor, now=now)
    assert all(member.is_on_page for member in members)  # as gaps
    actions.trash(hanging, by=editor, now=now)
    assert not hanging.is_on_page
    assert len(context.thread(hanging).above) <= context.MOST_ABOVE


@pytest.mark.parametrize("size", [1, 2, 3])
def test_those_in_a_circle_are_approved_and_put_aside(
    circle: Circle, editor: User, now: datetime, size: int
) -> None:
    members = circle(size)
    for decision in (actions.approve, actions.trash):
        for member in members:
            decision(member, by=editor, now=now)
            db.session.commit()
    assert members[0].article.reply_count == 0


def test_circles_are_found_and_what_hangs_on_one_is_in_none(
    circle: Circle, sent: Send, approved: Send
) -> None:
    assert loops.found() == []
    sent("An answer", to=approved())
    one, three = circle(1), circle(3)
    for member in (one[0], three[1]):
        first = sent(f"On {member.id}")
        second = sent(f"Below it, {member.id}")
        first.parent_id, second.parent_id = member.id, first.id
    db.session.commit()
    a, b, c = (member.id for member in three)
    assert loops.found() == [[one[0].id], [a, c, b]]


def test_a_circle_is_opened_at_its_first_reply(circle: Circle) -> None:
    first, second = circle(2)
    circle(1)
    assert loops.open_all() == 2
    db.session.commit()
    assert (first.parent_id, second.parent_id) == (None, first.id)
    assert loops.found() == []
    assert loops.open_all() == 0
