"""What programs are given to read: public things only, and a map whose parts hold still."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsite.articles import syndication
from newsite.articles.models import Article, Kind, State

Make = Callable[..., Article]


def test_a_feed_has_the_newest_first(make_article: Make, now: datetime) -> None:
    older = make_article("Older", published_at=now - timedelta(days=3))
    newer = make_article("Newer", published_at=now - timedelta(days=1))
    assert syndication.newest(now) == [newer, older]
    assert syndication.newest(now, limit=1) == [newer]


def test_nothing_that_readers_cannot_see_is_given_away(make_article: Make, now: datetime) -> None:
    make_article("Scheduled", published_at=now + timedelta(minutes=1))
    make_article("A draft", publish=False)
    make_article("Withdrawn").state = State.withdrawn
    assert syndication.newest(now) == []
    assert syndication.parts(now) == []
    assert syndication.part(1, now) == []


def test_pages_are_on_the_map_but_not_in_the_feed(make_article: Make, now: datetime) -> None:
    make_article("About us", kind=Kind.page)
    assert syndication.newest(now) == []
    assert [place.path for place in syndication.part(1, now)] == ["/about-us/"]


def test_the_map_says_when_a_text_last_changed(article: Article, now: datetime) -> None:
    (place,) = syndication.part(1, now)
    assert place.changed_at == article.published_at
    article.updated_at = now - timedelta(hours=1)
    (place,) = syndication.part(1, now)
    assert place.changed_at == article.updated_at


def test_an_address_stands_on_the_map_as_it_stands_in_a_link(
    article: Article, now: datetime
) -> None:
    article.path = "/čaj & co/"
    (place,) = syndication.part(1, now)
    assert place.path == "/%C4%8Daj%20&%20co/"


def test_an_article_never_moves_to_another_part(
    make_article: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syndication, "PART_SIZE", 2)
    articles = [make_article(f"Article {count}") for count in range(7)]
    before = {number: syndication.part(number, now) for number in syndication.parts(now)}
    assert list(before) == sorted({(article.id + 1) // 2 for article in articles})
    emptied = (articles[3].id + 1) // 2
    for article in articles:
        if (article.id + 1) // 2 == emptied:
            article.state = State.withdrawn
    assert syndication.parts(now) == [number for number in before if number != emptied]
    assert syndication.part(emptied, now) == []
    assert all(syndication.part(number, now) == before[number] for number in syndication.parts(now))


@pytest.mark.parametrize("number", [2**20, 2**31 - 1])
def test_a_part_beyond_all_ids_is_empty(site: object, now: datetime, number: int) -> None:
    assert syndication.part(number, now) == []
