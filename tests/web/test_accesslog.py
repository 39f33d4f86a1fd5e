import json
import logging
import os

import pytest
from flask import Flask, abort

from newsite.web import accesslog
from newsite.web.accesslog import AccessLog, JsonFormatter, network, without_secrets

TOKEN = "Ij5mYXItdG9vLWxvbmctdG8tZ3Vlc3M.aSGm"


@pytest.fixture
def lines(tmp_path):
    """Writes to `descriptor`; calling it gives the lines so far."""

    class Lines:
        def __init__(self):
            self.descriptor = os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

        def __call__(self):
            return [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]

    made = Lines()
    yield made
    os.close(made.descriptor)


@pytest.fixture
def logged(make_settings, lines):
    """An app of a few pages whose requests are written down."""
    app = Flask("logged")
    accesslog.init_app(app, make_settings(proxies=1))
    app.wsgi_app.descriptor = lines.descriptor
    app.add_url_rule("/", "front", lambda: "hello")
    app.add_url_rule("/replies/<token>", "status", lambda token: "yours")
    app.add_url_rule("/stream", "stream", lambda: iter(["a", "b"]))
    app.add_url_rule("/gone", "gone", lambda: abort(410))
    return app.test_client()


def test_a_request_leaves_one_line(logged, lines):
    logged.get("/?q=my+illness", headers={"User-Agent": "Mozilla/5.0", "Referer": "https://a.b/"})
    (line,) = lines()
    assert line.pop("time").endswith("+00:00")
    assert 0 <= line.pop("ms") < 5_000
    assert line == {
        "method": "GET",
        "path": "/",
        "status": 200,
        "bytes": 5,
        "endpoint": "front",
        "address": "127.0.0.0",
    }


def test_a_readers_token_is_in_no_line(logged, lines):
    logged.get(f"/replies/{TOKEN}")
    logged.get(f"/REPLIES//{TOKEN}")
    logged.get(f"/replies/decide/{TOKEN}")
    logged.get(f"/replies/stop/{TOKEN}/")
    logged.get(f"/privacy/me/{TOKEN}")
    logged.get(f"/desk/password/{TOKEN}")
    assert TOKEN not in json.dumps(lines())
    assert [line["path"] for line in lines()] == [
        "/replies/…",
        "/REPLIES//…",
        "/replies/decide/…",
        "/replies/stop/…/",
        "/privacy/me/…",
        "/desk/password/…",
    ]


def test_a_reader_behind_a_proxy_is_known_by_their_network_only(logged, lines):
    logged.get("/", headers={"X-Forwarded-For": "203.0.113.77"})
    assert lines()[0]["address"] == "203.0.113.0"


def test_what_was_not_found_has_no_endpoint(logged, lines):
    logged.get("/nothing")
    logged.get("/gone")
    assert [(line["status"], line["endpoint"]) for line in lines()] == [
        (404, None),
        (410, "gone"),
    ]


def test_the_length_of_a_stream_is_not_made_up(logged, lines):
    assert logged.get("/stream").text == "ab"
    assert lines()[0]["bytes"] is None


def test_a_request_that_broke_everything_is_a_500(lines):
    def app(environ, start_response):
        raise RuntimeError("outside of Flask")

    with pytest.raises(RuntimeError):
        AccessLog(app, 0, lines.descriptor)({"PATH_INFO": "/x", "REQUEST_METHOD": "GET"}, None)
    assert lines()[0]["status"] == 500


def test_a_full_disk_does_not_stop_readers(logged):
    full = os.open("/dev/full", os.O_WRONLY)
    logged.application.wsgi_app.descriptor = full
    try:
        assert logged.get("/").text == "hello"
    finally:
        os.close(full)


def test_a_path_cannot_forge_a_line_and_a_long_one_is_cut(logged, lines):
    logged.get("/a%0Ab%22")
    logged.get("/" + "ü" * 2_000)
    forged, long = lines()
    assert forged["path"] == '/a\nb"'
    assert long["path"] == "/" + "ü" * 499


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Exception on /replies/{TOKEN} [GET]", "Exception on /replies/… [GET]"),
        (f"https://example.org/privacy/{TOKEN}?a=b", "https://example.org/privacy/…?a=b"),
        (f"/desk/invitations/{TOKEN}/", "/desk/invitations/…/"),
        ("/desk/articles/12/preview", "/desk/articles/12/preview"),
        ("/articles/12/replies/34", "/articles/12/replies/…"),
        ("/2026/11/replies-are-open/", "/2026/11/replies-are-open/"),
        (f"/draft/12/{TOKEN}", "/draft/…"),
    ],
)
def test_what_opens_something_is_cut(text, shown):
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("", ""),
        ("unix", ""),
    ],
)
def test_an_address_is_kept_as_a_network(address, shown):
    assert network(address) == shown


def test_a_failure_is_one_line_with_its_traceback():
    def record(message, exc_info=None):
        made = logging.LogRecord("newsite", logging.ERROR, "x.py", 1, message, (), exc_info)
        return JsonFormatter().format(made)

    try:
        raise ValueError(f"/replies/{TOKEN} is no number")
    except ValueError as error:
        text = record(
            f"Exception on /replies/{TOKEN} [GET]", (ValueError, error, error.__traceback__)
        )
    assert "\n" not in text
    line = json.loads(text)
    assert line["level"] == "error"
    assert line["logger"] == "newsite"
    assert line["message"] == "Exception on /replies/… [GET]"
    assert line["traceback"].endswith("ValueError: /replies/… is no number")
    assert "traceback" not in json.loads(record("ip=203.0.113.77: bad request"))
    assert "ip=203.0.113.0: bad" in record("Invalid request from ip=203.0.113.77: bad")
