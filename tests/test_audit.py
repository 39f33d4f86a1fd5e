"""Who did what, and when."""

from datetime import datetime, timedelta

from newsite import audit
from newsite.accounts.models import User
from newsite.db import db


def record(user: User, action: str, at: datetime) -> None:
    audit.record(at=at, user_id=user.id, user_name=user.name, action=action, subject="it")


def test_the_newest_comes_first_and_one_persons_can_be_asked_for(
    editor: User, writer: User, now: datetime
) -> None:
    for minute, (user, action) in enumerate(
        [(editor, "published"), (writer, "saved"), (writer, audit.SIGNED_OUT), (editor, "closed")]
    ):
        record(user, action, now + timedelta(minutes=minute))
    db.session.commit()
    assert [entry.action for entry in audit.latest(2)] == ["closed", "saved"]
    assert [entry.action for entry in audit.latest(2, user_id=writer.id)] == ["saved"]


def test_a_line_outlives_the_account(writer: User, now: datetime) -> None:
    record(writer, "published", now + timedelta(minutes=1))
    db.session.commit()
    db.session.delete(writer)
    db.session.commit()
    db.session.expire_all()
    entry = audit.latest(1)[0]
    assert (entry.user_id, entry.user_name) == (None, "Will")


def test_who_came_and_went_is_forgotten_after_a_year(writer: User, now: datetime) -> None:
    for action in (audit.SIGNED_IN, audit.SIGNED_OUT, "saved"):
        record(writer, action, now - timedelta(days=365))
    record(writer, audit.SIGNED_IN, now - timedelta(days=364))
    db.session.commit()
    assert audit.tidy(now) == 2
    assert audit.actions() == ["made an account for", "saved", "signed in"]
