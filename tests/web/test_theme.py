"""The site's colour, icon and logo, each under an address that changes with it."""

import hashlib
import re
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from pages import Pages

from newsite.db import db
from newsite.site.models import Logo, Site
from newsite.web import theme

KEPT = "public, max-age=31536000, immutable"


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return str(getattr(theme, name)())


def test_the_theme_says_the_site_s_colour_and_nothing_else(app: Flask, pages: Pages) -> None:
    answer = pages.fetch(address(app, "theme_url"))
    assert answer.mimetype == "text/css"
    assert answer.text == ":root{--accent:#c3122f}\n"


@pytest.mark.parametrize("name", ["theme_url", "favicon_url"])
def test_a_browser_may_keep_it_for_ever(app: Flask, pages: Pages, name: str) -> None:
    answer = pages.fetch(address(app, name))
    assert answer.headers["Cache-Control"] == KEPT
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert pages.fetch(address(app, name), headers=tag).status_code == 304


@pytest.mark.parametrize("name", ["theme_url", "favicon_url"])
def test_a_kept_page_that_asks_for_an_older_one_is_given_today_s(
    app: Flask, site: Site, pages: Pages, name: str
) -> None:
    older = address(app, name)
    site.accent = "#005f00"
    newer = address(app, name)
    assert newer != older
    answer = pages.fetch(older)
    assert (answer.status_code, answer.location) == (302, newer)
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_is_no_hash_at_all_is_no_page(pages: Pages) -> None:
    pages.get("/theme-red.css", status=404)
    pages.get("/media/logo-1.png", status=404)


def test_the_icon_is_the_site_s_initial_on_its_colour(app: Flask, pages: Pages) -> None:
    answer = pages.fetch(address(app, "favicon_url"))
    assert answer.mimetype == "image/svg+xml"
    icon = ET.fromstring(answer.text)
    ground, letter = icon
    assert ground.get("fill") == "#c3122f"
    assert (letter.text, letter.get("fill")) == ("T", "#fff")


def test_programs_that_read_no_page_find_the_icon_too(app: Flask, pages: Pages) -> None:
    assert pages.fetch("/favicon.ico").location == address(app, "favicon_url")


@pytest.mark.parametrize(
    ("accent", "letter"),
    [
        ("#000000", "#fff"),
        ("#ffffff", "#000"),
        ("#c3122f", "#fff"),
        ("#ffee00", "#000"),  # lemon
        ("#757575", "#fff"),  # the middle, where both are hardest to read
        ("#777777", "#000"),
    ],
)
def test_the_initial_can_be_read_on_any_colour(accent: str, letter: str) -> None:
    assert theme.letter_on(accent) == letter
    assert contrast(accent, letter) >= 4.5


def test_without_a_logo_the_name_stands_in_the_masthead(app: Flask, pages: Pages) -> None:
    with app.test_request_context():
        assert theme.logo_url() is None
    assert pages.get("/").texts("h1.name") == ["The Test Paper"]


def test_a_logo_stands_for_the_name(app: Flask, site: Site, pages: Pages) -> None:
    content = b"\x89PNG made up"
    sha256 = hashlib.sha256(content).hexdigest()
    site.logo = Logo(sha256=sha256, content=content, width=300, height=80)
    db.session.commit()
    image = pages.get("/archive/").one(".name img")
    assert (image["alt"], image["width"], image["height"]) == ("The Test Paper", "300", "80")
    answer = pages.fetch(str(image["src"]))
    assert (answer.data, answer.mimetype) == (content, "image/png")
    assert answer.headers["Cache-Control"] == KEPT


def test_an_unknown_logo_is_not_found(pages: Pages) -> None:
    pages.get(f"/media/logo-{'0' * 64}.png", status=404)


@pytest.mark.parametrize(
    ("language", "direction"), [("en-GB", "ltr"), ("ar", "rtl"), ("fa-IR", "rtl")]
)
def test_the_page_runs_as_its_language_does(
    site: Site, pages: Pages, language: str, direction: str
) -> None:
    site.language = language
    db.session.commit()
    html = pages.get("/").one("html")
    assert (html["lang"], html["dir"]) == (language, direction)


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours, "#rgb" or "#rrggbb"."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else re.sub("(.)", r"\1\1", colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
