"""Which views are public, and what they read of a query."""

import pytest
from flask import Flask

from newsite.web.pagecache.public import asked


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/", "", "/"),
        ("/", "utm_source=x", "/"),
        ("/", "before=5-1&x=y", "/?before=5-1"),
        ("/", "before=5%2D1", "/?before=5-1"),  # the same value, written otherwise
        ("/", "before=5-1&before=6-1", "/?before=5-1"),
        ("/", "before=x", None),
        ("/", "x=" + "y" * 1000, None),
        ("/archive/", "before=x", "/archive/"),  # it does not read it
        ("/2026/11/a/", "replies=2.3", "/2026/11/a/?replies=2.3"),
    ],
)
def test_an_address_has_a_name_in_memory(
    app: Flask, path: str, query: str, address: str | None
) -> None:
    found = asked(app, path, path, query)
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize("path", ["/desk/login", "/healthz", "/articles/1/replies/new"])
def test_what_is_not_public_has_none(app: Flask, path: str) -> None:
    assert asked(app, path, path, "") is None


def test_an_address_that_only_leads_on_is_not_kept(app: Flask) -> None:
    assert asked(app, "/tag/a", "/tag/a", "") is None  # its slash is missing
