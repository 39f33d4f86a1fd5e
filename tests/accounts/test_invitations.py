"""An invitation makes one account, for a week, whoever holds its link."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts import invitations, passwords, queries
from newsite.accounts.models import Invitation, Role, User
from newsite.audit import AuditEntry
from newsite.db import db
from newsite.errors import Conflict, RuleBroken

PASSWORD = "quite another password"


def invite(by: User, now: datetime, **given: object) -> Invitation:
    values = {"email": "Bo@example.org", "name": " Bo ", "role": Role.editor} | given
    invitation = invitations.invite(**values, by=by, now=now)  # type: ignore[arg-type]
    db.session.commit()
    return invitation


def token_of(invitation: Invitation) -> str:
    return invitations.path(invitation).rpartition("/")[2]


def test_the_link_makes_the_account_with_the_password_of_its_owner(
    admin: User, now: datetime
) -> None:
    invitation = invite(admin, now)
    found = invitations.by_token(token_of(invitation))
    assert found is invitation
    bo = invitations.accept(invitation, PASSWORD, now=now)
    db.session.commit()
    assert (bo.name, bo.email, bo.role) == ("Bo", "Bo@example.org", Role.editor)
    assert passwords.matches(bo.password_hash, PASSWORD)
    assert invitations.waiting() == []
    entries = db.session.execute(
        sa.select(AuditEntry.user_name, AuditEntry.action).order_by(AuditEntry.id)
    )
    assert [tuple(entry) for entry in entries][-2:] == [
        ("Ada", "invited"),
        ("Bo", "accepted the invitation for"),
    ]


def test_only_the_hash_of_the_link_is_kept(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    assert invitation.token_hash == queries.token_hash(token_of(invitation))
    assert "bo" not in invitations.path(invitation)
    db.session.expire_all()
    assert invitations.by_token(token_of(invitation)) is invitation  # as it was stored


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "ADA@example.org"}, "email"),  # has an account
        ({"email": "bo@example.org"}, "email"),  # is invited
    ],
)
def test_nobody_is_invited_twice_or_without_a_name(
    admin: User, now: datetime, given: dict[str, str], field: str
) -> None:
    invite(admin, now)
    with pytest.raises(RuleBroken) as refusal:
        invite(admin, now, **given)
    assert refusal.value.field == field


def test_sent_again_the_old_link_ends(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    old, later = token_of(invitation), now + timedelta(days=6)
    invitations.renew(invitation, by=admin, now=later)
    db.session.commit()
    assert invitations.by_token(old) is None
    assert invitations.by_token(token_of(invitation)) is invitation
    assert invitation.ends_at == later + timedelta(days=7)


def test_taken_back_it_opens_nothing(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    token = token_of(invitation)
    invitations.take_back(invitation, by=admin, now=now)
    db.session.commit()
    assert invitations.by_token(token) is None
    assert invitations.by_id(1) is None


def test_one_that_has_ended_makes_no_account(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    with pytest.raises(Conflict, match="a moment ago"):
        invitations.accept(invitation, PASSWORD, now=now + timedelta(days=7))
    db.session.rollback()
    assert [user.name for user in queries.users()] == ["Ada"]


def test_a_weak_password_leaves_the_link_good(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    with pytest.raises(RuleBroken) as refusal:
        invitations.accept(invitation, "short", now=now)
    assert refusal.value.field == "password"
    db.session.rollback()
    assert invitations.waiting() == [invitation]


def test_it_is_remembered_for_a_month_after_its_end(admin: User, now: datetime) -> None:
    invitation = invite(admin, now)
    assert invitations.tidy(invitation.ends_at + timedelta(days=29)) == 0
    assert invitations.tidy(invitation.ends_at + timedelta(days=30)) == 1
