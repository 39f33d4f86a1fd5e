"""A thousand replies in a minute: from one address, from one network of many, and from a thousand networks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from mail_server import PostOffice
from moderating import QUEUE, press
from pages import Pages

from newsite import limits, mail
from newsite.articles.models import Article
from newsite.cli import HANDLERS
from newsite.comments import arriving
from newsite.comments.arriving import MOST_A_NETWORK
from newsite.comments.measures import BATCH
from newsite.comments.models import Comment, Status
from newsite.comments.rules import Sender
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import TooFast
from newsite.outbox import Worker
from newsite.site.models import Site
from newsite.web.comments import tokens

STORM = 1_000
Send = Callable[..., Any]


@pytest.fixture
def send(pages: Pages, article: Article, now: datetime) -> Send:
    """Sends a reply as a program would, which reads the page once."""
    token = tokens.form_token(article.id, now)

    def send(number: int, address: str) -> Any:
        fields = {
            "csrf_token": token, "author": f"Bot {number}", "email": f"bot{number}@example.com",
            "comment": f"Buy no. {number} here.",
        }  # fmt: skip
        environ = {"REMOTE_ADDR": address}
        return pages.post(f"/articles/{article.id}/replies", fields, environ_overrides=environ)

    return send


def words(number: int) -> NewReply:
    """What the program sends, without the form around it."""
    return NewReply(f"Bot {number}", f"bot{number}@example.com", "", f"Buy no. {number} here.")


def of(address: str) -> dict[str, Sender]:
    """Who sends it."""
    return {"sender": Sender(network=limits.prefix(address), address=address)}


def stored() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Comment)) or 0


def test_one_address_gets_no_further_than_one_reader(send: Send) -> None:
    answers = [send(number, "203.0.113.9") for number in range(200)]
    assert stored() == 1  # the next has to wait for a moment, and after five tries for a minute
    assert {answer.status_code for answer in answers[1:]} == {429}
    assert all("Retry-After" in answer.headers for answer in answers[1:])
    assert "Buy no. 199 here." in answers[-1].text


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [
        (lambda number: f"203.0.113.{number % 250 + 1}", "203.0.114.1"),  # a /24
        (lambda number: f"2001:db8:7:{number:x}::1", "2001:db8:8::1"),  # a /48
    ],
    ids=["/24", "/48"],
)
def test_one_network_of_many_addresses_is_asked_to_wait(
    send: Send,
    article: Article,
    site: Site,
    now: datetime,
    address: Callable[[int], str],
    neighbour: str,
) -> None:
    answers = [send(number, address(number)) for number in range(MOST_A_NETWORK + 10)]
    assert stored() == MOST_A_NETWORK
    refused = answers[-1]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Buy no. 39 here." in refused.text
    assert "Many replies are coming from your network." in refused.text
    for number in range(len(answers), STORM):  # the rule alone: a page for each would take a minute
        with pytest.raises(TooFast):
            arriving.prepare(article, words(number), site, **of(address(number)), now=now)
    assert send(STORM, neighbour).status_code == 303  # its neighbours write on
    assert stored() == MOST_A_NETWORK + 1


def test_a_thousand_networks_fill_the_queue_and_nothing_else(
    site: Site, pages: Pages, desk: Pages, send: Send, article: Article, now: datetime
) -> None:
    before = pages.fetch(str(article.path)).data
    queue = sa.select(sa.func.count()).select_from(Comment).where(Comment.status == Status.pending)
    for number in range(STORM):
        address = f"10.{number % 250}.{number // 250}.1"
        if number % 10:  # the rules alone: a page for each would take a minute
            arriving.store(
                arriving.prepare(article, words(number), site, **of(address), now=now), now=now
            )
            db.session.commit()
        else:
            assert send(number, address).status_code == 303
    assert db.session.scalar(queue) == STORM
    assert pages.fetch(str(article.path)).data == before
    page = desk.get(f"{QUEUE}?q=Buy+no.")
    assert len(page.all('[id^="reply-"]')) == 25
    for _ in range(STORM // BATCH):
        page = press(desk.get(f"{QUEUE}?q=Buy+no."), "spam found")
    assert db.session.scalar(queue) == 0


def test_letter_boxes_are_not_flooded_by_it(
    app: Flask, post: PostOffice, send: Send, now: datetime
) -> None:
    for number in range(1, 60):
        send(number, f"203.0.113.{number}")
    time = now + timedelta(seconds=30)
    worker = Worker(HANDLERS, clock=lambda: time)
    while worker.step():
        pass
    mail.hang_up()
    assert len(post.mails) == 20  # a day, to those of one network
    assert limits.are_on()
