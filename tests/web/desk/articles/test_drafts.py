"""What a script sends while somebody types, and how they come back to it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages, PageView
from werkzeug.test import TestResponse

from newsite.accounts.models import User
from newsite.articles import autosaving
from newsite.articles.models import Article, SavedDraft
from newsite.db import db

PASSWORD = "a long enough password"


@pytest.fixture
def editing(app: Flask, editor: User) -> Pages:
    """Edith's browser."""
    return Pages(app).sign_in(editor, PASSWORD)


@pytest.fixture
def writing(app: Flask, writer: User) -> Pages:
    """Will's browser."""
    return Pages(app).sign_in(writer, PASSWORD)


def typed(page: PageView, **fields: Any) -> TestResponse:
    """What the script does: sends the form as it stands to where it is kept."""
    form = page.form("editor").fill(**fields)
    return page.pages.post(str(form.form["data-keep"]), form.values)


def address(article: Article) -> str:
    return f"/desk/articles/{article.id}"


def kept() -> list[SavedDraft]:
    return list(db.session.scalars(sa.select(SavedDraft).order_by(SavedDraft.id)))


def test_what_is_typed_is_kept_and_nothing_is_stored(editing: Pages, article: Article) -> None:
    before = (article.title, article.version)
    answer = typed(editing.get(address(article)), title="Night shift walks out")
    assert answer.json == {"saved": True, "others": "", "newer": ""}
    (draft,) = kept()
    assert draft.fields["title"] == ["Night shift walks out"]
    assert {"csrf_token", "version", "place"}.isdisjoint(draft.fields)
    assert (article.title, article.version) == before


def test_it_is_compared_first_and_then_taken_into_the_editor(
    editing: Pages, article: Article
) -> None:
    typed(editing.get(address(article)), title="Night shift walks out")
    page = editing.get(address(article))
    assert page.form("editor").values["title"] == [article.title]
    compared = page.follow("Compare them with what is saved")
    assert compared.h1 == "Words that are not saved"
    assert compared.texts(".compare ins") == ["walks out"]
    assert compared.texts(".compare del") == ["votes"]
    taken = compared.follow("Take them into the editor")
    form = taken.form("editor")
    assert form.values["title"] == ["Night shift walks out"]
    assert form.values["place"] == [kept()[0].place]
    assert taken.all("#found p") == []
    form.submit("Save")
    assert article.title == "Night shift walks out"
    assert kept() == []


def test_it_can_be_thrown_away(editing: Pages, article: Article) -> None:
    typed(editing.get(address(article)), body="Nothing.")
    page = editing.get(address(article)).follow("Compare them with what is saved")
    form = next(one for one in page.all("form") if str(one["action"]).endswith("/away"))
    token = str(form.select_one("input")["value"])  # type: ignore[index]
    assert editing.submit(str(form["action"]), {"csrf_token": token}).path == address(article)
    assert kept() == []


def test_words_that_began_from_an_older_version_meet_the_newer_one(
    editing: Pages, article: Article
) -> None:
    page = editing.get(address(article))
    typed(page, title="Mine")
    editing.get(address(article)).form("editor").fill(title="Theirs").submit("Save")
    compared = editing.get(f"/desk/articles/drafts/{kept()[0].place}")
    assert "The article has been saved since." in compared.text
    form = compared.follow("Take them into the editor").form("editor")
    conflict = form.submit("Save", 409)
    assert "Your text is not saved yet" in conflict.text
    assert len(kept()) == 1
    conflict.form("editor").submit("Save")
    assert (article.title, kept()) == ("Mine", [])


def test_the_same_words_need_no_taking(editing: Pages, article: Article) -> None:
    typed(editing.get(address(article)))
    page = editing.get(f"/desk/articles/drafts/{kept()[0].place}")
    assert "They are the same as what is saved." in page.text
    assert "Take them into the editor" not in page.text


def test_the_script_is_told_once_which_words_a_save_has_stored(editing: Pages) -> None:
    def marks(page: PageView) -> list[str]:
        return str(page.one("#editor").get("data-stored", "")).split()

    form = editing.get("/desk/articles/new").form("editor")
    refused = form.fill(title="", mark="11").submit("Save draft", 422)
    assert marks(refused) == []
    saved = refused.form("editor").fill(title="A walkout", mark="12").submit("Save draft")
    assert marks(saved) == ["12"]
    assert marks(editing.get(saved.path)) == []
    again = editing.get(saved.path).form("editor").fill(mark='"><b>').submit("Save draft")
    assert marks(again) == []


def test_it_is_told_in_the_next_editor_where_another_page_comes_between(
    editing: Pages, writing: Pages
) -> None:
    for person, deed in ((editing, "Publish"), (writing, "Hand in for review")):
        form = person.get("/desk/articles/new").form("editor")
        between = form.fill(title=deed, body="At six.", mark="13").submit(deed)
        assert not between.all("#editor")
        assert person.get("/desk/articles/new").one("#editor")["data-stored"] == "13"


