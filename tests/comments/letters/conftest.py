"""A mail server, an outbox that is worked through, and replies whose writers have shown who they are."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from mail_server import PostOffice, running

from newsite import mail
from newsite.comments import letters
from newsite.comments.models import Comment, Follows
from newsite.db import db
from newsite.mail import office
from newsite.outbox import Worker


@pytest.fixture
def post(app: Flask) -> Iterator[PostOffice]:
    """The server that the app's mail goes to."""
    made = PostOffice()
    with running(made) as settings:
        office.use(settings)
        yield made
        office.use(None)


@pytest.fixture
def work(app: Flask, now: datetime) -> Callable[..., int]:
    """Does all that is due so many minutes from now; how many jobs there were."""

    def work(minutes: float = 0) -> int:
        time = now + timedelta(minutes=minutes)
        worker, done = Worker(letters.HANDLERS, clock=lambda: time), 0
        db.session.commit()
        while worker.step():
            done += 1
        mail.hang_up()
        db.session.expire_all()
        return done

    return work


@pytest.fixture
def confirmed(now: datetime) -> Callable[..., Comment]:
    """Lets a reply's writer have confirmed the address, and follow something."""

    def confirm(comment: Comment, follows: Follows = Follows.nothing) -> Comment:
        comment.confirmed_at = comment.told_at = comment.created_at
        comment.follows = follows
        db.session.commit()
        return comment

    return confirm
