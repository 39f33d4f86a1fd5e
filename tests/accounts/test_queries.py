"""Who works at the desk, and where they are signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from newsite.accounts import actions, queries, signing_in
from newsite.accounts.models import Role, User
from newsite.db import db

PASSWORD = "a long enough password"


def test_people_are_listed_the_active_first_then_by_name(
    admin: User, writer: User, make_user: Callable[..., User], now: datetime
) -> None:
    bob = make_user("bob", Role.writer)
    actions.deactivate(bob, by=admin, now=now)
    db.session.commit()
    assert [user.name for user in queries.users()] == ["Ada", "Will", "bob"]


def test_a_user_is_found_by_id(writer: User) -> None:
    assert queries.user_by_id(writer.id) is writer
    assert queries.user_by_id(999) is None


def test_a_token_opens_its_device_until_it_ends(writer: User, now: datetime) -> None:
    device, token = signing_in.sign_in(writer, device="Firefox", now=now)
    db.session.commit()
    assert queries.sign_in_by_token(token, now) is device
    assert queries.sign_in_by_token(token + "x", now) is None
    device.last_used_at = now + timedelta(days=29)
    assert queries.sign_in_by_token(token, now + timedelta(days=30, seconds=-1)) is device
    assert queries.sign_in_by_token(token, now + timedelta(days=30)) is None


def test_a_device_that_nobody_used_for_two_weeks_is_signed_out(writer: User, now: datetime) -> None:
    device, token = signing_in.sign_in(writer, device="Firefox", now=now)
    db.session.commit()
    assert queries.sign_in_by_token(token, now + timedelta(days=14, seconds=-1)) is device
    assert queries.sign_in_by_token(token, now + timedelta(days=14)) is None
    assert queries.devices(writer, now + timedelta(days=14)) == []


def test_a_token_of_a_closed_account_opens_nothing(writer: User, now: datetime) -> None:
    _, token = signing_in.sign_in(writer, device="Firefox", now=now)
    writer.is_active = False
    db.session.commit()
    assert queries.sign_in_by_token(token, now) is None


def test_devices_are_listed_the_last_used_first(writer: User, editor: User, now: datetime) -> None:
    for user, name, hours in ((writer, "A", 2), (writer, "B", 1), (editor, "C", 0)):
        signing_in.sign_in(user, device=name, now=now - timedelta(hours=hours))
    db.session.commit()
    assert [device.device for device in queries.devices(writer, now)] == ["B", "A"]
