"""Notes at the desk."""

from collections.abc import Callable

import pytest
from flask import Flask
from pages import Pages

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.models import Article

PASSWORD = "a long enough password"


@pytest.fixture
def editing(app: Flask, editor: User) -> Pages:
    """Edith's browser."""
    return Pages(app).sign_in(editor, PASSWORD)


def test_a_note_is_written_settled_and_opened_again(
    editing: Pages, article: Article, editor: User
) -> None:
    page = editing.get(f"/desk/articles/{article.id}").follow("Notes")
    assert page.h1 == "Notes on “Night shift votes”"
    page = page.form("note").fill(words="Who said so?\n\nAsk <b>her</b>.").submit()
    assert "Who said so?" in page.text
    assert "Ask <b>her</b>." in page.text
    assert audit.latest(1)[0].action == "wrote a note on"
    assert "Who said so?" in editing.get(f"/desk/articles/{article.id}").one(".said").get_text()
    page = page.press("Settle the note of 12.00pm")
    assert page.texts(".lines .badge") == ["Settled"]
    assert not editing.get(f"/desk/articles/{article.id}").all(".said")
    page = page.press("Open again the note of 12.00pm")
    assert not page.all(".lines .badge")


def test_a_note_without_words_is_refused_and_a_long_one_is_kept(
    editing: Pages, article: Article
) -> None:
    page = editing.get(f"/desk/articles/{article.id}/notes")
    assert "Write the note." in page.form("note").submit(status=422).text
    page = page.form("note").fill(words="w" * 2_001).submit(status=422)
    assert page.form("note").values["words"] == ["w" * 2_001]


def test_a_writer_reads_and_writes_notes_on_own_articles_only(
    app: Flask, article: Article, make_article: Callable[..., Article], writer: User
) -> None:
    own = make_article("Mine", by=writer, publish=False)
    writing = Pages(app).sign_in(writer, PASSWORD)
    page = writing.get(f"/desk/articles/{own.id}/notes").form("note").fill(words="Ready?").submit()
    assert "Ready?" in page.text
    token = page.form("note").values["csrf_token"]
    assert writing.fetch(f"/desk/articles/{article.id}/notes").status_code == 403
    answer = writing.post(f"/desk/articles/{article.id}/notes", {"csrf_token": token, "words": "x"})
    assert answer.status_code == 403
    answer = writing.post(f"/desk/articles/{own.id}/notes/999/settle", {"csrf_token": token})
    assert answer.status_code == 404


def test_no_reader_sees_a_note(editing: Pages, pages: Pages, article: Article) -> None:
    page = editing.get(f"/desk/articles/{article.id}/notes")
    page.form("note").fill(words="Xylophone").submit()
    for address in (str(article.path), "/atom.xml", "/corrections/", "/"):
        assert b"Xylophone" not in pages.fetch(address).data
