"""Who sends too much to the desk is told what may be sent instead."""

from typing import Any

import pytest
from flask import Flask
from pages import Pages, PageView
from werkzeug.test import TestResponse

from newsite.web.desk import amounts

CLAIMED = {"CONTENT_LENGTH": str(200 * 1024**2)}  # of which nothing is sent
KIND = "multipart/form-data; boundary=x"
BOTH = (
    "A picture or a file may have 25 MB, and one upload about 100 MB in all. "
    "Send fewer or smaller ones."
)


def send(pages: Pages, path: str, **given: Any) -> TestResponse:
    return pages.fetch(
        path, "POST", content_type=KIND, environ_overrides=CLAIMED,
        headers={"Sec-Fetch-Site": "same-origin"} | given,
    )  # fmt: skip


def page(pages: Pages, path: str) -> PageView:
    return pages._view(send(pages, path), 413)


def test_all_of_them_are_there(app: Flask) -> None:
    assert {*amounts.ROOMY, amounts.LOGO} <= app.view_functions.keys()


@pytest.mark.parametrize(
    "path", ["/desk/pictures/", "/desk/pictures/7/replacement", "/desk/pictures/files/"]
)
def test_of_files_it_is_said_how_large_they_may_be(desk: Pages, path: str) -> None:
    found = page(desk, path)
    assert found.h1 == "That was too much at once"
    assert BOTH in found.text
    assert found.link("Back to the desk") == "/desk/"


def test_the_script_that_sends_pictures_is_told_the_same(desk: Pages) -> None:
    answer = send(desk, "/desk/pictures/", Accept="application/json")
    assert answer.status_code == 413
    assert answer.get_json() == {"pictures": [], "refused": [{"name": "", "sentence": BOTH}]}


def test_of_a_logo_and_of_texts_something_else_is_said(desk: Pages) -> None:
    assert "A logo may have 1 MB." in page(desk, "/desk/settings/logo").text
    assert "Send a shorter text." in page(desk, "/desk/articles/new").text


def test_whoever_is_signed_out_is_asked_to_sign_in(pages: Pages) -> None:
    assert "Sign in, and send it again." in page(pages, "/desk/pictures/").text


def test_a_form_with_too_many_fields_is_still_told_so(desk: Pages) -> None:
    answer = desk.post("/desk/pictures/", {f"field{number}": "" for number in range(501)})
    assert answer.status_code == 413
    assert "more fields than any of ours" in answer.text
