import io

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

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
def test_a_body_in_pieces_has_the_same_limit_as_any(app_of_ten_bytes, body, status):
    answer = send(app_of_ten_bytes, body, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == status
    if status == 200:
        assert answer.json == dict([body.decode().split("=")] if body else [])


def test_a_limit_there_may_be_none(app_of_ten_bytes):
    app_of_ten_bytes.config["MAX_CONTENT_LENGTH"] = None
    answer = send(app_of_ten_bytes, b"a=" + b"1" * 1_000, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.json == {"a": "1" * 1_000}


def test_a_body_with_its_length_is_left_to_the_view(app_of_ten_bytes):
    assert app_of_ten_bytes.test_client().post("/", data={"a": "1"}).json == {"a": "1"}
