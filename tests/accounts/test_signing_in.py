"""Signing in and out."""

import hashlib
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from newsite import audit
from newsite.accounts import queries, signing_in
from newsite.accounts.models import SignIn, User
from newsite.audit import AuditEntry
from newsite.db import db
from newsite.errors import RuleBroken

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def cheap_passwords() -> None:
    """None: here they cost what they cost in life."""


def test_the_right_password_tells_who_it_is(writer: User) -> None:
    assert signing_in.identify("WILL@example.org", PASSWORD) is writer


def test_whatever_is_wrong_the_sentence_is_the_same(writer: User, editor: User) -> None:
    editor.is_active = False
    db.session.commit()
    said = set()
    for email, password in (
        ("will@example.org", "wrong password"),
        ("nobody@example.org", PASSWORD),
        ("edith@example.org", PASSWORD),  # her account is closed
    ):
        with pytest.raises(RuleBroken) as refusal:
            signing_in.identify(email, password)
        said.add((refusal.value.message, refusal.value.field, refusal.value.status))
    assert said == {(signing_in.WRONG, None, 422)}


def test_the_token_is_256_bits_and_only_its_hash_is_kept(writer: User, now: datetime) -> None:
    device, token = signing_in.sign_in(writer, device="x" * 300, now=now)
    db.session.commit()
    assert len(token) == 43  # base64 of 32 bytes
    assert device.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(device.device) == 100
    assert device.ends_at == now + timedelta(days=30)
    _, other = signing_in.sign_in(writer, device="x", now=now)
    assert other != token


def test_a_hash_of_yesterday_is_renewed_at_sign_in(writer: User) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    writer.password_hash = weaker.hash(PASSWORD)
    signing_in.renew_hash(writer, PASSWORD)
    renewed = writer.password_hash
    signing_in.renew_hash(writer, PASSWORD)
    assert writer.password_hash == renewed
    assert "m=19456,t=2,p=1" in writer.password_hash
    assert signing_in.identify(writer.email, PASSWORD) is writer


def test_an_account_that_was_closed_in_the_meantime_stays_closed(
    writer: User, now: datetime
) -> None:
    writer.is_active = False
    with pytest.raises(RuleBroken, match="do not belong"):
        signing_in.sign_in(writer, device="Firefox", now=now)


def test_signing_in_and_out_is_written_down_but_not_listed(writer: User, now: datetime) -> None:
    device, token = signing_in.sign_in(writer, device="Firefox on Linux", now=now)
    db.session.flush()
    signing_in.sign_out(device, now=now)
    db.session.commit()
    assert queries.sign_in_by_token(token, now) is None
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.subject) for entry in entries[-2:]] == [
        ("signed in", "on Firefox on Linux"),
        ("signed out", "on Firefox on Linux"),
    ]
    assert [entry.action for entry in audit.latest(5)] == ["made an account for"]


def test_a_use_is_noted_every_ten_minutes(writer: User, now: datetime) -> None:
    device, _ = signing_in.sign_in(writer, device="Firefox", now=now)
    db.session.commit()
    assert not signing_in.is_use_worth_noting(device, now + timedelta(minutes=9))
    later = now + timedelta(minutes=10)
    assert signing_in.is_use_worth_noting(device, later)
    signing_in.note_use(device.id, later)
    db.session.commit()
    assert device.last_used_at == later


def test_devices_that_have_ended_are_cleared_away(writer: User, now: datetime) -> None:
    for days in (31, 15, 1):
        signing_in.sign_in(writer, device=str(days), now=now - timedelta(days=days))
    db.session.commit()
    assert signing_in.tidy(now) == 2
    assert db.session.scalars(sa.select(SignIn.device)).all() == ["1"]


def test_a_proof_of_who_it_is_holds_for_a_quarter_of_an_hour(writer: User, now: datetime) -> None:
    device, _ = signing_in.sign_in(writer, device="Firefox", now=now)
    assert signing_in.is_proof_fresh(device, now + timedelta(minutes=14, seconds=59))
    assert not signing_in.is_proof_fresh(device, now + timedelta(minutes=15))
    device.proved_at = None  # signed in before there was such a thing
    assert not signing_in.is_proof_fresh(device, now)
