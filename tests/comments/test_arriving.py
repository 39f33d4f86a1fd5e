"""A reply is made ready while others may write, and written down in a moment."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.models import Article, Kind
from newsite.comments import actions, arriving, queries
from newsite.comments.models import Comment
from newsite.comments.rules import Sender
from newsite.comments.submission import NewReply
from newsite.db import db, reading
from newsite.errors import RepliesClosed, TooFast
from newsite.site.models import Site

MakeReply = Callable[..., NewReply]
Send = Callable[..., Comment]
Counted = Callable[[], AbstractContextManager[list[str]]]


def test_a_page_that_stands_by_itself_takes_no_replies(
    article: Article, make_article: Callable[..., Article], now: datetime
) -> None:
    assert arriving.takes_replies(article, now, None)
    assert not arriving.takes_replies(make_article("About us", kind=Kind.page), now, None)


def test_making_a_reply_ready_only_reads(
    article: Article, site: Site, reply: MakeReply, counted: Counted, now: datetime
) -> None:
    db.session.commit()
    with counted() as run, reading():
        arriving.prepare(article, reply(), site, now=now)
    assert run
    assert {statement.split()[0] for statement in run} <= {"BEGIN", "SELECT"}


def test_nothing_is_done_in_the_line_but_to_look_and_to_write(
    article: Article, site: Site, reply: MakeReply, counted: Counted, now: datetime
) -> None:
    arrival = arriving.prepare(article, reply(), site, now=now)
    db.session.commit()
    with counted() as run:
        arriving.store(arrival, now=now)
    words = [statement.split()[0] for statement in run if not statement.startswith("BEGIN")]
    assert words == ["SELECT", "INSERT", "UPDATE", "INSERT"]


def test_an_article_closed_meanwhile_takes_no_reply(
    article: Article, site: Site, reply: MakeReply, now: datetime
) -> None:
    arrival = arriving.prepare(article, reply(), site, now=now)
    article.replies_open = False
    db.session.commit()
    with pytest.raises(RepliesClosed):
        arriving.store(arrival, now=now)


def test_an_article_deleted_meanwhile_takes_no_reply(
    article: Article, site: Site, reply: MakeReply, now: datetime
) -> None:
    arrival = arriving.prepare(article, reply(), site, now=now)
    db.session.delete(article)
    db.session.commit()
    with pytest.raises(RepliesClosed):
        arriving.store(arrival, now=now)


def test_an_answer_to_what_was_put_aside_meanwhile_stands_by_itself(
    article: Article, site: Site, reply: MakeReply, approved: Send, editor: User, now: datetime
) -> None:
    first = approved("First.")
    arrival = arriving.prepare(article, reply(parent_id=first.id), site, now=now)
    actions.trash(first, by=editor, now=now)
    db.session.commit()
    stored = db.session.get_one(Comment, arriving.store(arrival, now=now).id)
    assert (stored.parent_id, stored.depth) == (None, 1)
    alone = arriving.prepare(article, reply(), site, now=now)
    assert arriving.store(alone, now=now) == (stored.id, True)  # the very same reply by now


def test_a_second_press_finds_the_first_reply_and_writes_nothing(
    article: Article, site: Site, reply: MakeReply, now: datetime
) -> None:
    arrival = arriving.prepare(article, reply(), site, now=now)
    first = arriving.store(arrival, now=now)
    assert not first.is_repeat
    assert arriving.store(arrival, now=now) == (first.id, True)
    assert db.session.scalar(sa.select(sa.func.count(Comment.id))) == 1


def test_of_two_who_send_again_at_once_what_lies_in_the_trash_the_later_one_is_the_repeat(
    article: Article, site: Site, reply: MakeReply, editor: User, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """On PostgreSQL both find the old reply before one of them has written: here the other one writes in between."""
    old = arriving.store(arriving.prepare(article, reply(), site, now=now), now=now)
    actions.trash(db.session.get_one(Comment, old.id), by=editor, now=now)
    db.session.commit()
    later = now + timedelta(minutes=2)
    arrival = arriving.prepare(article, reply(), site, now=later)
    others: list[arriving.Stored] = []

    def found(article_id: int, fingerprint: str) -> Comment:
        first = with_fingerprint(article_id, fingerprint)
        monkeypatch.undo()
        others.append(arriving.store(arrival, now=later))
        return first

    with_fingerprint = queries.with_fingerprint
    monkeypatch.setattr(queries, "with_fingerprint", found)
    assert arriving.store(arrival, now=later) == (others[0].id, True)
    assert others[0] == (others[0].id, False)
    assert others[0].id != old.id


def test_a_storm_from_one_network_waits_unless_its_time_is_yet_to_come(
    article: Article, site: Site, reply: MakeReply, now: datetime
) -> None:
    sender = Sender("203.0.113.0/24")
    for number in range(arriving.MOST_A_NETWORK):
        one = reply(body=f"No. {number}", email=f"a{number}@b.example")
        arriving.store(arriving.prepare(article, one, site, sender=sender, now=now), now=now)
    with pytest.raises(TooFast, match="from your network"):
        arriving.prepare(article, reply(), site, sender=sender, now=now)
    for at in (now + timedelta(minutes=1), now - timedelta(hours=1)):  # the clock was set back
        arriving.prepare(article, reply(), site, sender=sender, now=at)
    arriving.prepare(article, reply(), site, now=now)
