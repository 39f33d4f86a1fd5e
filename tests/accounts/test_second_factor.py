"""The second factor: each code opens once, at its time, and what is lost can be taken away."""

from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from newsite.accounts import second_factor
from newsite.accounts.models import Passkey, RecoveryCode, User
from newsite.audit import AuditEntry
from newsite.db import db
from newsite.errors import RuleBroken


def code_of(user: User, at: datetime) -> str:
    return pyotp.TOTP(user.totp_secret).at(at)


def with_app(user: User, now: datetime) -> list[str]:
    second_factor.begin(user)
    codes = second_factor.switch_on(user, code_of(user, now), now=now)
    db.session.commit()
    return codes


def deeds() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def give_passkey(user: User, now: datetime) -> None:
    values = {"credential_id": "x", "public_key": b"x", "sign_count": 0, "name": "Key"}
    user.passkeys.append(Passkey(created_at=now, **values))
    db.session.commit()


def test_a_secret_counts_only_once_a_code_has_come_back(writer: User, now: datetime) -> None:
    second_factor.begin(writer)
    assert not second_factor.has_one(writer)
    with pytest.raises(RuleBroken, match="telephone’s clock") as refusal:
        second_factor.switch_on(writer, "000000", now=now)
    assert refusal.value.field == "code"
    codes = second_factor.switch_on(writer, code_of(writer, now), now=now)
    assert second_factor.has_one(writer)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.codes_left(writer) == 10
    assert deeds()[-1] == "switched on codes by an app for"


def test_codes_of_an_app_that_is_on_are_not_replaced_by_accident(
    writer: User, now: datetime
) -> None:
    with_app(writer, now)
    with pytest.raises(RuleBroken, match="Switch them off first"):
        second_factor.begin(writer)
    with pytest.raises(RuleBroken, match="Begin again"):
        second_factor.switch_on(writer, code_of(writer, now), now=now)


def test_nobody_switches_on_what_was_not_begun(writer: User, now: datetime) -> None:
    with pytest.raises(RuleBroken, match="Begin again"):
        second_factor.switch_on(writer, "000000", now=now)


def test_an_app_is_told_whose_codes_they_are(writer: User) -> None:
    second_factor.begin(writer)
    address = second_factor.address(writer, "The Test Paper")
    assert address.startswith("otpauth://totp/The%20Test%20Paper:will%40example.org?secret=")
    assert second_factor.spelled(writer).replace(" ", "") == writer.totp_secret
    assert {len(group) for group in second_factor.spelled(writer).split()} == {4}


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [
        (-60, False),
        (-30, True),  # the telephone is half a minute behind
        (0, True),
        (30, True),
        (60, False),
    ],
)
def test_clocks_may_differ_by_half_a_minute(
    writer: User, now: datetime, seconds: int, is_taken: bool
) -> None:
    with_app(writer, now)
    later = now + timedelta(minutes=10)
    shown = code_of(writer, later + timedelta(seconds=seconds))
    if is_taken:
        second_factor.check(writer, f" {shown[:3]} {shown[3:]} ", now=later)
    else:
        with pytest.raises(RuleBroken, match="used before"):
            second_factor.check(writer, shown, now=later)


def test_no_code_opens_twice_nor_does_an_older_one(writer: User, now: datetime) -> None:
    with_app(writer, now)
    later = now + timedelta(minutes=10)
    second_factor.check(writer, code_of(writer, later), now=later)
    for shown in (code_of(writer, later), code_of(writer, later - timedelta(seconds=30))):
        with pytest.raises(RuleBroken, match="used before"):
            second_factor.check(writer, shown, now=later)


def test_the_code_that_switched_it_on_does_not_sign_in(writer: User, now: datetime) -> None:
    with_app(writer, now)
    with pytest.raises(RuleBroken, match="used before"):
        second_factor.check(writer, code_of(writer, now), now=now)


def test_a_recovery_code_opens_once_however_it_is_typed(writer: User, now: datetime) -> None:
    first, second, *_ = with_app(writer, now)
    second_factor.check(writer, first.upper().replace("-", " "), now=now)
    db.session.commit()
    assert second_factor.codes_left(writer) == 9
    assert deeds()[-1] == "used a recovery code of"
    with pytest.raises(RuleBroken, match="used before"):
        second_factor.check(writer, first, now=now)
    second_factor.check(writer, second, now=now)


def test_recovery_codes_are_kept_as_hashes_and_open_one_account_only(
    writer: User, editor: User, now: datetime
) -> None:
    (code, *_), _others = with_app(writer, now), with_app(editor, now)
    assert code not in set(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    with pytest.raises(RuleBroken, match="used before"):
        second_factor.check(editor, code, now=now)


def test_new_recovery_codes_end_the_old_ones(writer: User, now: datetime) -> None:
    (old, *_) = with_app(writer, now)
    (new, *_) = second_factor.renew_recovery_codes(writer, now=now)
    with pytest.raises(RuleBroken, match="used before"):
        second_factor.check(writer, old, now=now)
    second_factor.check(writer, new, now=now)
    assert second_factor.codes_left(writer) == 9


def test_recovery_codes_stand_for_something(writer: User, now: datetime) -> None:
    with pytest.raises(RuleBroken, match="Set one up first"):
        second_factor.renew_recovery_codes(writer, now=now)


def test_whoever_has_codes_left_is_given_no_others(writer: User, now: datetime) -> None:
    with_app(writer, now)
    assert second_factor.ensure_recovery_codes(writer) == []


def test_switched_off_the_password_is_enough(writer: User, now: datetime) -> None:
    with_app(writer, now)
    second_factor.switch_off(writer, now=now)
    assert not second_factor.has_one(writer)
    assert second_factor.codes_left(writer) == 0
    assert deeds()[-1] == "switched off codes by an app for"
    count = len(deeds())
    second_factor.switch_off(writer, now=now)  # twice is no mistake
    assert len(deeds()) == count


def test_recovery_codes_stay_for_a_passkey(writer: User, now: datetime) -> None:
    with_app(writer, now)
    give_passkey(writer, now)
    second_factor.switch_off(writer, now=now)
    assert second_factor.has_one(writer)
    assert second_factor.codes_left(writer) == 10
    second_factor.check(writer, second_factor.renew_recovery_codes(writer, now=now)[0], now=now)


def test_what_is_lost_is_taken_away_by_somebody_else(
    writer: User, admin: User, now: datetime
) -> None:
    with_app(writer, now)
    give_passkey(writer, now)
    assert second_factor.take_away(writer, by=admin, now=now)
    db.session.commit()
    assert not second_factor.has_one(writer)
    assert db.session.scalars(sa.select(RecoveryCode)).all() == []
    assert db.session.scalars(sa.select(Passkey)).all() == []
    assert deeds()[-1] == "took away the second factor of"
    assert not second_factor.take_away(writer, by=admin, now=now)
