"""Replies end by the clock."""

from datetime import UTC, datetime, timedelta

from newsite.articles.closing import closes_at, have_closed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_replies_end_so_many_days_after_the_article_appeared() -> None:
    end = NOON + timedelta(days=14)
    assert closes_at(NOON, 14) == end
    assert not have_closed(NOON, 14, end - timedelta(seconds=1))
    assert have_closed(NOON, 14, end)


def test_without_days_and_without_a_publication_they_never_end() -> None:
    for published_at, days in ((NOON, None), (None, 14)):
        assert closes_at(published_at, days) is None
        assert not have_closed(published_at, days, datetime.max.replace(tzinfo=UTC))
