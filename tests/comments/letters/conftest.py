"""A mail server, an outbox that is worked through, and replies whose writers have shown who they are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from newsite import mail
from newsite.comments import letters
from newsite.comments.models import Comment, Follows
from newsite.comments.spam import learning
from newsite.db import db
from newsite.outbox import Claim, Worker


@pytest.fixture
def work(app: Flask, now: datetime) -> Callable[..., int]:
    """Does all that is due so many minutes from now; how many of the jobs were the letters'."""

    def work(minutes: float = 0) -> int:
        time = now + timedelta(minutes=minutes)
        done = []

        def counted(job: Claim, at: datetime) -> None:
            done.append(job)
            letters.HANDLERS[job.kind](job, at)

        handlers = dict.fromkeys(letters.HANDLERS, counted) | {learning.KIND: learning.job}
        worker = Worker(handlers, clock=lambda: time)
        db.session.commit()
        while worker.step():
            pass
        mail.hang_up()
        db.session.expire_all()
        return len(done)

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
