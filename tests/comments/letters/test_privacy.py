from datetime import timedelta

import sqlalchemy as sa
from mail_server import text_of

from newsite import tokens
from newsite.comments import actions, letters
from newsite.db import db
from newsite.outbox import Job


def ask(email, now) -> None:
    letters.send_privacy_link(email, now=now)
    db.session.commit()


def test_the_link_goes_to_the_address_that_asked(sent, post, work, now):
    comment = sent()
    ask("Ann@example.org", now)
    work()
    (mail,) = post.mails
    assert str(mail["To"]) == "Ann@example.org"
    token = text_of(mail).partition("/privacy/me/")[2].split()[0]
    assert tokens.opened("privacy", token, now=now, valid=timedelta(minutes=30)) == comment.id
    assert mail["List-Unsubscribe"] is None


def test_no_address_is_in_the_link_nor_stays_in_the_outbox(sent, post, work, now):
    sent()
    ask("ann@example.org", now)
    work()
    (job,) = db.session.scalars(sa.select(Job).where(Job.kind == "mail.privacy"))
    assert job.payload == {}
    assert "ann" not in job.key
    assert "ann" not in text_of(post.mails[0]).partition("/privacy/me/")[2]


def test_whoever_sent_nothing_is_mailed_nothing(sent, post, work, now):
    sent()
    ask("ben@example.org", now)
    work()
    assert post.mails == []


def test_an_address_that_is_compared_as_the_same_and_is_another_is_mailed_nothing(
    sent, post, work, now
):
    sent(email="ann@example.org")
    ask("ａnn@example.org", now)  # a letter as wide as a Chinese one
    work()
    assert post.mails == []


def test_staff_s_answers_are_the_desk_s(approved, editor, post, work, now):
    actions.answer(approved(), "Thank you.", by=editor, now=now)
    ask(editor.email, now)
    work()
    assert post.mails == []


def test_asked_again_at_once_it_is_sent_once(sent, post, work, now):
    sent()
    for _ in range(5):
        ask("ann@example.org", now)
    work()
    assert len(post.mails) == 1
    ask("ann@example.org", now + timedelta(minutes=6))
    work(6)
    assert len(post.mails) == 2


def test_without_a_mail_server_nothing_is_asked_for(sent, work, now):
    sent()
    ask("ann@example.org", now)
    assert work() == 0
