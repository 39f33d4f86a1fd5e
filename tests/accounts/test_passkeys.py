"""Passkeys: each answer opens what it was asked for, once, at this site, for its owner."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from passkey_device import Device

from newsite.accounts import passkeys, second_factor
from newsite.accounts.models import User
from newsite.accounts.passkeys import PROVE, SIGN_IN, Place
from newsite.db import db
from newsite.errors import RuleBroken

ORIGIN = "https://example.org"
HERE = Place("example.org", ORIGIN, "The Test Paper")
Add = Callable[..., Device]


@pytest.fixture
def add(now: datetime) -> Add:
    """Lets somebody have a passkey."""

    def add_one(user: User, *, verifies: bool = True) -> Device:
        device = Device(verifies=verifies)
        question = passkeys.ask_to_register(user, HERE, now=now)
        answer = device.made(question.options, ORIGIN)
        passkeys.register(user, answer, question.token, name=" Key ", place=HERE, now=now)
        db.session.commit()
        return device

    return add_one


def ask_and_check(device: Device, now: datetime, user: User | None = None) -> User:
    question = passkeys.ask_to_sign_in(SIGN_IN, HERE, user=user, now=now)
    answer = device.signed(question.options, ORIGIN)
    return passkeys.check(SIGN_IN, answer, question.token, HERE, user=user, now=now)


def test_the_library_is_here_for_the_tests() -> None:
    assert passkeys.are_possible()


def test_a_passkey_signs_in_without_a_password(writer: User, now: datetime, add: Add) -> None:
    device = add(writer)
    assert second_factor.has_one(writer)
    assert second_factor.codes_left(writer) == 10
    assert ask_and_check(device, now) is writer
    (passkey,) = writer.passkeys
    assert (passkey.name, passkey.sign_count, passkey.last_used_at) == ("Key", 1, now)


def test_one_that_does_not_look_at_its_owner_is_no_more_than_a_second_factor(
    writer: User, now: datetime, add: Add
) -> None:
    device = add(writer, verifies=False)
    assert ask_and_check(device, now, user=writer) is writer
    with pytest.raises(RuleBroken, match="could not be used"):
        ask_and_check(device, now)


def test_a_question_is_answered_once_and_soon(writer: User, now: datetime, add: Add) -> None:
    device = add(writer)
    question = passkeys.ask_to_sign_in(SIGN_IN, HERE, now=now)
    answer = device.signed(question.options, ORIGIN)
    values = (SIGN_IN, answer, question.token, HERE)
    with pytest.raises(RuleBroken, match="longer than five minutes"):
        passkeys.check(*values, user=None, now=now + timedelta(minutes=11))
    passkeys.check(*values, user=None, now=now)
    with pytest.raises(RuleBroken, match="longer than five minutes"):
        passkeys.check(*values, user=None, now=now)


def test_a_question_is_for_one_purpose_and_one_person(
    writer: User, editor: User, now: datetime, add: Add
) -> None:
    device = add(writer)
    question = passkeys.ask_to_sign_in(SIGN_IN, HERE, user=writer, now=now)
    answer = device.signed(question.options, ORIGIN)
    with pytest.raises(RuleBroken, match="Try again"):
        passkeys.check(PROVE, answer, question.token, HERE, user=writer, now=now)
    with pytest.raises(RuleBroken, match="Try again"):
        passkeys.check(SIGN_IN, answer, question.token, HERE, user=None, now=now)


def test_anothers_passkey_is_no_second_factor_of_mine(
    writer: User, editor: User, now: datetime, add: Add
) -> None:
    device = add(writer)
    with pytest.raises(RuleBroken, match="could not be used"):
        ask_and_check(device, now, user=editor)


def test_a_closed_account_and_an_unknown_device_open_nothing(
    writer: User, now: datetime, add: Add
) -> None:
    device = add(writer)
    with pytest.raises(RuleBroken, match="could not be used"):
        ask_and_check(Device(), now)
    writer.is_active = False
    with pytest.raises(RuleBroken, match="could not be used"):
        ask_and_check(device, now)


@pytest.mark.parametrize("answer", ["", "{}", "no JSON"])
def test_what_is_no_answer_is_refused(writer: User, now: datetime, answer: str) -> None:
    question = passkeys.ask_to_register(writer, HERE, now=now)
    with pytest.raises(RuleBroken, match="could not be used"):
        passkeys.register(writer, answer, question.token, name="Key", place=HERE, now=now)
    question = passkeys.ask_to_sign_in(SIGN_IN, HERE, now=now)
    with pytest.raises(RuleBroken, match="could not be used"):
        passkeys.check(SIGN_IN, answer, question.token, HERE, user=None, now=now)


def test_an_answer_given_to_another_site_is_worth_nothing(
    writer: User, now: datetime, add: Add
) -> None:
    device = add(writer)
    question = passkeys.ask_to_sign_in(SIGN_IN, HERE, now=now)
    answer = device.signed(question.options, "https://examp1e.org")
    with pytest.raises(RuleBroken, match="could not be used"):
        passkeys.check(SIGN_IN, answer, question.token, HERE, user=None, now=now)


def test_one_is_not_added_twice_nor_without_a_name_nor_without_end(
    writer: User, now: datetime, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = add(writer)

    def add_again(name: str) -> None:
        question = passkeys.ask_to_register(writer, HERE, now=now)
        known = json.loads(question.options)["excludeCredentials"]
        assert len(known) == 1
        answer = device.made(question.options, ORIGIN)
        passkeys.register(writer, answer, question.token, name=name, place=HERE, now=now)

    with pytest.raises(RuleBroken, match="added already"):
        add_again("Again")
    for name in (" ", "x" * 61):
        with pytest.raises(RuleBroken) as refusal:
            add_again(name)
        assert refusal.value.field == "name"
    monkeypatch.setattr(passkeys, "MOST", 1)
    with pytest.raises(RuleBroken, match="Remove one first"):
        add_again("Again")


def test_with_the_last_one_the_recovery_codes_go(writer: User, now: datetime, add: Add) -> None:
    add(writer), add(writer)
    passkeys.remove(writer.passkeys[0], now=now)
    db.session.commit()
    assert second_factor.codes_left(writer) == 10
    passkeys.remove(writer.passkeys[0], now=now)
    db.session.commit()
    assert second_factor.codes_left(writer) == 0
    assert not second_factor.has_one(writer)
