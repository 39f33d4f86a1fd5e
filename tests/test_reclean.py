"""What an older policy cleaned and another look prepared is made again, step by step, and never by halves."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from newsite import changes, reclean
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, blocks
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.sanitize import POLICY
from newsite.site.models import Site


@pytest.fixture
def approved(article: Article, editor: User, now: datetime) -> Callable[[str], Comment]:
    def make(body: str) -> Comment:
        sent = NewReply("Ann", "ann@example.org", "", body)
        comment = actions.submit_reply(article, sent, now=now)
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        return comment

    return make


def made_by_an_older_newsite() -> None:
    db.session.execute(sa.update(Comment).values(block_html="", block_mark=""))
    db.session.commit()


def run() -> reclean.Report:
    *_, report = reclean.steps()
    return report


def test_replies_of_an_older_newsite_get_their_blocks(
    approved: Callable[[str], Comment], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reclean, "STEP", 2)
    expected = [approved(f"No. {number}.").block_html for number in range(5)]
    assert reclean.waiting() == 0
    made_by_an_older_newsite()
    assert reclean.waiting() == 5
    assert run().as_dict() == {"articles": 0, "replies": 5, "left": 0}
    found = db.session.execute(
        sa.select(Comment.block_html, Comment.block_mark).order_by(Comment.id)
    )
    assert [tuple(row) for row in found] == [(one, blocks.look(site).mark) for one in expected]


def test_it_can_be_stopped_and_goes_on_where_it_was(
    approved: Callable[[str], Comment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reclean, "STEP", 2)
    for number in range(5):
        approved(f"No. {number}.")
    made_by_an_older_newsite()
    steps = reclean.steps()
    while next(steps).replies < 2:
        pass
    steps.close()
    db.session.rollback()
    assert reclean.waiting() == 3
    assert run().replies == 3
    assert run().replies == 0


def test_words_that_wait_are_cleaned_but_have_no_block(
    article: Article, now: datetime, approved: Callable[[str], Comment]
) -> None:
    waits = actions.submit_reply(article, NewReply("Bo", "bo@example.org", "", "Hello."), now=now)
    waits.body_policy, waits.body_html = 0, "<blink>Hello.</blink>"
    db.session.commit()
    number = waits.id
    assert run().replies == 1
    found = db.session.get_one(Comment, number)
    assert (found.body_policy, found.body_html) == (POLICY, "<p>Hello.</p>")
    assert found.block_html == ""


def test_articles_are_cleaned_again_and_their_pages_made_anew(article: Article) -> None:
    article.body_policy, article.body_html = 0, "old"
    db.session.commit()
    before = changes.latest()[1]
    assert run().articles == 1
    assert "<h2" in article.body_html
    assert article.body_policy == POLICY
    assert {f"article:{article.id}", f"text:{article.id}"} <= changes.since(before)


def test_an_article_beyond_what_is_cleaned_keeps_what_it_has(article: Article) -> None:
    article.body_policy, article.body_html = 0, "<p>As it was.</p>"
    article.body = "x" * 2_000_000
    db.session.commit()
    assert run().as_dict() == {"articles": 0, "replies": 0, "left": 1}
    assert article.body_html == "<p>As it was.</p>"
