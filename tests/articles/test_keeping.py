"""What kept pages ask of the articles."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite.articles import keeping
from newsite.articles.models import Article, Kind
from newsite.db import db

Make = Callable[..., Article]
DAY = timedelta(days=1)


def test_a_place_lies_between_two_published_articles(make_article: Make, now: datetime) -> None:
    first, second, third = (
        make_article(name, published_at=now + days * DAY)
        for name, days in (("First", -3), ("Second", -2), ("Third", 2))
    )
    make_article("Draft", publish=False, published_at=now - 2 * DAY)
    make_article("Page", kind=Kind.page, published_at=now - 2 * DAY)
    assert set(keeping.beside(now - 2 * DAY, second.id)) == {first.id, third.id}  # scheduled too
    assert keeping.beside(now - 9 * DAY, 1) == [first.id]
    assert keeping.beside(now + 9 * DAY, 1) == [third.id]


def test_the_next_to_appear_may_be_a_page(make_article: Make, now: datetime) -> None:
    def following(at: datetime) -> datetime | None:
        return db.session.scalar(sa.select(keeping.next_scheduled(at)))

    assert following(now) is None
    make_article("Later", published_at=now + 2 * DAY)
    make_article("About", kind=Kind.page, published_at=now + DAY)
    make_article("Here", published_at=now - DAY)
    assert [following(now), following(now + DAY)] == [now + DAY, now + 2 * DAY]


def test_what_is_kept_at_the_top_ends(make_article: Make, now: datetime) -> None:
    make_article("For ever", is_sticky=True)
    make_article("Was", is_sticky=True, sticky_until=now - DAY)
    assert keeping.next_unstuck(now) is None
    make_article("Is", is_sticky=True, sticky_until=now + DAY)
    assert keeping.next_unstuck(now) == now + DAY
