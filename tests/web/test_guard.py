"""The door: hosts, addresses in every way of writing them, and where forms come from."""

from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import Pages
from werkzeug.test import TestResponse

from newsite.articles import taxonomy
from newsite.articles.models import Article, Section
from newsite.db import db
from newsite.web import guard


def ask(pages: Pages, raw: str, method: str = "GET", **options: object) -> TestResponse:
    """The answer to an address sent exactly as it is written, as gunicorn passes it on."""
    path = unquote_to_bytes(raw.partition("?")[0]).decode("latin-1")
    overrides = {"RAW_URI": raw, "REQUEST_URI": raw, "PATH_INFO": path}
    return pages.fetch("/", method, environ_overrides=overrides, **options)


def test_what_stands_in_front_keeps_nobodys_own_pages_either() -> None:
    roots = "|".join(guard.OWN_ROOTS)
    deploy = Path(__file__).parents[2] / "deploy"
    for name in ("nginx.conf", "varnish.vcl"):
        assert f"({roots}" in (deploy / name).read_text().replace("?:", ""), name


@pytest.fixture
def section(site: object) -> Section:
    made = taxonomy.save_section(None, name="Pay", slug="pay", description="")
    db.session.commit()
    return made


@pytest.mark.parametrize(
    "raw",
    [
        "/2026/11/night-shift-votes",
        "/2026/11/NIGHT-shift-votes/",
        "//2026/11/night-shift-votes/",
        "/2026//11/night-shift-votes///",
        "/2026/11/night%2Dshift-votes/",
        "/%32026/11/night-shift-votes/",
    ],
)
def test_every_way_of_writing_an_articles_address_leads_to_the_one(
    pages: Pages, article: Article, raw: str
) -> None:
    answer = ask(pages, raw)
    assert (answer.status_code, answer.location) == (301, "/2026/11/night-shift-votes/")


def test_the_query_is_kept_on_the_way(pages: Pages, article: Article) -> None:
    answer = pages.fetch("/2026/11/night-shift-votes?replies=2")
    assert answer.location == "/2026/11/night-shift-votes/?replies=2"


@pytest.mark.parametrize(
    "raw",
    [
        "/section/pay",
        "/section/PAY/",
        "/Section/pay/",
        "//section/pay/",
        "/section//pay/",
        "/section/p%61y/",
        "/SECTION/Pay",
    ],
)
def test_every_way_of_writing_a_sections_address_leads_to_the_one(
    pages: Pages, section: Section, raw: str
) -> None:
    answer = ask(pages, raw)
    while answer.location in ("/section/PAY/", "/section/Pay/"):
        answer = ask(pages, answer.location)
    assert (answer.status_code, answer.location) == (301, "/section/pay/")


@pytest.mark.parametrize(
    "raw", ["//desk/login", "///desk/login", "/desk//login", "/DESK/login", "/desk/l%6Fgin"]
)
def test_the_desk_is_served_at_its_own_address_only(pages: Pages, raw: str) -> None:
    answer = ask(pages, raw)
    assert (answer.status_code, answer.location) == (301, "/desk/login")


@pytest.mark.parametrize(
    "raw",
    [
        "/%2F%2Fevil.com/",
        "/%2f%2fevil.com/",
        "///evil.com/",
        "//evil.com",
        "//evil.com/%2e%2e",
        "/\\evil.com/",
        "/%5Cevil.com/",
        "/desk%2F",
        "/desk%2Flogin",
        "/%ff/",
        "/a%00b/",
        "/%0d%0aSet-Cookie:x/",
        "/../../etc/passwd",
        "/static/../../wsgi.py",
        "/static/%2e%2e/wsgi.py",
        "/a/%7F/",
        "/" + "a" * 4000,
        "/.well-known/nothing",
    ],
)
def test_what_is_no_address_of_ours_is_404_and_leads_nowhere(pages: Pages, raw: str) -> None:
    answer = ask(pages, raw)
    assert answer.status_code == 404
    assert answer.location is None


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(st.sampled_from("/%2fF5c.e:@\\aA?#0d\xff"), max_size=24))
def test_no_address_leads_off_the_site(pages: Pages, article: Article, tail: str) -> None:
    raw = "/" + tail
    answer = ask(pages, raw.encode().decode("latin-1"))
    assert answer.status_code in (200, 301, 400, 404), raw
    if answer.location is not None:
        assert answer.location.startswith("/")
        assert not answer.location.startswith(("//", "/\\"))
        assert urlsplit(answer.location).netloc == ""


