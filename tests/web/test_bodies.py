"""Bodies of forms: read whole and in time, whoever sends them, however slowly."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from pages import Pages
from werkzeug.test import TestResponse

from newsite.articles.models import Article
from newsite.comments.models import Comment
from newsite.db import db
from newsite.web import bodies


@pytest.fixture
def app_of_ten_bytes() -> Flask:
    """Says what form it was sent, if it has at most ten bytes."""
    app = Flask("ten")
    app.config["MAX_CONTENT_LENGTH"] = 10
    bodies.init_app(app)
    app.add_url_rule("/", "form", lambda: dict(request.form), methods=["POST"])
    return app


def send(app: Flask, body: bytes, **environ: object) -> TestResponse:
    """The answer to a body in pieces, as a server hands it on."""
    return app.test_client().post(
        "/",
        input_stream=io.BytesIO(body),
        content_type="application/x-www-form-urlencoded",
        environ_base={"wsgi.input_terminated": True, **environ},
    )


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 200), (b"a=1", 200), (b"a=45678901", 200), (b"a=456789012", 413)]
)
def test_a_body_in_pieces_has_the_same_limit_as_any(
    app_of_ten_bytes: Flask, body: bytes, status: int
) -> None:
    answer = send(app_of_ten_bytes, body, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == status
    if status == 200:
        assert answer.json == dict([body.decode().split("=")] if body else [])


def test_a_limit_there_may_be_none(app_of_ten_bytes: Flask) -> None:
    app_of_ten_bytes.config["MAX_CONTENT_LENGTH"] = None
    answer = send(app_of_ten_bytes, b"a=" + b"1" * 1_000, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.json == {"a": "1" * 1_000}


def test_a_body_with_its_length_is_read_too(app_of_ten_bytes: Flask) -> None:
    assert app_of_ten_bytes.test_client().post("/", data={"a": "1"}).json == {"a": "1"}


REPLY = "comment=Half+a+wo"
OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": bodies.FORM}


class SlowLine(io.BytesIO):
    """A body that notes, whenever it is read from, whether the database was begun upon."""

    def __init__(self, sent: bytes) -> None:
        super().__init__(sent)
        self.was_busy: list[bool] = []

    def read(self, *size: Any) -> bytes:
        self.was_busy.append(db.session().in_transaction())
        return super().read(*size)

    def readinto(self, buffer: Any) -> int:
        self.was_busy.append(db.session().in_transaction())
        return super().readinto(buffer)


def post(pages: Pages, path: str, body: bytes, **environ: Any) -> Any:
    """The answer to a body, sent as gunicorn hands it on."""
    given = {"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True} | environ
    stream = given.pop("stream", io.BytesIO(body))
    return pages.fetch(path, "POST", headers=OURS, input_stream=stream, environ_overrides=given)


def test_a_reader_with_a_slow_line_keeps_nobody_from_writing(
    pages: Pages, article: Article
) -> None:
    line = SlowLine(REPLY.encode())
    post(pages, f"/articles/{article.id}/replies", REPLY.encode(), stream=line)
    assert line.was_busy
    assert not any(line.was_busy)


def test_an_editor_with_a_slow_line_keeps_nobody_from_writing(desk: Pages) -> None:
    line = SlowLine(b"name=Pay")
    post(desk, "/desk/sections/", b"name=Pay", stream=line)
    assert line.was_busy
    assert not any(line.was_busy)


def test_half_a_reply_is_not_taken_for_a_whole_one(pages: Pages, article: Article) -> None:
    form = pages.get(str(article.path)).form("reply")
    form.fill(author="Ann", email="ann@example.org", comment="Half a wo")
    body = "&".join(f"{name}={values[0]}" for name, values in form.values.items()).encode()
    path = f"/articles/{article.id}/replies"
    answer = post(pages, path, body, CONTENT_LENGTH=str(len(body) + 100))
    assert answer.status_code == 400
    assert db.session.scalar(sa.select(sa.func.count(Comment.id))) == 0
    assert post(pages, path, body).status_code == 303


def test_half_an_article_does_not_replace_the_whole_one(desk: Pages, article: Article) -> None:
    path = f"/desk/articles/{article.id}"
    form = desk.get(path).form("editor")
    body = f"csrf_token={form.values['csrf_token'][0]}&version=1&title=Night&body=The+cou".encode()
    before = article.body
    assert post(desk, path, body, CONTENT_LENGTH="9000").status_code == 400
    assert db.session.get_one(Article, article.id).body == before


@pytest.mark.parametrize("path", ["/articles/{}/replies", "/desk/articles/new", "/desk/login"])
def test_a_form_of_a_million_fields_is_refused_unread(
    pages: Pages, article: Article, path: str
) -> None:
    answer = post(pages, path.format(article.id), b"a&" * bodies.MAX_FIELDS)
    assert answer.status_code == 413
    assert "more fields than any of ours" in answer.text
    assert len(answer.data) < 5_000


def test_a_form_with_as_many_fields_as_may_be_is_read(pages: Pages, article: Article) -> None:
    path = f"/articles/{article.id}/replies"
    assert post(pages, path, b"&".join([b"a"] * bodies.MAX_FIELDS)).status_code == 422


def test_a_form_without_a_body_is_an_empty_one(pages: Pages, article: Article) -> None:
    answer = post(pages, f"/articles/{article.id}/replies", b"", CONTENT_LENGTH=None)
    assert answer.status_code == 422
