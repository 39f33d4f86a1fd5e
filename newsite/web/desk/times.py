"""Times as people at the desk say them. Desk pages are not kept, so they may speak of today."""

from datetime import datetime

from babel import Locale
from babel.dates import format_date
from flask_babel import gettext

from newsite.articles import dates
from newsite.web.context import current_site, now

WEEK = 7  # days; further away a weekday's name would mean another week


def when(value: datetime) -> str:
    """An instant as seen from now: "10.42am" of today, "yesterday, 10.40pm", "Monday, 6.00am".

    A week away and more it is the day and the time.
    """
    site = current_site()
    day, today = (instant.astimezone(site.zone).date() for instant in (value, now()))
    time = dates.time_of_day(value, site.zone, site.language)
    away = (day - today).days
    if away == 0:
        return time
    if abs(away) >= WEEK:
        return f"{dates.day(value, site.zone, site.language)}, {time}"
    names = {-1: gettext("yesterday"), 1: gettext("tomorrow")}
    weekday = format_date(day, "EEEE", Locale.parse(site.language, sep="-"))
    return f"{names.get(away, weekday)}, {time}"
