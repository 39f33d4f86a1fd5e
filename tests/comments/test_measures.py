"""An editor decides about many replies at once, and locks a thread."""

from collections.abc import Callable
from datetime import datetime

import pytest

from newsite import audit, changes
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, blocks, measures
from newsite.comments.models import Comment, Status
from newsite.comments.queries import Queue, Sought
from newsite.db import db
from newsite.errors import Conflict, NotAllowed
from newsite.site.models import Site

Send = Callable[..., Comment]


def test_what_a_list_finds_is_decided_in_batches(
    sent: Send, editor: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "BATCH", 2)
    bob = [sent(f"Bob {number}", email="bob@example.org") for number in range(3)]
    ann = sent()
    sought = Sought(email="bob@example.org")
    how = {"by": editor, "reason": "A storm", "note": "No.", "now": now}
    for count in (2, 1, 0):
        made = measures.decide_found(Queue.waiting, sought, actions.trash, **how)
        assert len(made) == count
    assert {one.status for one in bob} == {Status.trash}
    assert (bob[0].entries[-1].reason, bob[0].entries[-1].note) == ("A storm", "No.")
    assert ann.status is Status.pending


def test_all_of_one_writer_is_put_aside_wherever_it_is_in_sight(
    sent: Send, approved: Send, editor: User, article: Article, now: datetime
) -> None:
    ones = [sent("waits"), approved("on the page", author_name="Another name")]
    other = approved("Bob's", email="bob@example.org")
    own = actions.answer(other, "Mine", by=editor, now=now)
    own.email_key = ones[0].email_key
    db.session.commit()
    assert measures.in_sight(ones[0]) == 2
    entries = measures.hide_all(ones[0], actions.trash, by=editor, now=now)
    assert [one.status for one in ones] == [Status.trash, Status.trash]
    assert (other.status, own.status) == (Status.approved, Status.approved)
    db.session.commit()
    assert article.reply_count == 2
    with pytest.raises(Conflict, match="No other reply"):
        measures.hide_all(ones[0], actions.trash, by=editor, now=now)
    actions.undo(entries, by=editor, now=now)
    assert [one.status for one in ones] == [Status.pending, Status.approved]


def test_erased_addresses_have_nothing_in_common(sent: Send, editor: User, now: datetime) -> None:
    one, other = sent("one"), sent("other")
    one.email_key = other.email_key = ""
    db.session.commit()
    assert measures.in_sight(one) == 0
    with pytest.raises(Conflict):
        measures.hide_all(one, actions.mark_spam, by=editor, now=now)


def test_a_whole_thread_is_locked_and_unlocked(
    approved: Send, sent: Send, editor: User, site: Site, now: datetime
) -> None:
    first = approved("first")
    answer, waiting = approved("answer", to=first), sent("waiting", to=first)
    other = approved("another thread")
    before = changes.latest()
    assert measures.lock(answer, is_locked=True, by=editor, now=now) is first
    db.session.commit()
    assert [one.is_locked for one in (first, answer, waiting, other)] == [True, True, True, False]
    assert changes.latest() > before
    mark = blocks.look(site).mark
    assert [one.block_mark for one in (first, answer)] == [mark, mark]
    with pytest.raises(Conflict, match="is locked"):
        measures.lock(first, is_locked=True, by=editor, now=now)
    measures.lock(waiting, is_locked=False, by=editor, now=now)
    assert not any(one.is_locked for one in (first, answer, waiting, other))
    with pytest.raises(Conflict, match="is not locked"):
        measures.lock(first, is_locked=False, by=editor, now=now)
    told = [(entry.action, entry.subject) for entry in audit.latest(2)]
    assert told == [
        ("unlocked a thread under", "“Night shift votes”"),
        ("locked a thread under", "“Night shift votes”"),
    ]


def test_a_thread_that_nobody_sees_can_be_locked(sent: Send, editor: User, now: datetime) -> None:
    comment = sent()
    assert measures.lock(comment, is_locked=True, by=editor, now=now) is comment
    assert comment.is_locked


def test_a_reply_without_a_place_stands_alone(sent: Send, editor: User, now: datetime) -> None:
    one, other = sent("one"), sent("other")
    one.place = None
    db.session.commit()
    measures.lock(one, is_locked=True, by=editor, now=now)
    assert (one.is_locked, other.is_locked) == (True, False)


def test_writers_take_no_measures(sent: Send, writer: User, now: datetime) -> None:
    comment = sent()
    with pytest.raises(NotAllowed):
        measures.lock(comment, is_locked=True, by=writer, now=now)
    with pytest.raises(NotAllowed):
        measures.hide_all(comment, actions.trash, by=writer, now=now)
    with pytest.raises(NotAllowed):
        measures.decide_found(Queue.waiting, Sought(), actions.trash, by=writer, now=now)
