"""A link to a new password: half an hour, once, and never after the password has changed."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts import actions, passwords, resetting, signing_in
from newsite.accounts.models import SignIn, User
from newsite.db import db
from newsite.errors import Conflict

NEW = "quite another password"


def token_of(user: User, now: datetime) -> str:
    return resetting.path(user, now=now).rpartition("/")[2]


def test_the_link_sets_a_password_and_ends_every_device(writer: User, now: datetime) -> None:
    signing_in.sign_in(writer, device="Firefox", now=now)
    token = token_of(writer, now)
    assert resetting.user_of(token, now=now + timedelta(minutes=29)) is writer
    resetting.reset(writer, token, NEW, now=now)
    db.session.commit()
    assert passwords.matches(writer.password_hash, NEW)
    assert db.session.scalars(sa.select(SignIn)).all() == []


def test_it_works_once_and_not_after_half_an_hour(writer: User, now: datetime) -> None:
    token = token_of(writer, now)
    assert resetting.user_of(token, now=now + timedelta(minutes=36)) is None
    resetting.reset(writer, token, NEW, now=now)
    db.session.commit()
    assert resetting.user_of(token, now=now) is None
    with pytest.raises(Conflict, match="a moment ago"):  # two at the same moment
        resetting.reset(writer, token, "a third one, as long", now=now)
    assert passwords.matches(writer.password_hash, NEW)


def test_it_dies_with_a_change_of_password(writer: User, now: datetime) -> None:
    token = token_of(writer, now)
    actions.set_password(writer, NEW, by=None, now=now)
    assert resetting.user_of(token, now=now) is None


def test_a_closed_account_and_a_made_up_link_open_nothing(writer: User, now: datetime) -> None:
    token = token_of(writer, now)
    writer.is_active = False
    assert resetting.user_of(token, now=now) is None
    assert resetting.user_of("made-up", now=now) is None
    db.session.delete(writer)
    db.session.commit()
    assert resetting.user_of(token, now=now) is None
