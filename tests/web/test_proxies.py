import pytest
from flask import Flask, request

from newsite.web import proxies


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),  # no proxy: whoever says so made it up
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the reader wrote the left one
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),  # fewer hops than there are: not by way of the proxies
        (1, None, "10.0.0.1"),
    ],
)
def test_only_the_operators_own_proxies_are_believed(make_settings, hops, forwarded, expected):
    app = Flask("behind")
    proxies.init_app(app, make_settings(proxies=hops))
    app.add_url_rule("/", "who", lambda: request.remote_addr or "")
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    answer = app.test_client().get("/", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.text == expected
    environ = {"REMOTE_ADDR": "10.0.0.1"}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert proxies.address(environ, hops) == expected


def test_a_proxy_does_not_choose_the_host(make_settings):
    app = Flask("behind")
    proxies.init_app(app, make_settings(proxies=1))
    app.add_url_rule("/", "where", lambda: request.url)
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = app.test_client().get("/", headers=headers, base_url="http://example.org")
    assert answer.text == "https://example.org/"


def test_on_a_socket_nobody_has_an_address():
    assert proxies.address({}, 0) == ""
