"""All pictures, to be looked at and chosen from."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.media import queries
from newsite.media.models import Picture
from newsite.web.desk.pictures import lists

PASSWORD = "a long enough password"


def test_pictures_are_listed_with_what_is_missing(
    desk: Pages, make_picture: Callable[..., Picture], make_article: Callable[..., Article]
) -> None:
    page = desk.get("/desk/pictures/")
    assert "There are none yet." in page.text
    one, two = make_picture(alt="The gate at six"), make_picture()
    make_article(lead_picture_id=one.id)
    page = desk.get("/desk/pictures/")
    assert page.texts(".pictures a") == ["photograph.jpeg", "The gate at six"]
    assert page.texts(".pictures .facts") == [
        f"Number {two.id} · not used",
        "Nothing says what it shows",
        f"Number {one.id}",
    ]
    found = page.form("seek").fill(q="GATE").submit()
    assert found.texts(".pictures a") == ["The gate at six"]
    assert "No picture has these words." in desk.get("/desk/pictures/?q=100%25").text


def test_the_editors_script_is_given_pages_of_pictures(
    desk: Pages, make_picture: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    one, two = make_picture(alt="The gate", credit="Ann"), make_picture(caption="A van")
    first = desk.fetch("/desk/pictures/pick").get_json()
    assert [found["id"] for found in first["pictures"]] == [two.id]
    second = desk.fetch(f"/desk/pictures/pick?before={first['next']}").get_json()
    assert [found["id"] for found in second["pictures"]] == [one.id]
    assert second["next"] is None
    assert second["pictures"][0]["credit"] == "Ann"
    found = desk.fetch("/desk/pictures/pick?q=van").get_json()
    assert [one["id"] for one in found["pictures"]] == [two.id]
    page = desk.get("/desk/pictures/").follow("Earlier pictures")
    assert page.texts(".pictures a") == ["The gate"]


def test_the_pictures_of_a_text_are_found_by_their_numbers(
    app: Any, writer: User, make_picture: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    monkeypatch.setattr(lists, "MAX_IDS", 5)
    old, new = make_picture(alt="The gate"), make_picture()
    browser = Pages(app).sign_in(writer, PASSWORD)

    def found(ids: str) -> list[int]:
        answer = browser.fetch(f"/desk/pictures/pick?ids={ids}").get_json()
        assert answer["next"] is None
        return [one["id"] for one in answer["pictures"]]

    assert found(f"{new.id},{old.id}") == [new.id, old.id]
    assert found(f"0,x,\u0661,{10**9},{old.id},{new.id}") == [old.id]  # no more than are looked for
    assert found("") == []
