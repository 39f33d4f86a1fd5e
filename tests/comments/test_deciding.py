"""A rule moves a reply as an editor does; what its writer took back, nobody puts back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite import changes
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, deciding
from newsite.comments.models import Comment, Status
from newsite.comments.spam.models import SpamLesson
from newsite.db import db
from newsite.errors import Conflict

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
