"""Times as people at the desk say them. It is noon on Sunday 22 November 2026, in London."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from newsite.db import db
from newsite.site.models import Site
from newsite.web.desk.times import when


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((22, 10, 42), "10.42am"),
        ((22, 23, 59), "11.59pm"),
        ((21, 22, 40), "yesterday, 10.40pm"),
        ((23, 6, 0), "tomorrow, 6.00am"),
        ((20, 9, 0), "Friday, 9.00am"),
        ((28, 9, 0), "Saturday, 9.00am"),
        ((15, 9, 0), "15 November 2026, 9.00am"),  # also a Sunday
        ((29, 9, 0), "29 November 2026, 9.00am"),
    ],
)
def test_near_days_have_their_names(
    app: Flask, site: Site, at: tuple[int, int, int], said: str
) -> None:
    day, hour, minute = at
    with app.test_request_context("/desk/"):
        assert when(datetime(2026, 11, day, hour, minute, tzinfo=UTC)) == said


def test_a_day_is_a_day_where_the_site_is(app: Flask, site: Site) -> None:
    site.timezone = "Asia/Tokyo"  # there it is nine in the evening
    db.session.commit()
    with app.test_request_context("/desk/"):
        assert when(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == "tomorrow, 1.00am"
