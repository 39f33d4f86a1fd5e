import pytest
from flask import Flask

from newsite.db import db
from newsite.site import queries
from newsite.site.models import Logo, MenuItem, Site


def test_there_is_one_site_or_none(app: Flask) -> None:
    assert queries.find_site() is None
    with pytest.raises(queries.SiteMissing):
        queries.the_site()


def test_the_site_knows_its_zone_and_its_menus(site: Site) -> None:
    site.header_menu = [{"label": "Pay", "address": "/section/pay/"}]
    site.footer_menu = [{"label": "About us", "address": "/about/"}]
    db.session.commit()
    found = queries.the_site()
    assert found.zone.key == "Europe/London"
    assert found.header_items == [MenuItem("Pay", "/section/pay/")]
    assert found.footer_items == [MenuItem("About us", "/about/")]


def test_a_logo_is_found_by_its_hash(app: Flask) -> None:
    logo = Logo(sha256="ab", content=b"png", width=2, height=1)
    db.session.add(logo)
    db.session.commit()
    assert queries.logo("ab") is logo
    assert queries.logo("cd") is None