@pytest.mark.parametrize("new", ["new", "new-page"])
def test_a_new_text_that_was_never_saved_is_found_again(editing: Pages, new: str) -> None:
    typed(editing.get(f"/desk/articles/{new}"), title="A walkout", body="At six.")
    page = editing.get(f"/desk/articles/{new}")
    again = page.follow("A walkout")
    form = again.form("editor")
    assert (form.values["title"], form.values["body"]) == (["A walkout"], ["At six."])
    assert again.path == f"/desk/articles/{new}"
    form.submit("Save draft")
    assert kept() == []
    assert db.session.scalars(sa.select(Article.title)).all() == ["A walkout"]


def test_a_new_text_can_be_thrown_away(editing: Pages) -> None:
    typed(editing.get("/desk/articles/new"), title="")
    page = editing.get("/desk/articles/new").follow("no title yet")
    form = next(one for one in page.all("form") if str(one["action"]).endswith("/away"))
    token = str(form.select_one("input")["value"])  # type: ignore[index]
    assert editing.submit(str(form["action"]), {"csrf_token": token}).path == "/desk/articles/new"
    assert kept() == []


def test_a_form_that_was_refused_keeps_its_place(editing: Pages, article: Article) -> None:
    page = editing.get(address(article))
    refused = page.form("editor").fill(title="").submit("Save", 422)
    assert refused.form("editor").values["place"] == page.form("editor").values["place"]


def test_the_editor_knows_which_words_are_not_saved(
    editing: Pages, writing: Pages, article: Article, editor: User, writer: User
) -> None:
    """Whoever leaves them is asked, and the next person at this browser does not send them as theirs."""
    page = editing.get(address(article))
    typed(page, title="Mine")
    form = page.form("editor")
    assert not form.form.has_attr("data-unsaved")
    assert form.form["data-owner"] == str(editor.id)
    assert writing.get("/desk/articles/new").form("editor").form["data-owner"] == str(writer.id)
    for asked in (f"?draft={kept()[0].place}", "?version=1"):
        opened = editing.get(address(article) + asked).form("editor")
        assert opened.form["data-unsaved"] == "elsewhere"
    refused = page.form("editor").fill(title="").submit("Save", 422)
    assert refused.form("editor").form["data-unsaved"] == "here"
    editing.get(address(article)).form("editor").submit("Save")
    conflict = page.form("editor").fill(title="Mine").submit("Save", 409)
    assert conflict.form("editor").form["data-unsaved"] == "here"


def test_two_people_see_each_other(
    editing: Pages, writing: Pages, article: Article, writer: User, editor: User
) -> None:
    article.created_by_id, article.state = writer.id, article.state.draft
    db.session.commit()
    mine, theirs = writing.get(address(article)), editing.get(address(article))
    assert typed(mine).json == {"saved": True, "others": "", "newer": ""}
    assert "Open here too: Will" in editing.get(address(article)).one("#beside").get_text()
    ping = editing.post(
        str(theirs.form("editor").form["data-presence"]), theirs.form("editor").values
    )
    assert ping.json == {"saved": False, "others": "Open here too: Will.", "newer": ""}
    theirs.form("editor").fill(title="Edited").submit("Save draft")
    told = typed(mine, title="Written").json
    assert told is not None
    assert told["newer"].startswith("Edith has saved this article meanwhile.")


def test_presence_does_not_outlast_the_page(
    editing: Pages, writing: Pages, article: Article, editor: User, now: datetime
) -> None:
    autosaving.arrive(editor, article, now - timedelta(minutes=1))
    db.session.commit()
    assert editing.get(address(article)).one("#beside").has_attr("hidden")


def test_what_is_too_long_gets_a_sentence(
    editing: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosaving, "MAX_CHARS", 50)
    answer = typed(editing.get(address(article)))
    assert answer.status_code == 422
    assert answer.json is not None
    assert "too long to be kept" in answer.json["said"]


def test_nobody_sees_or_keeps_anything_in_anothers_article(
    editing: Pages, writing: Pages, article: Article, editor: User
) -> None:
    page = editing.get(address(article))
    typed(page, title="Secret")
    place = kept()[0].place
    assert writing.fetch(f"/desk/articles/drafts/{place}").status_code == 404  # not hers
    form = writing.get("/desk/articles/new").form("editor")
    refused = writing.post(f"/desk/articles/drafts/{place}", form.values)
    assert refused.status_code == 403
    assert refused.json == {
        "said": "This is not yours to change. Ask its writer or an editor. "
        "What you type is kept in this browser only."
    }
    assert writing.post(f"{address(article)}/presence", form.values).status_code == 403
    assert writing.get(f"/desk/articles/drafts/{place}", 404)


@pytest.mark.parametrize("place", ["x", "0.aaaaaaaa", "1.xyz", "new-other.aaaaaaaa", "1.AAAAAAAA"])
def test_there_are_no_other_places(editing: Pages, place: str) -> None:
    assert editing.fetch(f"/desk/articles/drafts/{place}").status_code == 404
    form = editing.get("/desk/articles/new").form("editor")
    assert editing.post(f"/desk/articles/drafts/{place}", form.values).status_code == 404
    assert editing.fetch(f"/desk/articles/new?draft={place}").status_code == 404
    form.values["place"] = [place]
    page = form.fill(title="Saved all the same").submit("Save draft")
    assert re.fullmatch(r"/desk/articles/\d+", page.path)
