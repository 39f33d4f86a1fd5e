"""Errors are pages of the site, as long as there is a site."""

from collections.abc import Callable
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from gunicorn.http.errors import InvalidChunkSize
from pages import Pages
from sqlalchemy.exc import OperationalError

from newsite import create_app
from newsite.articles.models import Article
from newsite.comments.models import Comment
from newsite.config import Settings
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site.models import Site
from newsite.web import errors
from newsite.web.pagecache import layer


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | int], None]:
    """Makes the list of months fail in a given way."""

    def fail(how: Exception | int) -> None:
        def view() -> str:
            if isinstance(how, int):
                abort(how)
            raise how

        monkeypatch.setitem(app.view_functions, "articles.archives", view)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    return fail


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 413, 429, 500, 503])
def test_every_error_is_a_page_of_the_site(
    pages: Pages, failing: Callable[[int], None], code: int
) -> None:
    failing(code)
    page = pages.get("/archive/", code)
    assert page.h1 == errors.NOTICES[code].heading
    assert errors.NOTICES[code].text in page.text
    assert "The Test Paper" in page.text
    assert page.link("The Test Paper") == "/"


def test_an_error_without_words_of_its_own_still_is_a_page(
    pages: Pages, failing: Callable[[int], None]
) -> None:
    failing(418)
    assert pages.get("/archive/", 418).h1 == errors.OTHER.heading


def test_a_refusal_that_no_form_caught_is_said_in_its_own_words(
    pages: Pages, failing: Callable[[Exception], None]
) -> None:
    failing(RuleBroken("The section is gone."))
    assert "The section is gone." in pages.get("/archive/", 422).text


def test_a_body_that_is_wrongly_cut_is_the_senders_mistake(
    pages: Pages, failing: Callable[[Exception], None]
) -> None:
    failing(InvalidChunkSize(b"x"))
    assert pages.get("/archive/", 400).h1 == errors.NOTICES[400].heading


def test_a_broken_view_is_a_500_that_tells_nothing(
    pages: Pages, failing: Callable[[Exception], None]
) -> None:
    failing(ZeroDivisionError("secret words"))
    page = pages.get("/archive/", 500)
    assert "secret" not in page.html
    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_an_unreachable_database_is_a_503_with_a_time_to_come_back(
    pages: Pages, failing: Callable[[Exception], None]
) -> None:
    failing(OperationalError("select", {}, Exception("gone")))
    answer = pages.fetch("/archive/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"


def test_a_mistake_of_ours_in_the_database_is_a_500(
    pages: Pages, failing: Callable[[Exception], None]
) -> None:
    failing(sa.exc.InvalidRequestError("our mistake"))
    assert pages.fetch("/archive/").status_code == 500


def test_when_the_database_is_gone_there_still_is_a_page(
    make_settings: Callable[..., Settings], tmp_path: object
) -> None:
    app = create_app(make_settings(database_url=f"sqlite:///{tmp_path}/nowhere/newsite.db"))
    answer = app.test_client().get("/", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 503
    assert errors.NOTICES[503].heading in answer.text
    assert answer.text.lower().startswith("<!doctype html>")


def test_when_the_sites_row_is_missing_there_still_is_a_page(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/", base_url="http://127.0.0.1:8000")
    app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert errors.NOTICES[500].heading in answer.text


def test_when_a_template_is_broken_there_still_is_a_page(
    app: Flask, pages: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("broken template")

    monkeypatch.setattr("newsite.web.errors.render_template", broken)
    answer = pages.fetch("/nothing/here/")
    assert answer.status_code == 404
    assert "There is no page at this address" in answer.text
    assert "<style" not in answer.text


def full(*_: object, **__: object) -> NoReturn:
    raise OperationalError("insert", {}, Exception("database or disk is full"))


def test_a_reply_that_could_not_be_stored_is_still_in_its_writers_hands(
    pages: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "We were there.\n\nAll night, & <b>cold</b>."
    form = pages.get(str(article.path)).form("reply")
    form.fill(author="Ann", email="ann@example.org", comment=words)
    with monkeypatch.context() as while_it_lasts:
        while_it_lasts.setattr("newsite.comments.arriving.store", full)
        page = form.submit(status=503)
    assert page.h1 == errors.NOTICES[503].heading
    assert page.form("sent").values["comment"] == [words]
    page.form("sent").submit()
    assert db.session.scalars(sa.select(Comment.body)).all() == [words]


def test_a_database_that_failed_is_not_asked_for_the_error_page(
    app: Flask, pages: Pages, article: Article
) -> None:
    form = pages.get(str(article.path)).form("reply")
    form.fill(author="Ann", email="ann@example.org", comment="We were there.")
    app.extensions[layer.KEY].freshness.every = 1_000  # it is not known yet to be away
    asked: list[str] = []

    def refuse(connection: object, cursor: object, statement: str, *rest: object) -> NoReturn:
        asked.append(statement)
        raise OperationalError(statement, {}, Exception("gone"))

    sa.event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        page = form.submit(status=503)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", refuse)
    assert len(asked) == 1
    assert "The Test Paper" in page.text
    assert page.form("sent").values["comment"] == ["We were there."]


def test_an_article_that_could_not_be_saved_is_still_in_its_writers_hands(
    desk: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = desk.get("/desk/articles/new").form("editor")
    with monkeypatch.context() as while_it_lasts:
        while_it_lasts.setattr("newsite.articles.actions.create", full)
        page = form.fill(title="Night shift", body="Precious words. " * 9).submit(status=503)
    page.form("sent").submit()
    assert db.session.scalars(sa.select(Article.title)).all() == ["Night shift"]


def test_words_outlast_the_site_itself(
    pages: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsite.comments.arriving.store", full)
    form = pages.get(str(article.path)).form("reply")
    monkeypatch.setattr("newsite.web.errors.render_template", full)
    form.fill(author="Ann", email="ann@example.org", comment="Cold & <b>wet</b>")
    answer = pages.post(f"/articles/{article.id}/replies", form.values)
    assert answer.status_code == 503
    assert "Cold &amp; &lt;b&gt;wet&lt;/b&gt;" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_password_that_was_sent_is_never_shown(
    pages: Pages, site: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsite.accounts.signing_in.identify", full)
    form = pages.get("/desk/login").form("login")
    page = form.fill(email="ann@example.org", password="open sesame, twice over").submit(status=503)
    assert not page.all("form#sent")
    assert "sesame" not in page.html


def test_an_error_at_the_desk_is_kept_by_nobody(pages: Pages) -> None:
    answer = pages.fetch("/desk/nothing/here", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_error_page_is_rendered_from_a_clean_transaction(
    pages: Pages, site: Site, failing: Callable[[Exception], None]
) -> None:
    failing(sa.exc.IntegrityError("insert", {}, Exception("twice")))
    assert pages.get("/archive/", 500).h1 == errors.NOTICES[500].heading
    assert db.session.get(Site, 1) is site
