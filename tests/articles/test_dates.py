from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsite.articles import dates
from newsite.articles.models import Article, Precision
from newsite.errors import RuleBroken

LONDON = ZoneInfo("Europe/London")


def article(
    first: date | None, precision: Precision = Precision.day, here: datetime | None = None
) -> Article:
    here = here or datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    return Article(first_published=first, first_published_precision=precision, published_at=here)


@pytest.mark.parametrize(
    ("first", "precision", "line"),
    [
        (date(2023, 1, 26), Precision.day, "26 January 2023"),
        (date(2023, 1, 1), Precision.month, "January 2023"),
        (date(2023, 1, 1), Precision.year, "2023"),
        (date(2026, 11, 19), Precision.day, "19 November 2026"),
        (date(2026, 11, 20), Precision.day, None),  # the same day: nothing to say
        (date(2026, 11, 1), Precision.month, None),  # the same month, as far as is known
        (date(2026, 1, 1), Precision.year, None),
        (date(2027, 1, 1), Precision.day, None),
        (None, Precision.day, None),
    ],
)
def test_originally_published_is_said_only_of_what_is_older(
    first: date | None, precision: Precision, line: str | None
) -> None:
    assert dates.originally(article(first, precision), LONDON, "en-GB") == line


def test_the_comparison_is_made_in_the_sites_own_zone() -> None:
    # Half past eleven in the evening, UTC, of 30 June is already 1 July in London.
    here = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert (
        dates.originally(article(date(2026, 6, 30), here=here), LONDON, "en-GB") == "30 June 2026"
    )
    assert dates.originally(article(date(2026, 6, 30), here=here), ZoneInfo("UTC"), "en-GB") is None


def test_an_unpublished_article_has_no_such_line() -> None:
    assert (
        dates.originally(Article(first_published=date(2020, 1, 1), published_at=None), LONDON, "en")
        is None
    )
    assert dates.first_published(Article(published_at=None), LONDON) is None


@pytest.mark.parametrize(
    ("first", "precision", "stated"),
    [
        (date(2023, 1, 26), Precision.day, "2023-01-26"),
        (date(2023, 1, 26), Precision.month, "2023-01"),
        (date(2023, 1, 26), Precision.year, "2023"),
        (None, Precision.day, "2026-11-20T09:00:00+00:00"),
    ],
)
def test_machines_are_told_no_more_than_is_known(
    first: date | None, precision: Precision, stated: str
) -> None:
    assert dates.first_published(article(first, precision), LONDON) == stated


@pytest.mark.parametrize(
    ("language", "day", "time"),
    [
        ("en-GB", "27 January 2023", "27 January 2023, 8.51am"),
        ("en-US", "January 27, 2023", "January 27, 2023, 8.51am"),
        ("de", "27. Januar 2023", "27. Januar 2023, 08:51"),
    ],
)
def test_dates_are_written_as_the_sites_language_does(language: str, day: str, time: str) -> None:
    at = datetime(2023, 1, 27, 8, 51, tzinfo=UTC)
    assert dates.day(at, LONDON, language) == day
    assert dates.day_and_time(at, LONDON, language) == time


@pytest.mark.parametrize(("hour", "printed"), [(0, "12.05am"), (12, "12.05pm"), (18, "6.05pm")])
def test_noon_and_midnight_are_twelve(hour: int, printed: str) -> None:
    at = datetime(2023, 1, 27, hour, 5, tzinfo=UTC)
    assert dates.day_and_time(at, LONDON, "en-GB").endswith(printed)


def test_instants_for_machines_carry_the_offset() -> None:
    assert dates.iso(datetime(2023, 7, 1, 8, 0, tzinfo=UTC), LONDON) == "2023-07-01T09:00:00+01:00"


def test_a_wall_clock_time_becomes_an_instant() -> None:
    assert dates.instant(datetime(2026, 7, 1, 9, 0), LONDON) == datetime(
        2026, 7, 1, 8, 0, tzinfo=UTC
    )
    # The hour that comes twice in October: the first of them.
    assert dates.instant(datetime(2026, 10, 25, 1, 30), LONDON) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_an_hour_that_summer_time_leaves_out_is_refused() -> None:
    with pytest.raises(RuleBroken) as refusal:
        dates.instant(datetime(2027, 3, 28, 1, 30), LONDON)
    assert refusal.value.field == "published_at"


def test_a_time_that_comes_twice_is_two_instants_and_any_other_is_one() -> None:
    first, second = (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert dates.both(first, LONDON) == dates.both(second, LONDON) == (first, second)
    noon = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert dates.both(noon, LONDON) == (noon, noon)
