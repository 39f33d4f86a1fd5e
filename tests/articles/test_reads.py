"""How often articles were read."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles import actions, reads
from newsite.articles.models import Article, Reads
from newsite.articles.reads import Day
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]
DAY = timedelta(days=1)


def rows() -> list[tuple[date, int, int]]:
    query = sa.select(Reads.day, Reads.article_id, Reads.count).order_by(Reads.day, Reads.count)
    return [tuple(row) for row in db.session.execute(query)]


def test_what_two_workers_counted_adds_up(make_article: Make, now: datetime) -> None:
    one, other, today = make_article("One"), make_article("Other"), now.date()
    reads.add({Day(today, one.id): 2, Day(today, other.id): 9})
    reads.add({Day(today, one.id): 3, Day(today - DAY, one.id): 1})
    db.session.commit()
    assert rows() == [(today - DAY, one.id, 1), (today, one.id, 5), (today, other.id, 9)]
    assert (reads.of(one, today), reads.of(one, today, over=DAY)) == (6, 5)


def test_what_was_read_of_an_article_goes_with_it(article: Article, now: datetime) -> None:
    reads.add({Day(now.date(), article.id): 2})
    db.session.commit()
    db.session.execute(sa.delete(Article).where(Article.id == article.id))
    reads.add({Day(now.date(), article.id): 1})  # counted before, and written only now
    db.session.commit()
    assert rows() == []


def test_the_most_read_of_the_week_come_first(
    make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    today = now.date()
    made = [make_article(f"No. {number}") for number in range(7)]
    draft = make_article("Not out", publish=False)
    for number, article in enumerate(made):
        reads.add({Day(today, article.id): number + 1, Day(today - 6 * DAY, article.id): 10})
    reads.add({Day(today - 7 * DAY, made[0].id): 1_000, Day(today, draft.id): 1_000})
    actions.withdraw(made[6], reason="A name.", by=editor, now=now, site=site)
    db.session.commit()
    found = [(read.article.title, read.times) for read in reads.most(today)]
    assert found == [("No. 5", 16), ("No. 4", 15), ("No. 3", 14), ("No. 2", 13), ("No. 1", 12)]
    assert reads.of(draft, today) == 1_000


def test_nothing_was_read_of_what_nobody_read(article: Article, now: datetime) -> None:
    assert reads.most(now.date()) == []
    assert reads.of(article, now.date()) == 0
