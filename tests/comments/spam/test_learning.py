"""The filter learns from what editors decide, and unlearns what they take back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from newsite import outbox
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.models import Comment, Status
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.comments.spam.models import SpamLesson, SpamModel
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.outbox import Claim, Job

Send = Callable[..., Comment]
CLAIM = Claim(1, learning.KIND, "spam:turn:1", {}, 1, datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def sent(article: Article, now: datetime) -> Send:
    """Sends a reply, a minute after the one before."""
    times = iter(range(10_000))

    def send(body: str = "I was there.", **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""} | given
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        comment = actions.submit_reply(article, NewReply(body=body, **values), now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def taught(app: Flask) -> None:
    """A filter that was given a hundred lines of each kind."""
    spam = [Suspect(f"check out my channel number {number}") for number in range(100)]
    honest = [Suspect(f"the bus was late on day {number}") for number in range(100)]
    learning.take((f"given:{one.body}", one, True) for one in spam)
    learning.take((f"given:{one.body}", one, False) for one in honest)
    db.session.commit()
    learning.relearn()
    db.session.commit()


def lessons() -> dict[int | None, bool]:
    """What was learned from which reply."""
    rows = db.session.execute(sa.select(SpamLesson.comment_id, SpamLesson.is_spam)).all()
    return {row.comment_id: row.is_spam for row in rows}


def learned() -> tuple[int, int, bytes]:
    """The model that is made of what was learned until now."""
    db.session.commit()
    model = learning.relearn()
    db.session.commit()
    return model.spam, model.honest, model.packed()


def test_approving_and_marking_as_spam_teach_and_the_trash_teaches_nothing(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    assert lessons() == {}
    for decision, is_learned in (
        (actions.approve, {comment.id: False}),
        (actions.mark_spam, {comment.id: True}),
        (actions.restore, {comment.id: False}),
        (actions.trash, {}),
        (actions.mark_spam, {comment.id: True}),
        (actions.hold, {}),
    ):
        decision(comment, by=editor, now=now)
        db.session.commit()
        assert lessons() == is_learned


def test_a_decision_that_is_taken_back_is_as_if_it_had_never_been_taken(
    sent: Send, editor: User, now: datetime
) -> None:
    replies = [sent(f"Reply number {number}, about the bus") for number in range(4)]
    actions.approve(replies[0], by=editor, now=now)
    actions.mark_spam(replies[1], by=editor, now=now)
    before = learned()
    entries = [
        actions.mark_spam(replies[2], by=editor, now=now),
        actions.approve(replies[3], by=editor, now=now),
    ]
    assert learned() != before
    actions.undo(entries, by=editor, now=now)
    assert learned() == before
    assert lessons() == {replies[0].id: False, replies[1].id: True}


def test_taking_back_a_second_decision_leaves_what_the_first_taught(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    entry = actions.mark_spam(comment, by=editor, now=now)
    assert lessons() == {comment.id: True}
    actions.undo([entry], by=editor, now=now)
    assert lessons() == {comment.id: False}


def test_what_a_trap_decided_is_not_learned_not_even_by_taking_a_decision_back(
    article: Article, reply_of_a_bot: NewReply, editor: User, now: datetime
) -> None:
    comment = actions.submit_reply(article, reply_of_a_bot, now=now, suspicion="A trap")
    db.session.commit()
    assert lessons() == {}
    entry = actions.approve(comment, by=editor, now=now)
    assert lessons() == {comment.id: False}
    actions.undo([entry], by=editor, now=now)
    assert comment.status is Status.spam
    assert lessons() == {}


@pytest.fixture
def reply_of_a_bot() -> NewReply:
    return NewReply("Bot", "bot@example.org", "", "Buy")


def test_what_staff_write_teaches_nothing(sent: Send, editor: User, now: datetime) -> None:
    comment = sent("When?")
    actions.answer(comment, "At six.", by=editor, now=now)
    db.session.commit()
    assert lessons() == {comment.id: False}


def test_with_a_reply_goes_what_was_learned_from_it(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    db.session.delete(comment)
    db.session.commit()
    assert lessons() == {}


def test_no_words_are_kept(sent: Send, editor: User, now: datetime) -> None:
    comment = sent("A secret")
    actions.approve(comment, by=editor, now=now)
    lesson = db.session.scalars(sa.select(SpamLesson)).one()
    assert b"secret" not in lesson.buckets
    assert len(lesson.buckets) % 4 == 0


def test_one_job_follows_the_decisions_of_twenty_seconds(
    sent: Send, editor: User, now: datetime
) -> None:
    for number in range(3):
        actions.approve(sent(f"No. {number}"), by=editor, now=now + timedelta(seconds=number))
        db.session.commit()
    [job] = db.session.scalars(sa.select(Job).where(Job.kind == learning.KIND)).all()
    assert now < job.next_at <= now + learning.EVERY
    actions.approve(sent("Later"), by=editor, now=now + learning.EVERY)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 2


def test_a_decision_that_fails_asks_for_nothing(sent: Send, editor: User, now: datetime) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    db.session.rollback()
    sent("Another")
    with db.session.begin_nested() as inner:
        inner.rollback()
    db.session.commit()
    assert db.session.scalars(sa.select(Job)).all() == []
    assert lessons() == {}


def test_the_worker_makes_the_model(
    sent: Send, editor: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert learning.current() is None
    actions.mark_spam(sent(), by=editor, now=now)
    db.session.commit()
    worker = outbox.Worker({learning.KIND: learning.job}, clock=lambda: now + learning.EVERY)
    assert worker.step()
    model = learning.current()
    assert model is not None
    assert (model.spam, model.honest) == (1, 0)


def test_the_model_is_read_once_for_each_version(taught: None) -> None:
    first = learning.current()
    assert learning.current() is first
    learning.relearn()  # makes the same
    assert learning.current() is first
    learning.take([("one more", Suspect("Buy pills"), True)])
    db.session.commit()
    learning.relearn()
    second = learning.current()
    assert second is not None
    assert second.spam == 101


def test_a_line_that_is_given_again_is_learned_anew(taught: None) -> None:
    learning.take([("given:check out my channel number 1", Suspect("oh, honest"), False)])
    db.session.commit()
    assert learning.relearn().spam == 99


def test_a_model_that_somebody_else_stored_meanwhile_is_not_overwritten(
    taught: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.take([("one more", Suspect("Buy pills"), True)])
    db.session.commit()
    train, tries = learning.train, []

    def interrupted(given: Any) -> Any:
        if not tries:
            db.session.execute(sa.update(SpamModel).values(version="theirs", tables=b"theirs"))
            db.session.commit()
        tries.append(len(given))
        return train(given)

    monkeypatch.setattr(learning, "train", interrupted)
    learning.relearn()
    db.session.commit()
    assert tries == [201, 201]
    model = learning.current()
    assert model is not None
    assert model.spam == 101


def test_a_first_model_is_not_stored_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    train = learning.train

    def interrupted(given: Any) -> Any:
        others = {"id": 1, "version": "theirs", "spam": 0, "honest": 0, "tables": b"theirs"}
        if db.session.scalar(sa.select(SpamModel.id)) is None:
            db.session.execute(sa.insert(SpamModel).values(others))
            db.session.commit()
        return train(given)

    monkeypatch.setattr(learning, "train", interrupted)
    learning.relearn()
    assert db.session.scalars(sa.select(SpamModel.version)).one() != "theirs"


def test_a_model_that_can_never_be_stored_is_said(
    taught: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.take([("one more", Suspect("Buy pills"), True)])
    db.session.commit()
    monkeypatch.setattr(learning, "_store", lambda *_, **__: False)
    with pytest.raises(RuntimeError, match="kept storing"):
        learning.relearn()


def test_only_the_newest_lessons_are_learned_and_the_oldest_go(
    taught: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "MOST_LESSONS", 30)
    monkeypatch.setattr(learning, "MOST_KEPT", 60)
    model = learning.relearn()
    db.session.commit()
    assert (model.spam, model.honest) == (30, 30)
    count = sa.select(sa.func.count()).select_from(SpamLesson)
    assert db.session.scalar(count) == 120


def test_a_decision_costs_the_filter_four_statements(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    run: list[str] = []
    listener = lambda *given: run.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    event.remove(db.engine, "before_cursor_execute", listener)
    ours = [one for one in run if "spam_" in one.replace("spam_score", "") or "outbox" in one]
    assert len(ours) == 3  # what was learned before, what is learned now, and the job
    assert sum("comments.body " in one for one in run) == 1


def test_a_reply_that_looks_like_spam_waits_with_the_reason(taught: None, sent: Send) -> None:
    comment = sent("Check out my channel please")
    assert comment.status is Status.pending
    assert comment.spam_score is not None
    assert comment.spam_score > 0.5
    assert comment.entries[0].rule == (
        "Looks like spam: looks like 100 replies marked spam, which also say “check out”"
    )
    honest = sent("The bus was late again.")
    assert honest.spam_score is not None
    assert honest.spam_score < 0.5
    assert honest.entries[0].rule == "Address not confirmed"


def test_a_reply_of_which_an_editor_said_that_it_is_none_looks_like_spam_no_more(
    taught: None, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent("Check out my channel please")
    actions.mark_spam(comment, by=editor, now=now)
    actions.restore(comment, by=editor, now=now)
    assert (comment.status, comment.spam_score) == (Status.pending, None)


def test_before_it_has_learned_enough_nothing_is_said(sent: Send) -> None:
    comment = sent("Check out my channel please")
    assert comment.spam_score is None
    assert comment.entries[0].rule == "Address not confirmed"
