"""Numbers that somebody wrote past newsite are found, named, and put right from what they count."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite import changes, recount
from newsite.accounts.models import User
from newsite.articles import listing, months
from newsite.articles.models import Article, MonthCount, article_tags
from newsite.comments import actions
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]


@pytest.fixture
def answered(article: Article, editor: User, now: datetime) -> Article:
    """An article with two approved replies, and one that waits."""
    for name in ("Ann", "Bo", "Cy"):
        sent = NewReply(name, f"{name}@example.org", "", f"Hello from {name}.")
        comment = actions.submit_reply(article, sent, now=now)
        if name != "Cy":
            actions.approve(comment, by=editor, now=now)
    db.session.commit()
    return article


def set_replies(number: int) -> None:
    db.session.execute(sa.update(Article).values(reply_count=number))
    db.session.commit()


def test_what_the_actions_kept_is_right_and_stays(answered: Article) -> None:
    before = changes.latest()
    assert recount.miscounted(9) == []
    assert recount.mend().as_dict() == {"replies": 0, "places": 0, "months": 0, "circles": 0}
    db.session.commit()
    assert changes.latest() == before


@pytest.mark.parametrize("says", [0, 3])
def test_a_number_of_replies_is_put_right(answered: Article, says: int) -> None:
    set_replies(says)
    assert recount.miscounted(9) == [(answered.id, says, 2)]
    assert recount.mend().replies == 1
    db.session.commit()
    assert answered.reply_count == 2
    assert recount.miscounted(9) == []


def test_places_and_months_are_put_right(make_article: Make, site: Site, now: datetime) -> None:
    article = make_article("Out", published_at=now, tags=("a", "b"))
    make_article("Draft", publish=False)
    yesterday = now - timedelta(days=1)
    db.session.execute(sa.update(Article).values(listed_at=yesterday))
    db.session.execute(sa.update(article_tags).values(listed_at=None))
    db.session.execute(sa.update(MonthCount).values(articles=7))
    db.session.commit()
    assert recount.mend().as_dict() == {"replies": 0, "places": 4, "months": 1, "circles": 0}
    db.session.commit()
    assert listing.misplaced(9) == []
    assert months.listed(site.zone, now) == [(date(2026, 11, 1), 1)]
    assert article.listed_at == now


def test_kept_pages_are_dropped_when_something_was_wrong(answered: Article) -> None:
    set_replies(1)
    before = changes.latest()[1]
    recount.mend()
    db.session.commit()
    assert changes.since(before) == {changes.SITE}


def test_nobody_writes_an_article_while_it_counts(article: Article, engine: str) -> None:
    db.session.rollback()
    recount.mend()
    if engine == "postgresql":
        held = sa.text("SELECT mode FROM pg_locks WHERE relation = 'articles'::regclass")
        assert "ShareRowExclusiveLock" in db.session.scalars(held).all()
    else:  # begun as a writer's: there is one at a time
        assert db.session.connection().connection.driver_connection.in_transaction
