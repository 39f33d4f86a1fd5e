"""The dates of an article as readers see them: one place for pages, feeds, metadata and export."""

import functools
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

from newsite.articles.models import Precision
from newsite.articles.printed import Text
from newsite.errors import RuleBroken

_PATTERNS = {Precision.day: "d MMMM y", Precision.month: "LLLL y", Precision.year: "y"}


def day(
    value: date | datetime, zone: ZoneInfo, language: str, precision: Precision = Precision.day
) -> str:
    """A date in words: "26 January 2023", "January 2023" or "2023". An instant is the day it is in `zone`."""
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return _in_words(value, language, precision)


@functools.lru_cache(maxsize=1024)  # the days of a page or two: Babel takes 40 µs for each
def _in_words(value: date, language: str, precision: Precision) -> str:
    locale = _locale(language)
    if precision is Precision.day and locale.language != "en":
        return format_date(value, "long", locale)
    pattern = (
        "MMMM d, y"
        if (precision is Precision.day and locale.territory == "US")
        else _PATTERNS[precision]
    )
    return format_date(value, pattern, locale)


def day_and_time(value: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant in words, in `zone`: "27 January 2023, 8.51am"."""
    return f"{day(value, zone, language)}, {time_of_day(value, zone, language)}"


def time_of_day(value: datetime, zone: ZoneInfo, language: str) -> str:
    """What the clock shows in `zone`: "8.51am", as English newspapers write it."""
    locale = _locale(language)
    local = value.astimezone(zone)
    if locale.language != "en":
        return format_time(local, "short", tzinfo=zone, locale=locale)
    return f"{local.hour % 12 or 12}.{local.minute:02}{'am' if local.hour < 12 else 'pm'}"


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a clock on the wall of `zone` calls `local`; of two, the first.

    Raises RuleBroken (field `published_at`) for a time that summer time leaves out.
    """
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise RuleBroken(
            "That hour does not exist: the clocks go forward that night. Choose another.",
            field="published_at",
        )
    return at


def both(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants, UTC, at which the clock of `zone` shows the time of `at`: two where summer time ends, else one."""
    local = at.astimezone(zone).replace(fold=0)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def is_originally_earlier(article: Text, zone: ZoneInfo) -> bool:
    """Whether the article first appeared before it did so here, compared at the precision that is known."""
    first, here = article.first_published, article.published_at
    if first is None or here is None:
        return False
    local = here.astimezone(zone).date()
    if article.first_published_precision is Precision.year:
        return first.year < local.year
    if article.first_published_precision is Precision.month:
        return (first.year, first.month) < (local.year, local.month)
    return first < local


def originally(article: Text, zone: ZoneInfo, language: str) -> str | None:
    """What follows "Originally published", or None where the line is not shown."""
    if article.first_published is None or not is_originally_earlier(article, zone):
        return None
    return day(article.first_published, zone, language, article.first_published_precision)


def first_published(article: Text, zone: ZoneInfo) -> str | None:
    """The first publication for machines, ISO 8601: "2023-01-26", "2023-01", "2023", or an instant of this site."""
    if article.first_published is not None and is_originally_earlier(article, zone):
        length = {Precision.day: 10, Precision.month: 7, Precision.year: 4}
        return article.first_published.isoformat()[: length[article.first_published_precision]]
    return iso(article.published_at, zone) if article.published_at else None


def iso(value: datetime, zone: ZoneInfo) -> str:
    """An instant for machines: ISO 8601 with the offset of `zone`, to the second."""
    return value.astimezone(zone).isoformat(timespec="seconds")


@functools.lru_cache
def _locale(language: str) -> Locale:
    """Babel's locale of a BCP 47 name; finding it anew for every date was most of a page's time."""
    return Locale.parse(language, sep="-")