def test_a_whole_address_in_the_request_line_is_read_by_its_path() -> None:
    assert guard.raw_path({"RAW_URI": "http://127.0.0.1:8000/a/?b=1"}) == "/a/"
    assert guard.raw_path({"RAW_URI": "//evil.com/a?b#c"}) == "//evil.com/a"
    assert guard.raw_path({"PATH_INFO": "/caf\xe9/"}) == "/caf%C3%A9/"
    assert guard.raw_path({"REQUEST_URI": "/x/?y"}) == "/x/"


@pytest.mark.parametrize(
    "host", ["evil.com", "127.0.0.1:8001", "example.org", "", "127.0.0.1:8000.evil.com"]
)
def test_an_unknown_host_is_told_that_there_is_no_site(pages: Pages, host: str) -> None:
    answer = pages.fetch("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "no site under that name" in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"]
)
def test_the_site_answers_to_every_name_of_the_machine_it_is_tried_on(
    pages: Pages, host: str
) -> None:
    assert pages.fetch("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_under_any_name(pages: Pages, path: str) -> None:
    assert pages.fetch(path, headers={"Host": "10.0.0.7"}).status_code == 200


OURS, THEIRS = "http://127.0.0.1:8000", "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, False),
        ({"Origin": OURS}, True),
        ({"Origin": THEIRS}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Referer": f"{OURS}/x"}, False),
        ({"Referer": f"{OURS}/2026/"}, True),
        ({"Referer": f"{THEIRS}/{OURS}"}, False),
        ({"Referer": "http://[broken"}, False),
        ({}, False),
    ],
)
def test_a_form_is_taken_only_from_our_own_pages(
    pages: Pages, article: Article, headers: dict[str, str], is_ours: bool
) -> None:
    answer = pages.fetch(f"/articles/{article.id}/replies", "POST", headers=headers)
    assert (answer.status_code != 403) is is_ours
    if not is_ours:
        assert "sent from another site" in answer.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_odd_methods_are_refused(pages: Pages, article: Article, method: str) -> None:
    answer = pages.fetch(str(article.path), method, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_form_sent_to_a_variant_of_an_address_is_404(pages: Pages, article: Article) -> None:
    raw = f"//articles/{article.id}/replies"
    assert ask(pages, raw, "POST", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


def test_head_is_answered_wherever_get_is(app: Flask, pages: Pages, article: Article) -> None:
    section = taxonomy.save_section(None, name="Pay", slug="pay", description="")
    db.session.commit()
    known = ["/", str(article.path), f"/section/{section.slug}/", "/archive/", "/archive/2026/11/"]
    known += ["/atom.xml", "/sitemap.xml", "/robots.txt", "/favicon.ico", "/healthz", "/readyz"]
    for path in [*known, "/not/here/", "/desk/", "/desk/login"]:
        got, head = pages.fetch(path), pages.fetch(path, "HEAD")
        assert head.status_code == got.status_code, path
        assert head.data == b""
        assert head.headers.get("Content-Type") == got.headers.get("Content-Type"), path


def test_ids_that_no_row_can_have_are_no_addresses(pages: Pages) -> None:
    for number in ("0", "-1", str(2**31), str(10**30), "1.5", "x", "٣"):
        assert pages.fetch(f"/articles/{number}/replies/new").status_code == 404
