"""What is done with accounts, and what is refused."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import audit
from newsite.accounts import actions, passwords, queries, signing_in
from newsite.accounts.models import ReplyMail, Role, SignIn, User
from newsite.audit import AuditEntry
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.mail import troubles

PASSWORD = "a long enough password"
OTHER = "another long password"


def entries() -> list[tuple[str, str, str]]:
    query = sa.select(AuditEntry).order_by(AuditEntry.id)
    return [(e.user_name, e.action, e.subject) for e in db.session.scalars(query)]


@pytest.fixture
def sign_in(now: datetime) -> Callable[[User], SignIn]:
    def sign_in(user: User) -> SignIn:
        device, _ = signing_in.sign_in(user, device="Firefox on Linux", now=now)
        db.session.commit()
        return device

    return sign_in


def test_an_account_is_made_and_written_down(admin: User, now: datetime) -> None:
    ann = actions.create_user(
        email=" Ann@Example.org ",
        name="Ann  Lee",
        role=Role.writer,
        password=PASSWORD,
        badge=" Rep ",
        by=admin,
        now=now,
    )
    db.session.commit()
    assert (ann.email, ann.name, ann.badge) == ("Ann@Example.org", "Ann Lee", "Rep")
    assert ann.is_active
    assert queries.user_by_email("ANN@example.ORG") is ann
    assert passwords.matches(ann.password_hash, PASSWORD)
    assert entries()[-1] == ("Ada", "made an account for", "Ann Lee")


def test_the_command_line_makes_the_first_account(app: Flask, now: datetime) -> None:
    """Before the site is founded, too."""
    user = actions.create_user(
        email="a@example.org", name="Ada", role=Role.admin, password=PASSWORD, now=now
    )
    assert user.is_admin
    assert entries() == [("The command line", "made an account for", "Ada")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "ada@EXAMPLE.org"}, "email"),  # somebody has it
        ({"email": "ann"}, "email"),
        ({"name": " "}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "ann@example.org"}, "password"),
        ({"name": "Ann of Nuneaton", "password": "annofnuneaton"}, "password"),
        ({"email": "ann.of.nuneaton@example.org", "password": "ann.of.nuneaton"}, "password"),
        ({"password": "The Test Paper"}, "password"),  # the site's name
    ],
)
def test_an_account_that_cannot_be_is_refused(
    admin: User, now: datetime, given: dict[str, str], field: str
) -> None:
    values = {"email": "ann@example.org", "name": "Ann", "password": PASSWORD} | given
    with pytest.raises(RuleBroken) as refusal:
        actions.create_user(role=Role.writer, by=admin, now=now, **values)
    assert refusal.value.field == field


def test_a_profile_is_changed(writer: User, now: datetime) -> None:
    actions.change_profile(
        writer, name="Willa", email="willa@example.org", badge="Rep", by=writer, now=now
    )
    db.session.commit()
    assert queries.user_by_email("willa@example.org") is writer
    assert queries.user_by_email("will@example.org") is None
    assert entries()[-1] == ("Willa", "changed the profile of", "Willa")


def test_nobody_takes_anothers_address(writer: User, editor: User, now: datetime) -> None:
    with pytest.raises(RuleBroken, match="Another account"):
        actions.change_profile(
            writer, name="Will", email="EDITH@example.org", badge="", by=writer, now=now
        )
    db.session.rollback()
    assert writer.email == "will@example.org"


def test_a_changed_password_ends_all_other_devices(
    writer: User, now: datetime, sign_in: Callable[[User], SignIn]
) -> None:
    here, _ = sign_in(writer), sign_in(writer)
    actions.change_password(writer, PASSWORD, OTHER, keep=here, now=now)
    db.session.commit()
    assert queries.devices(writer, now) == [here]
    assert passwords.matches(writer.password_hash, OTHER)


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [("wrong", OTHER, "current"), (PASSWORD, "short", "password")],
)
def test_a_password_is_changed_by_its_owner_only(
    writer: User, now: datetime, current: str, password: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        actions.change_password(writer, current, password, keep=None, now=now)
    assert refusal.value.field == field
    assert passwords.matches(writer.password_hash, PASSWORD)


def test_a_password_that_is_given_ends_every_device(
    writer: User, admin: User, now: datetime, sign_in: Callable[[User], SignIn]
) -> None:
    sign_in(writer)
    actions.set_password(writer, OTHER, by=admin, now=now)
    db.session.commit()
    assert queries.devices(writer, now) == []
    assert entries()[-1] == ("Ada", "set a new password for", "Will")


def test_a_role_is_given(writer: User, admin: User, now: datetime) -> None:
    actions.set_role(writer, Role.editor, by=admin, now=now)
    assert writer.is_editor
    assert entries()[-1] == ("Ada", "gave the role of editor to", "Will")


def test_the_same_role_again_is_no_news(admin: User, now: datetime) -> None:
    before = entries()
    assert actions.set_role(admin, Role.admin, by=admin, now=now) is admin
    assert entries() == before


def test_the_last_active_admin_stays_one(
    admin: User, make_user: Callable[..., User], now: datetime
) -> None:
    gone = make_user("Gone", Role.admin)
    actions.deactivate(gone, by=admin, now=now)
    with pytest.raises(RuleBroken, match="Ada is the last active admin") as refusal:
        actions.set_role(admin, Role.writer, by=admin, now=now)
    assert refusal.value.field == "role"
    with pytest.raises(RuleBroken, match="last active admin"):
        actions.deactivate(admin, by=admin, now=now)
    assert admin.is_admin
    assert admin.is_active


def test_one_of_two_admins_may_go(
    admin: User, make_user: Callable[..., User], now: datetime
) -> None:
    other = make_user("Olu", Role.admin)
    actions.set_role(admin, Role.writer, by=other, now=now)
    assert queries.active_admins() == [other.id]


def test_a_closed_account_is_signed_out_and_opened_again(
    writer: User, admin: User, now: datetime, sign_in: Callable[[User], SignIn]
) -> None:
    sign_in(writer)
    actions.deactivate(writer, by=admin, now=now)
    actions.deactivate(writer, by=admin, now=now)  # twice is once
    assert not writer.is_active
    assert queries.devices(writer, now) == []
    actions.activate(writer, by=admin, now=now)
    actions.activate(writer, by=admin, now=now)
    assert writer.is_active
    db.session.commit()
    assert [action for _, action, _ in entries()[-2:]] == [
        "closed the account of",
        "opened the account of",
    ]
    assert audit.latest(1)[0].address == f"/desk/people/{writer.id}"


def test_mail_reaches_an_editor_again_who_asks_for_it(admin: User, now: datetime) -> None:
    for _ in range(3):
        troubles.refused(admin.email, now)
    same = {"name": admin.name, "email": admin.email, "badge": "", "by": admin, "now": now}
    actions.change_profile(admin, **same)
    assert troubles.is_given_up(admin.email)
    actions.change_profile(admin, **same, reply_mail=ReplyMail.daily)
    db.session.expire_all()
    assert not troubles.is_given_up(admin.email)
    assert admin.reply_mail is ReplyMail.daily
