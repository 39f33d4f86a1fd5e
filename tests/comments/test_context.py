"""What an editor sees around a reply."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsite.accounts.models import User
from newsite.comments import actions, context
from newsite.comments.models import Comment, Status
from newsite.db import db

Send = Callable[..., Comment]


def test_the_thread_around_a_reply(approved: Send, sent: Send) -> None:
    first = approved("first")
    second = approved("second", to=first)
    beside = [approved(f"beside {number}", to=second) for number in range(3)]
    below = sent("below", to=beside[1])
    approved("elsewhere")
    found = context.thread(beside[1])
    assert found.above == [first, second]
    assert (found.before, found.after) == ([beside[0]], [beside[2]])
    assert found.below == [below]
    assert context.thread(first).before == context.thread(first).after == []


def test_of_a_long_thread_the_nearest_are_read_in_as_many_queries(
    approved: Send, sent: Send, counted: Any
) -> None:
    def asked(comment: Comment) -> int:
        assert comment.id
        with counted() as run:
            context.thread(comment)
        return len(run)

    first = approved("first")
    few = asked(approved("alone", to=first))
    chain = [first]
    for number in range(context.MOST_ABOVE + 3):
        chain.append(approved(f"deeper {number}", to=chain[-1]))
    many = [sent(f"beside {number}", to=first) for number in range(2 * context.MOST_BESIDE + 4)]
    assert context.thread(chain[-1]).above == chain[3:-1]
    middle = context.thread(many[7])
    assert middle.before == many[2:7]
    assert middle.after == many[8:13]
    assert len(context.thread(first).below) == context.MOST_BELOW
    assert asked(chain[-1]) == few == 4


def test_what_else_came_from_an_address(
    sent: Send, approved: Send, editor: User, now: datetime
) -> None:
    comment = sent("this one")
    confirmed = approved("confirmed", email="ANN@example.org", author_name="Somebody")
    confirmed.confirmed_at = now
    actions.mark_spam(sent("spam"), by=editor, now=now)
    sent("another's", email="bob@example.org")
    db.session.commit()
    found = context.writer(comment)
    assert found.counts == {Status.pending: 1, Status.approved: 1, Status.spam: 1}
    assert found.confirmed == 1
    assert [one.body for one in found.latest] == ["spam", "confirmed"]


def test_an_erased_address_is_nobodys(sent: Send) -> None:
    one, other = sent("one"), sent("other")
    one.email = other.email = one.email_key = other.email_key = ""
    db.session.commit()
    assert context.writer(one) == ({}, 0, [])


def test_the_latest_twenty_of_an_address_are_read(sent: Send) -> None:
    made = [sent(f"No. {number}") for number in range(context.MOST_OF_WRITER + 2)]
    assert context.writer(made[0]).latest == made[:1:-1]


def test_who_decided_what_is_read_newest_first_and_by_person(
    sent: Send, editor: User, admin: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = sent()
    made = []
    for minute, (decision, by) in enumerate(
        [(actions.approve, editor), (actions.hold, admin), (actions.trash, editor)]
    ):
        made.append(decision(comment, by=by, now=now + timedelta(minutes=minute)))
    db.session.commit()
    assert context.decisions().items == made[::-1]
    assert context.decisions(editor.id).items == [made[2], made[0]]
    monkeypatch.setattr(context, "DECISIONS", 2)
    page = context.decisions()
    assert page.items == [made[2], made[1]]
    assert context.decisions(before=page.next).items == [made[0]]
