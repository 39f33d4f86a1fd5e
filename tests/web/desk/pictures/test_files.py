"""Files that articles link to."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import db
from newsite.media import documents
from newsite.media.models import File

PLACE = "/desk/pictures/files/"
PDF = b"%PDF-1.7\nthe minutes\n%%EOF\n"
PASSWORD = "a long enough password"


def test_a_file_is_taken_in_listed_and_linked_to(send: Any, desk: Pages) -> None:
    page = send(PLACE, [("Branch Minutes (3).pdf", PDF)], field="file", title="Minutes of May")
    assert "The file is here." in page.text
    file = db.session.scalars(sa.select(File)).one()
    address = f"/media/{file.key}/branch-minutes-3.pdf"
    assert page.link("Minutes of May") == address
    assert desk.fetch(address).data == PDF
    again = send(PLACE, [("other.pdf", PDF)], field="file", title="")
    assert again.texts(".lines a")[0] == "Minutes of May"
    assert desk.get(PLACE + "?q=may").texts(".lines code") == [address]
    assert "No file has these words." in desk.get(PLACE + "?q=june").text


@pytest.mark.parametrize(
    ("files", "title", "sentence"),
    [
        ([], "", "Choose a PDF first."),
        ([("a.pdf", b"<html>")], "", "This is no PDF"),
        ([("a.pdf", PDF[:12])], "", "or only a part of one"),
        ([("a.pdf", PDF + bytes(25 * 1024**2))], "", "more than 25 MB"),
        ([("a.pdf", PDF)], "x" * 201, "Make it shorter"),
    ],
    ids=["nothing", "a page", "half", "large", "long title"],
)
def test_what_is_no_file_is_refused_with_the_mend(
    send: Any, files: list[tuple[str, bytes]], title: str, sentence: str
) -> None:
    page = send(PLACE, files, status=422, field="file", title=title)
    assert sentence in page.one(".error").get_text()


def test_a_file_without_a_title_has_its_name_and_goes_when_an_editor_says(
    send: Any, desk: Pages, app: Any, writer: User, make_article: Callable[..., Article]
) -> None:
    page = send(PLACE, [("门.pdf", PDF)], field="file", title="")
    assert page.texts(".lines a")[0] == "门.pdf"
    place = f"{PLACE}{db.session.scalars(sa.select(File.id)).one()}/deletion"
    browser = Pages(app).sign_in(writer, PASSWORD)
    assert browser.fetch(place).status_code == 403
    file = db.session.scalars(sa.select(File)).one()
    assert "No article links to it, of the 5000 that were saved last." in desk.get(place).text
    make_article("The branch met", body=f"[Minutes]({documents.address(file)})")
    page = desk.get(place)
    assert "These articles link to it." in page.text
    assert page.link("The branch met").startswith("/desk/articles/")
    page = page.form("deletion").submit()
    assert "The file is deleted." in page.text
    assert db.session.scalars(sa.select(File)).all() == []
    assert desk.fetch(place).status_code == 404
