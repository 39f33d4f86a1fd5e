"""The same words under the same name or from the same address are refused, as WordPress does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, repeats
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import DuplicateReply
from newsite.site.models import Site

Send = Callable[..., Comment]
MakeReply = Callable[..., NewReply]


@pytest.fixture
def again(article: Article, reply: MakeReply, now: datetime) -> Send:
    """Sends Ann's words a day later, with whatever is said otherwise."""

    def send(body: str = "I was there.", **given: object) -> Comment:
        comment = actions.submit_reply(article, reply(body, **given), now=now)
        db.session.commit()
        return comment

    return send


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"author_name": "Anne"},  # the address is known
        {"author_name": "Anne", "email": "ANN@Example.org"},  # as it is compared
        {"email": "bea@example.org"},  # the name is known
        {"author_name": "ANN", "email": "bea@example.org"},
        {"author_name": "Anne", "body": " i  was There. "},  # as a fingerprint reads it
    ],
)
def test_a_known_name_or_address_says_the_same_once(
    sent: Send, again: Send, given: dict[str, str]
) -> None:
    sent()
    with pytest.raises(DuplicateReply) as refusal:
        again(**given)
    assert (refusal.value.status, refusal.value.field) == (409, "body")


@pytest.mark.parametrize(
    "given",
    [
        {"author_name": "Bea", "email": "bea@example.org"},
        {"body": "I was there, too."},
    ],
)
def test_other_words_and_other_people_are_another_reply(
    sent: Send, again: Send, given: dict[str, str]
) -> None:
    sent()
    assert not again(**given).is_repeat


def test_the_same_may_be_said_to_somebody_else(sent: Send, approved: Send, again: Send) -> None:
    first = approved("One")
    sent()
    answer = again(author_name="Anne", parent_id=first.id)
    assert answer.parent is first
    with pytest.raises(DuplicateReply):
        again(author_name="ANNE", email="bea@example.org", parent_id=first.id)


@pytest.mark.parametrize("given", [{}, {"author_name": "Anne"}])
def test_what_is_in_the_trash_may_be_said_again_and_what_is_spam_may_not(
    sent: Send, again: Send, editor: User, now: datetime, given: dict[str, str]
) -> None:
    first = sent()
    actions.mark_spam(first, by=editor, now=now)
    db.session.commit()
    with pytest.raises(DuplicateReply):
        again(**given)
    actions.trash(first, by=editor, now=now)
    db.session.commit()
    second = again(**given)
    assert second is not first
    actions.restore(first, by=editor, now=now)  # both are there then
    db.session.commit()
    assert first.fingerprint != second.fingerprint


def test_the_button_pressed_twice_is_one_reply_in_the_trash_too(
    sent: Send, article: Article, reply: MakeReply, editor: User, now: datetime
) -> None:
    first = sent()
    actions.trash(first, by=editor, now=now)
    db.session.commit()
    soon = first.created_at + timedelta(seconds=5)
    assert actions.submit_reply(article, reply(), now=soon).is_repeat


def test_the_question_is_one_step_into_an_index(reply: MakeReply, site: Site, engine: str) -> None:
    query = repeats.sent_before(reply(), 1, None, "ann@example.org")
    sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN"
    if engine == "postgresql":  # it would read so small a table from end to end, and be right to
        for way in ("seqscan", "bitmapscan", "sort"):
            db.session.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        explain = "EXPLAIN"
    steps = [str(row) for row in db.session.execute(sa.text(f"{explain} {sql}"))]
    plan = " ".join(steps)
    if engine == "sqlite":  # PostgreSQL weighs which of an article's indexes it takes
        assert "(article_id=? AND fingerprint>? AND fingerprint<?)" in plan
    assert len(steps) == 1 or engine == "postgresql"
    assert "Seq Scan" not in plan
