"""What a request knows."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from newsite.site.models import Site
from newsite.site.queries import SiteMissing
from newsite.web import context


def test_the_time_is_asked_once_a_request(app: Flask) -> None:
    times = iter([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)])
    app.config["NEWSITE_CLOCK"] = lambda: next(times)
    with app.app_context():
        assert context.now() == context.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with app.app_context():
        assert context.now() == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_site_that_nobody_founded_is_said_to_be_missing(app: Flask) -> None:
    with app.app_context(), pytest.raises(SiteMissing, match="newsite upgrade"):
        context.current_site()


def test_the_site_is_read_once_a_request(app: Flask, site: Site) -> None:
    with app.app_context():
        assert context.current_site() is context.current_site()


def test_every_first_segment_of_the_sites_own_addresses_is_reserved(app: Flask, site: Site) -> None:
    reserved = context.reserved()
    for rule in app.url_map.iter_rules():
        first = rule.rule.split("/")[1]
        if rule.endpoint.startswith("thread_feeds."):  # under any article, and nowhere else
            assert reserved.holds("/2026/11/anything/" + rule.rule.rpartition("/")[2].upper()), rule
        elif rule.endpoint not in ("articles.show", "articles.front"):
            assert reserved.holds(
                "/" + first.partition("<")[0] + "x" * ("<" in first) + "/more/"
            ), rule
    for path in (
        "/static/",
        "/desk/x/",
        "/section/",
        "/replies/abc/",
        "/theme-1.css",
        "/sitemap.xml",
    ):
        assert reserved.holds(path), path
    assert not reserved.holds("/2026/11/anything/")
