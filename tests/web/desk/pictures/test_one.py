"""One picture: its words, another file in its place, its end."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import Pages
from photographs import photograph

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import db
from newsite.media.models import Picture

PASSWORD = "a long enough password"
JSON = {"Accept": "application/json"}


@pytest.fixture
def picture(make_picture: Callable[..., Picture]) -> Picture:
    return make_picture()


@pytest.fixture
def place(picture: Picture) -> str:
    return f"/desk/pictures/{picture.id}"


def test_words_are_written_and_readers_are_told(
    desk: Pages, pages: Pages, picture: Picture, place: str, make_article: Callable[..., Article]
) -> None:
    article = make_article(lead_picture_id=picture.id)
    form = desk.get(place).form("words")
    form.fill(alt="The gate", caption="At six", credit="Ann", focal_x="10", focal_y="100")
    page = form.submit()
    assert "The words are saved." in page.text
    assert page.texts(".lines a") == ["Night shift votes"]
    shown = pages.get(str(article.path)).one("header figure")
    assert shown.get_text() == "At six Ann"
    assert shown.img is not None
    assert (shown.img["alt"], shown.img["class"]) == ("The gate", ["x0", "y100"])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("alt", "x" * 501, "Make it shorter"),
        ("focal_x", "left", "Write a whole number from 0 to 100."),
        ("focal_y", "101", "Write a whole number from 0 to 100."),
    ],
)
def test_words_that_cannot_be_come_back_with_the_mend(
    desk: Pages, place: str, field: str, value: str, sentence: str
) -> None:
    page = desk.get(place).form("words").fill(**{field: value}).submit(status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    assert page.form("words").values[field] == [value]


def test_the_editors_script_reads_and_writes_words(
    desk: Pages, picture: Picture, place: str
) -> None:
    token = desk.get(place).form("words").values["csrf_token"][0]
    found = desk.fetch(place, headers=JSON).get_json()
    assert (found["alt"], found["is_decorative"], found["focal_x"]) == ("", False, 50)
    assert (found["is_theirs"], found["errors"]) == (True, [])
    sent = {"csrf_token": token, "alt": "x" * 501, "focal_x": "10", "focal_y": "20"}
    answer = desk.post(place, sent, headers=JSON)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert (error["field"], "Make it shorter" in error["sentences"][0]) == ("alt", True)
    answer = desk.post(place, sent | {"alt": "The gate", "credit": "Ann"}, headers=JSON)
    assert (answer.status_code, answer.get_json()["alt"]) == (200, "The gate")
    assert (picture.alt, picture.credit, picture.focal_x) == ("The gate", "Ann", 10)
    assert "The words are saved." not in desk.get(place).text


def test_another_file_takes_its_place(desk: Pages, send: Any, picture: Picture, place: str) -> None:
    old = picture.key
    page = send(f"{place}/replacement", [("new.png", photograph("PNG"))])
    assert "The picture is replaced wherever it is shown." in page.text
    assert (picture.format, picture.name) == ("png", "new.png")
    assert picture.key != old


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [([], 422, "Choose a picture first."), ([("a.svg", b"<svg>")], 422, "This is an SVG")],
)
def test_a_file_that_cannot_take_its_place_is_said(
    send: Any, place: str, files: list[tuple[str, bytes]], status: int, sentence: str
) -> None:
    page = send(f"{place}/replacement", files, status=status)
    assert sentence in page.one("#files-error").get_text()


def test_a_picture_is_deleted_when_nothing_shows_it(
    desk: Pages, picture: Picture, place: str, make_article: Callable[..., Article]
) -> None:
    article = make_article(lead_picture_id=picture.id)
    page = desk.get(place).follow("Delete the picture")
    assert "These articles show it." in page.text
    token = desk.get(place).form("words").values["csrf_token"]
    page = desk.submit(f"{place}/deletion", {"csrf_token": token}, status=409)
    assert "It is shown in “Night shift votes”." in page.text
    article.lead_picture_id = None
    article.picture_uses.clear()
    db.session.commit()
    page = desk.get(f"{place}/deletion").form("deletion").submit()
    assert "The picture is deleted." in page.text
    assert desk.fetch(place).status_code == 404


def test_a_writer_sees_others_pictures_and_cannot_change_them(
    app: Any, writer: User, picture: Picture, place: str, send: Any
) -> None:
    browser = Pages(app).sign_in(writer, PASSWORD)
    page = browser.get(place)
    assert page.all("#words, #replacement") == []
    token = page.all('input[name="csrf_token"]')[0]["value"]
    assert browser.post(place, {"csrf_token": token, "focal_x": 1, "focal_y": 1}).status_code == 403
    assert browser.fetch(place, headers=JSON).get_json()["is_theirs"] is False
    answer = browser.post(f"{place}/replacement", {"csrf_token": token})
    assert answer.status_code == 403
    assert browser.post(f"{place}/deletion", {"csrf_token": token}).status_code == 403
