"""What the desk asks about replies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, deciding, queries
from newsite.comments.models import Comment, Status
from newsite.comments.queries import Queue, Sought
from newsite.db import db

Send = Callable[..., Comment]


def test_the_queue_is_read_newest_first_page_after_page(sent: Send) -> None:
    made = [sent(f"No. {number}") for number in range(5)]
    page = queries.queue(Status.pending, limit=2)
    assert page.items == [made[4], made[3]]
    page = queries.queue(Status.pending, page.next, 2)
    assert page.items == [made[2], made[1]]
    page = queries.queue(Status.pending, page.next, 2)
    assert page.items == [made[0]]
    assert page.next is None


def test_each_queue_is_counted(
    sent: Send, approved: Send, editor: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent("1"), sent("2"), approved("3")
    actions.trash(sent("4"), by=editor, now=now)
    assert queries.counts() == {
        Queue.waiting: 2,
        Queue.likely_spam: 0,
        Queue.reported: 0,
        Queue.appeals: 0,
        Queue.approved: 1,
        Queue.spam: 0,
        Queue.trash: 1,
    }
    monkeypatch.setattr(queries, "COUNTED", 1)
    assert queries.counts()[Queue.waiting] == 1


def test_what_an_editor_held_whose_account_is_gone_did_not_come_back_by_itself(
    approved: Send, editor: User, now: datetime
) -> None:
    held, changed = approved("1"), approved("2")
    actions.hold(held, by=editor, now=now).by_id = None
    deciding.move(
        changed, Status.pending, rule="3 links", now=now
    )  # as its writer's other words do
    db.session.commit()
    assert (held.status, changed.status) == (Status.pending, Status.pending)
    assert queries.back_again() == [changed]


def test_what_looks_like_spam_waits_in_a_list_of_its_own(sent: Send) -> None:
    honest, unsure, spam = sent("1"), sent("2"), sent("3")
    unsure.spam_score, spam.spam_score = 0.49, 0.5
    db.session.commit()
    assert queries.queue(Queue.waiting).items == [unsure, honest]
    assert queries.queue(Queue.likely_spam).items == [spam]
    assert queries.counts()[Queue.waiting] == 2
    assert queries.counts()[Queue.likely_spam] == 1
    spam.status = Status.approved
    db.session.commit()
    assert queries.queue(Queue.likely_spam).items == []
    assert queries.queue(Queue.approved).items == [spam]


def test_a_longer_queue_takes_no_more_queries(sent: Send, approved: Send) -> None:
    def asked() -> int:
        run: list[str] = []
        db.session.expire_all()
        listener = lambda *given: run.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        for comment in queries.queue(Status.pending).items:
            assert comment.article.title
            assert [entry.by for entry in comment.entries] == [None]
            assert comment.parent is None or comment.parent.author_name
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(run)

    parent_id = approved("0").id
    sent("1")
    before = asked()
    for number in range(2, 10):
        sent(str(number), to=db.session.get(Comment, parent_id))
    assert asked() <= before + 1  # people of decisions are read once, if there are any


def test_several_are_found_by_their_ids_and_nonsense_is_passed_over(sent: Send) -> None:
    one, two = sent("1"), sent("2")
    assert queries.by_ids([two.id, one.id, 0, -5, 999, 2**70]) == [one, two]
    entries = queries.entries_by_ids([one.entries[0].id, 0, 2**70])
    assert [entry.comment for entry in entries] == [one]
    assert queries.by_id(999) is None


def test_the_queue_walks_its_index(sent: Send, engine: str) -> None:
    sent()
    explain = "EXPLAIN QUERY PLAN"
    if engine == "postgresql":  # it would read so small a table from end to end, and be right to
        for way in ("seqscan", "bitmapscan", "sort"):
            db.session.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        explain = "EXPLAIN"
    query = "SELECT id FROM comments WHERE status = 'pending' ORDER BY created_at DESC, id DESC"
    plan = " ".join(str(row) for row in db.session.execute(sa.text(f"{explain} {query}")))
    assert "ix_comments_queue" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_what_was_reported_or_appealed_against_last_comes_first(
    approved: Send, now: datetime
) -> None:
    made = [approved(str(number)) for number in range(4)]
    for number, minutes in enumerate((3, 1, 2)):
        made[number].reported_at = now + timedelta(minutes=minutes)
    made[3].appealed_at = now
    db.session.commit()
    page = queries.queue(Queue.reported, limit=2)
    assert page.items == [made[0], made[2]]
    assert queries.queue(Queue.reported, page.next, 2).items == [made[1]]
    assert queries.queue(Queue.appeals).items == [made[3]]
    assert queries.to_do() == 4


def test_a_list_is_narrowed_to_all_that_is_given(
    sent: Send, make_article: Callable[..., Article]
) -> None:
    one, two = sent("A late bus"), sent("100 % late", email="Bob@example.org", author_name="Bob")
    one.network = two.network = "192.0.2.0/24"
    db.session.commit()
    other = make_article("Another")

    def found(**sought: Any) -> list[Comment]:
        narrowed = Sought(**sought)
        items = queries.queue(Queue.waiting, sought=narrowed).items
        assert queries.count(Queue.waiting, narrowed) == len(items)
        return items

    assert found(email="BOB@example.org") == [two]
    assert found(network="192.0.2.0/24") == [two, one]
    assert found(network="192.0.2.0/24", words="bus") == [one]
    assert found(words="%") == [two]
    assert found(words="BOB") == [two]
    assert found(article_id=one.article_id, words="late") == [two, one]
    assert found(article_id=other.id) == []
    assert not Sought()
    assert Sought(words="x")


def test_words_are_sought_among_the_newest_only(
    sent: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SEARCHED", 2)
    made = [sent(f"No. {number}") for number in range(3)]
    assert queries.queue(Queue.waiting, sought=Sought(words="No.")).items == made[:0:-1]
