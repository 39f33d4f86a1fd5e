"""A rule moves a reply as an editor does; what its writer took back, nobody puts back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite import changes
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, deciding, reports
from newsite.comments.models import Comment, ReportReason, Status
from newsite.comments.spam.models import SpamLesson
from newsite.db import db
from newsite.errors import Conflict, NotAllowed

Send = Callable[..., Comment]


def lessons() -> int:
    return db.session.scalar(sa.select(sa.func.count(SpamLesson.id))) or 0


def test_a_rule_takes_a_reply_off_its_page_and_says_which_it_was(
    approved: Send, article: Article, now: datetime
) -> None:
    comment = approved()
    before = changes.latest()
    entry = deciding.move(comment, Status.pending, rule="Edited", now=now)
    db.session.commit()
    assert (entry.old_status, entry.new_status) == (Status.approved, Status.pending)
    assert (entry.rule, entry.by, entry.at) == ("Edited", None, now)
    assert (comment.is_on_page, article.reply_count) == (False, 0)
    assert changes.latest() > before


def test_the_filter_learns_from_people_only(approved: Send, now: datetime) -> None:
    comment = approved()
    assert lessons() == 1
    deciding.move(comment, Status.pending, rule="Edited", now=now)
    assert lessons() == 0
    deciding.move(comment, Status.approved, rule="Nothing holds it", now=now)
    assert lessons() == 0


def test_a_reply_keeps_the_time_at_which_it_first_came_on_its_page(
    approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    assert comment.approved_at == now
    later = now + timedelta(days=1)
    actions.hold(comment, by=editor, now=later)
    actions.approve(comment, by=editor, now=later)
    assert comment.approved_at == now


def test_a_decision_answers_an_appeal(sent: Send, editor: User, now: datetime) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    comment.appeal, comment.appealed_at = "I meant it well.", now
    actions.restore(comment, by=editor, now=now)
    assert (comment.appeal, comment.appealed_at) == ("I meant it well.", None)


@pytest.mark.parametrize(
    "decision", [actions.approve, actions.hold, actions.restore, actions.mark_spam]
)
def test_nobody_puts_back_what_its_writer_has_withdrawn(
    approved: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = approved()
    comment.withdrawn_at = now
    deciding.move(comment, Status.trash, rule="Withdrawn by its writer", now=now)
    db.session.commit()
    with pytest.raises(Conflict, match="Ann has withdrawn this reply"):
        decision(comment, by=editor, now=now)
    assert comment.status is Status.trash


def report(comment: Comment, now: datetime, reporter: str = "192.0.2.1") -> None:
    reports.report(comment, ReportReason.abusive, "", reporter=reporter, now=now)
    db.session.commit()


def test_a_note_is_for_its_writer_and_a_reason_for_the_desk(
    sent: Send, editor: User, now: datetime
) -> None:
    entry = actions.trash(
        sent(),
        by=editor,
        reason="Names\na child",
        note=" Leave the name out.\r\nThen send it. ",
        now=now,
    )
    assert entry.reason == "Names a child"
    assert entry.note == "Leave the name out.\nThen send it."


@pytest.mark.parametrize("decision", [actions.hold, actions.mark_spam, actions.trash])
def test_any_decision_settles_what_readers_reported(
    approved: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = approved()
    report(comment, now)
    decision(comment, by=editor, now=now)
    assert comment.reported_at is None
    assert reports.about(comment)[0].settled_by_id == editor.id


def test_what_a_rule_only_holds_is_still_reported_and_what_is_gone_is_not(
    approved: Send, now: datetime
) -> None:
    comment = approved()
    report(comment, now)
    deciding.move(comment, Status.pending, rule="Edited", now=now)
    assert comment.reported_at == now
    deciding.move(comment, Status.trash, rule="Withdrawn by its writer", now=now)
    assert comment.reported_at is None


def test_an_editor_may_leave_a_reported_reply_where_it_is(
    approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    report(comment, now)
    entry = actions.leave(comment, by=editor, reason="Harsh, but fair", now=now)
    assert (entry.old_status, entry.new_status) == (Status.approved, Status.approved)
    assert (entry.by, entry.reason) == (editor, "Harsh, but fair")
    assert (comment.is_approved, comment.reported_at) == (True, None)
    with pytest.raises(Conflict, match="is on the page"):
        actions.leave(comment, by=editor, now=now)


def test_an_editor_may_leave_what_its_writer_appealed_against(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    comment.appeal, comment.appealed_at = "I meant it well.", now
    actions.leave(comment, by=editor, note="It names a child.", now=now)
    assert (comment.status, comment.appealed_at) == (Status.trash, None)
    actions.restore(comment, by=editor, now=now)
    assert comment.status is Status.pending


def test_what_was_left_in_the_trash_is_restored_to_where_it_was_before(
    approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    actions.trash(comment, by=editor, now=now)
    comment.appealed_at = now
    actions.leave(comment, by=editor, now=now)
    actions.restore(comment, by=editor, now=now)
    assert comment.is_approved


@pytest.mark.parametrize("decision", [actions.trash, actions.leave])
def test_undo_brings_the_reports_back_that_the_decision_settled(
    approved: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = approved()
    report(comment, now)
    later = now + timedelta(minutes=5)
    entry = decision(comment, by=editor, now=later)
    db.session.commit()
    [undone] = actions.undo([entry], by=editor, now=later + timedelta(minutes=1))
    assert (undone.reason, comment.is_approved) == ("Undone", True)
    assert comment.reported_at == now
    assert len(reports.of([comment])[comment.id]) == 1


def test_writers_leave_nothing_and_undo_nothing(
    approved: Send, editor: User, writer: User, now: datetime
) -> None:
    comment = approved()
    report(comment, now)
    with pytest.raises(NotAllowed):
        actions.leave(comment, by=writer, now=now)
    entry = actions.leave(comment, by=editor, now=now)
    with pytest.raises(NotAllowed):
        actions.undo([entry], by=writer, now=now)


@pytest.mark.parametrize("decision", [actions.approve, actions.leave])
def test_undo_brings_the_appeal_back_that_the_decision_answered(
    sent: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    comment.appeal, comment.appealed_at = "I meant it well.", now
    later = now + timedelta(minutes=5)
    entry = decision(comment, by=editor, now=later)
    db.session.commit()
    actions.undo([entry], by=editor, now=later)
    assert (comment.status, comment.appealed_at) == (Status.trash, later)


def test_an_appeal_that_was_answered_before_stays_answered(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    comment.appeal, comment.appealed_at = "I meant it well.", now
    actions.leave(comment, by=editor, now=now)
    entry = actions.approve(comment, by=editor, now=now)
    db.session.commit()
    actions.undo([entry], by=editor, now=now)
    assert (comment.status, comment.appealed_at) == (Status.trash, None)
