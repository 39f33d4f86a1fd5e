"""The whole way of a reply by mail: from the form to the letter box, to the buttons, and back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from mail_server import PostOffice, text_of
from pages import Pages

from newsite import mail
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.cli import HANDLERS, HOURLY
from newsite.comments import actions
from newsite.comments.models import Comment, Follows, Status
from newsite.db import db
from newsite.outbox import Job, Worker

Send = Callable[..., None]


@pytest.fixture
def later(app: Flask, now: datetime) -> Callable[[float], None]:
    """Lets it be so many minutes later, with the worker that the command starts."""

    def later(minutes: float) -> None:
        time = now + timedelta(minutes=minutes)
        app.config["NEWSITE_CLOCK"] = lambda: time
        worker = Worker(HANDLERS, clock=lambda: time, hourly=HOURLY, rest=mail.hang_up)
        while worker.step():
            pass
        worker.rest()
        db.session.expire_all()

    return later


@pytest.fixture
def send(pages: Pages, article: Article) -> Send:
    """Sends a reply by the form."""

    def send(body: str = "I was there.", **given: str) -> None:
        values = {"author": "Ann", "email": "ann@example.org", "comment": body} | given
        pages.get(str(article.path)).form("reply").fill(**values).submit()

    return send


def link(mail: EmailMessage, part: str) -> str:
    """The path of the first link in a mail that has this part."""
    return next(urlsplit(word).path for word in text_of(mail).split() if part in word)


def test_a_reader_confirms_follows_is_answered_and_stops(
    pages: Pages, send: Send, article: Article, editor: User, post: PostOffice, later, now: datetime
) -> None:
    send()
    comment = db.session.query(Comment).one()
    later(0)
    (question,) = [mail for mail in post.mails if str(mail["To"]) == "ann@example.org"]
    page = pages.get(link(question, "/replies/"))
    page = page.form("confirmation").submit()
    assert comment.confirmed_at == now
    page.form("following").submit("Mail me answers to this reply")
    assert comment.follows is Follows.answers
    actions.answer(comment, "Thank you for that.", by=editor, now=now + timedelta(minutes=5))
    db.session.commit()
    later(15)
    answer = post.mails[-1]
    assert "> Thank you for that." in text_of(answer)
    path = urlsplit(answer["List-Unsubscribe"].strip("<>")).path
    pressed = pages.fetch(path, "POST", data={"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    assert comment.follows is Follows.nothing
    assert not any(job.payload for job in db.session.query(Job) if job.done_at)


def test_an_editor_decides_from_the_mail_without_signing_in(
    pages: Pages, send: Send, editor: User, post: PostOffice, later
) -> None:
    send()
    later(65)
    letter = post.mails[-1]
    assert str(letter["To"]) == "edith@example.org"
    comment = db.session.query(Comment).one()
    before = len(comment.entries)
    page = pages.get(link(letter, "/replies/decide/"))
    assert len(comment.entries) == before
    page.form("decision").submit()
    assert comment.status is Status.approved
    assert comment.entries[-1].by is editor


def test_a_double_click_asks_once(send: Send, post: PostOffice, later) -> None:
    send()
    send()
    later(0)
    assert post.recipients == ["ann@example.org"]


def test_without_mail_a_reply_waits_and_nothing_is_asked_for(send: Send, later) -> None:
    send()
    assert db.session.query(Job).filter(Job.kind.startswith("mail.")).count() == 0
    assert db.session.query(Comment).one().status is Status.pending


def test_a_machine_that_fills_the_trap_mails_nobody(send: Send, post: PostOffice, later) -> None:
    send(subject="Pills")
    later(0)
    assert post.mails == []
