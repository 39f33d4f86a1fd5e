"""Letters about accounts, as they arrive."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from mail_server import PostOffice, text_of

from newsite import mail
from newsite.accounts import invitations, letters, resetting
from newsite.accounts.models import Invitation, Role, User
from newsite.db import db
from newsite.outbox import Job, Worker


@pytest.fixture
def work(app: Flask, now: datetime) -> Callable[..., None]:
    """Sends all that is due so many days from now."""

    def work(days: int = 0) -> None:
        worker = Worker(letters.HANDLERS, clock=lambda: now + timedelta(days=days))
        db.session.commit()
        while worker.step():
            pass
        mail.hang_up()
        db.session.expire_all()

    return work


@pytest.fixture
def invitation(admin: User, now: datetime) -> Invitation:
    """Ada has invited Bo."""
    whom = {"email": "bo@example.org", "name": "Bo", "role": Role.writer}
    return invitations.invite(**whom, by=admin, now=now)


def test_an_invitation_says_who_invites_and_leads_to_the_desk(
    post: PostOffice, work: Callable[..., None], invitation: Invitation, now: datetime
) -> None:
    assert letters.send_invitation(invitation, now=now)
    work()
    (sent,) = post.mails
    assert sent["To"] == "bo@example.org"
    assert sent["Subject"] == "Your invitation to The Test Paper"
    assert "Ada invites you" in text_of(sent)
    assert invitations.path(invitation) in text_of(sent)


def test_of_an_invitation_without_its_sender_the_letter_still_goes(
    post: PostOffice, work: Callable[..., None], invitation: Invitation, now: datetime
) -> None:
    invitation.invited_by = None
    letters.send_invitation(invitation, now=now)
    work()
    assert "You are invited to work on The Test Paper." in text_of(post.mails[0])


def test_one_that_was_taken_back_or_has_ended_is_not_sent(
    post: PostOffice, work: Callable[..., None], invitation: Invitation, admin: User, now: datetime
) -> None:
    letters.send_invitation(invitation, now=now)
    work(days=8)
    letters.send_invitation(invitation, now=now + timedelta(days=1))
    invitations.take_back(invitation, by=admin, now=now)
    work(days=1)
    assert post.mails == []


def test_without_mail_nothing_is_asked_for(invitation: Invitation, now: datetime) -> None:
    assert not letters.are_sent()
    assert not letters.send_invitation(invitation, now=now)
    letters.send_password_link("ada@example.org", now=now)
    assert db.session.scalars(sa.select(Job)).all() == []


def test_a_forgotten_password_is_answered_at_the_accounts_own_address(
    post: PostOffice, work: Callable[..., None], writer: User, now: datetime
) -> None:
    letters.send_password_link("ＷILL@example.org", now=now)  # a letter as wide as a Chinese one
    letters.send_password_link("will@example.org", now=now)  # asked twice is sent once
    work()
    (sent,) = post.mails
    assert sent["To"] == "will@example.org"
    assert resetting.path(writer, now=now) in text_of(sent)
    (job,) = db.session.scalars(sa.select(Job).where(Job.kind == "mail.password"))
    assert job.payload == {}
    assert "will" not in job.key


def test_strangers_and_closed_accounts_are_sent_nothing(
    post: PostOffice, work: Callable[..., None], writer: User, now: datetime
) -> None:
    writer.is_active = False
    letters.send_password_link(writer.email, now=now)
    letters.send_password_link("nobody@example.org", now=now)
    work()
    assert post.mails == []
