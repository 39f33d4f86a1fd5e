"""What every answer carries."""

from collections.abc import Callable

import pytest
from pages import Pages

from newsite import create_app
from newsite.articles.models import Article
from newsite.config import Settings


@pytest.mark.parametrize("path", ["/", "/nothing/", "/desk/login", "/atom.xml", "/healthz"])
def test_a_browser_may_load_nothing_from_elsewhere(pages: Pages, path: str) -> None:
    answer = pages.fetch(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_public_pages_may_be_kept_and_depend_on_nobody(pages: Pages, article: Article) -> None:
    for path in ("/", str(article.path), "/archive/", "/atom.xml", "/nothing/"):
        answer = pages.fetch(path, headers={"Cookie": "newsite_desk=x; other=y"})
        assert answer.headers["Cache-Control"].startswith("public"), path
        assert "Set-Cookie" not in answer.headers
        assert "cookie" not in answer.headers.get("Vary", "").lower()


def test_a_page_that_has_not_changed_is_not_sent_again(pages: Pages, article: Article) -> None:
    first = pages.fetch(str(article.path))
    again = pages.fetch(str(article.path), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert not first.headers["ETag"].startswith("W/")
    assert pages.fetch("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_desk_is_kept_by_nobody(pages: Pages, desk: Pages) -> None:
    for browser, path in ((pages, "/desk/login"), (pages, "/desk/"), (desk, "/desk/")):
        answer = browser.fetch(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/replies/secret",
        "/replies/secret/",
        "/REPLIES/Secret",
        "//replies//secret",
        "/privacy/secret",
        "//Privacy//secret",
        "/DESK/x",
        "/desk",
    ],
)
def test_an_address_with_a_secret_in_it_is_kept_by_nobody(pages: Pages, path: str) -> None:
    answer = pages.fetch("/", environ_overrides={"RAW_URI": path, "PATH_INFO": path})
    assert answer.status_code in (301, 404)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_only_a_site_behind_tls_says_so(
    make_settings: Callable[..., Settings], pages: Pages
) -> None:
    assert "Strict-Transport-Security" not in pages.fetch("/").headers
    secure = create_app(make_settings(site_url="https://paper.example"))
    answer = secure.test_client().get("/healthz", base_url="https://paper.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
