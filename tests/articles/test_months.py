"""The archive: which months have articles, wherever the site is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles import actions, months, queries
from newsite.articles.models import Article, MonthCount
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]


def titles(articles: list[Article]) -> list[str]:
    return [article.title for article in articles]


def test_a_month_ends_in_the_sites_own_zone(make_article: Make, site: Site, now: datetime) -> None:
    # 31 July, half past eleven in the evening UTC: in London it is August.
    make_article("In August", published_at=datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    make_article("In July", published_at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
    make_article("In December", published_at=datetime(2025, 12, 31, 12, 0, tzinfo=UTC))
    assert months.listed(site.zone, now) == [
        (date(2026, 8, 1), 1),
        (date(2026, 7, 1), 1),
        (date(2025, 12, 1), 1),
    ]
    assert titles(queries.in_month(date(2026, 8, 1), site.zone, now).items) == ["In August"]
    assert titles(queries.in_month(date(2025, 12, 1), site.zone, now).items) == ["In December"]
    beside = months.beside(date(2026, 7, 1), site.zone, now)
    assert beside == (date(2025, 12, 1), date(2026, 8, 1))
    assert months.beside(date(2026, 8, 1), site.zone, now)[1] is None


def test_a_month_does_not_count_what_readers_cannot_see(
    make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    gone = make_article("Gone", published_at=now - timedelta(days=60))
    make_article("Here", published_at=now - timedelta(hours=1))
    make_article("Later", published_at=now + timedelta(hours=1))
    make_article("Next month", published_at=now + timedelta(days=30))
    make_article("Draft", publish=False)
    november = date(2026, 11, 1)
    assert months.listed(site.zone, now) == [(november, 1), (date(2026, 9, 1), 1)]
    actions.withdraw(gone, reason="A name.", by=editor, now=now, site=site)
    assert months.listed(site.zone, now) == [(november, 1)]
    assert months.beside(november, site.zone, now) == (None, None)
    assert months.listed(site.zone, now + timedelta(hours=1)) == [(november, 2)]


def test_a_site_that_moves_to_another_zone_has_its_months_there(
    make_article: Make, site: Site, now: datetime
) -> None:
    make_article("Late on the last of July", published_at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
    assert months.listed(site.zone, now) == [(date(2026, 7, 1), 1)]
    site.timezone = "Europe/Berlin"
    assert months.listed(site.zone, now) == [(date(2026, 8, 1), 1)]  # counted for this page
    make_article("Another", published_at=datetime(2026, 6, 1, tzinfo=UTC))
    kept = db.session.execute(sa.select(MonthCount.timezone, MonthCount.first_day)).all()
    assert sorted(map(tuple, kept)) == [
        ("Europe/Berlin", date(2026, 6, 1)),
        ("Europe/Berlin", date(2026, 8, 1)),
    ]
    assert months.listed(site.zone, now) == [(date(2026, 8, 1), 1), (date(2026, 6, 1), 1)]


def test_months_that_were_kept_rightly_are_right_in_the_zone_they_were_kept_in(
    make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    assert months.miscounted() == []
    gone = make_article("Gone", published_at=datetime(2026, 6, 1, tzinfo=UTC))
    make_article("Late on the last of July", published_at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
    actions.withdraw(gone, reason="A name.", by=editor, now=now, site=site)
    db.session.commit()
    site.timezone = "Europe/Berlin"  # where July was over
    db.session.commit()
    assert months.miscounted() == []


def test_a_month_that_is_counted_wrongly_is_named(
    make_article: Make, site: Site, now: datetime
) -> None:
    make_article("July", published_at=datetime(2026, 7, 9, tzinfo=UTC))
    make_article("June", published_at=datetime(2026, 6, 9, tzinfo=UTC))
    july, june, may = (date(2026, month, 1) for month in (7, 6, 5))
    kept = MonthCount.first_day
    db.session.execute(sa.update(MonthCount).where(kept == july).values(articles=2))
    db.session.execute(sa.delete(MonthCount).where(kept == june))
    db.session.add(MonthCount(timezone=site.timezone, first_day=may, articles=1))
    db.session.commit()
    assert months.miscounted() == [may, june, july]


def test_no_number_at_all_is_wrong_where_there_are_articles(make_article: Make, site: Site) -> None:
    make_article("July", published_at=datetime(2026, 7, 9, tzinfo=UTC))
    db.session.execute(sa.delete(MonthCount))
    db.session.commit()
    assert months.miscounted() == [date(2026, 7, 1)]
