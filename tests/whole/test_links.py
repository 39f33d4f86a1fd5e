"""A visitor who follows every link of the demo finds a page behind each, and every page is sound."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from pages import SITE, Pages, PageView

from newsite import demo
from newsite.db import db
from newsite.web.context import reserved

FOR_PROGRAMS = ("/atom.xml", "/sitemap.xml", "/robots.txt")  # how addresses end


@pytest.fixture
def visitor(app: Flask) -> Pages:
    """Somebody who comes to the demo on the day that it is set up."""
    with app.test_request_context():
        demo.fill(now=app.config["NEWSITE_CLOCK"](), reserved=reserved())
    db.session.commit()
    return Pages(app)


def links(page: PageView) -> set[str]:
    """The addresses on this site that a page leads to, without fragments."""
    found = {urljoin(SITE + page.path, str(anchor["href"])) for anchor in page.all("a[href]")}
    ours = {address.partition("#")[0] for address in found if address.startswith(SITE + "/")}
    return {address.removeprefix(SITE) for address in ours}


def test_every_link_of_the_demo_leads_to_a_sound_page(visitor: Pages) -> None:
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        if path.split("?")[0].endswith(FOR_PROGRAMS):
            assert visitor.fetch(path).status_code == 200, path
            continue
        page = visitor.get(path)
        new = links(page) - seen
        seen |= new
        waiting.extend(new)
    kinds = {urlsplit(path).path.split("/")[1] for path in seen}
    assert kinds >= {"section", "tag", "by", "archive", "articles", "2026", "about", "atom.xml"}
    assert len(seen) > 80


def test_every_address_of_the_site_map_is_there(visitor: Pages) -> None:
    parts = located(visitor.fetch("/sitemap.xml").text)
    assert parts
    pages = [path for part in parts for path in located(visitor.fetch(part).text)]
    assert len(pages) >= 15
    for path in pages:
        assert visitor.fetch(path).status_code == 200, path


def located(sitemap: str) -> list[str]:
    """The addresses in a site map or its index, by their paths; each is this site's own."""
    whole = re.findall("<loc>(.*?)</loc>", sitemap)
    assert all(address.startswith(SITE + "/") for address in whole)
    return [address.removeprefix(SITE) for address in whole]
