"""What templates may call."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from pages import Pages
from werkzeug.routing import BuildError

from newsite.articles.models import Article, Precision
from newsite.db import db
from newsite.site.models import Site
from newsite.web import templating


def test_dates_are_printed_in_the_sites_zone_and_language(app: Flask, site: Site) -> None:
    at = datetime(2023, 6, 30, 23, 30, tzinfo=UTC)
    with app.test_request_context():
        assert templating.date_text(at) == "1 July 2023"
        assert templating.date_text(date(2023, 1, 1), Precision.month) == "January 2023"
        assert templating.date_time_text(at) == "1 July 2023, 12.30am"
        assert templating.iso_text(at) == "2023-07-01T00:30:00+01:00"


def test_addresses_are_percent_encoded_and_made_whole(app: Flask, site: Site) -> None:
    with app.test_request_context():
        assert templating.article_url(Article(path="/café/")) == "/caf%C3%A9/"
        assert templating.absolute("/caf%C3%A9/") == "http://127.0.0.1:8000/caf%C3%A9/"


def test_an_address_is_that_of_its_values_however_often_it_is_asked_for(app: Flask) -> None:
    with app.test_request_context():
        for slug in ("work", "rent", "work"):
            assert templating.own_path("articles.tag", slug=slug) == f"/tag/{slug}/"
    with app.test_request_context(base_url="http://127.0.0.1:8000/below"):
        assert templating.own_path("articles.tag", slug="pay") == "/below/tag/pay/"


def test_an_address_named_after_the_pages_own_part_is_that_parts(app: Flask) -> None:
    with app.test_request_context("/tag/pay/"):
        assert templating.own_path(".front") == "/"
    with app.test_request_context("/atom.xml"), pytest.raises(BuildError):
        templating.own_path(".front")  # the feeds have none, whatever was asked for before


def test_interface_words_follow_the_sites_language(app: Flask, pages: Pages, site: Site) -> None:
    site.language = "de"
    db.session.commit()
    assert pages.get("/").soup.html["lang"] == "de"


def test_a_template_without_a_request_has_words_but_no_site(app: Flask) -> None:
    assert render_template_string("{{ _('Reply') }}{{ site }}") == "Reply"
