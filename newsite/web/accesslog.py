"""What is written down about requests and failures: lines of JSON, with nothing that leads to a reader."""

import contextlib
import ipaddress
import json
import logging
import os
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from newsite.config import Settings
from newsite.web import proxies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STANDARD_OUTPUT = 1
MAX_PATH_CHARS = 500  # so that a line is written in one piece: a pipe takes 4096 bytes at once
ENDPOINT = "newsite.endpoint"
# What follows these is a secret: it opens a reader's own reply, their data, a draft, or an account. It is cut
# under /articles/12/replies/ too, where it is none: rather one line too short than one too long.
_SECRETS = re.compile(
    r"((?:/replies|/privacy|/draft)/+(?:(?:decide|stop|me)/+)?)[^\s/?]+(?:/+[^\s/?]{20,})*"
    r"|(/desk/+(?:[^\s/?]+/+)*)[^\s/?]{20,}",
    re.IGNORECASE,
)
_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` makes one a line
_ADDRESS = re.compile(r"\bip=[0-9a-f.:]*[0-9a-f]", re.IGNORECASE)  # as gunicorn writes it


class AccessLog:
    """WSGI layer: one line for each request, when its answer is made.

    A line has `time` (UTC), `method`, `path` (no query, no secret), `status`, `bytes` of the body
    (null if it is streamed), `ms` until the answer stood, `endpoint`, and `address`: the network
    only. There is no user agent, no referrer and no cookie in it.
    """

    def __init__(
        self, app: "WSGIApplication", hops: int, descriptor: int = STANDARD_OUTPUT
    ) -> None:
        self.app = app
        self.hops = hops  # proxies in front that may be believed
        self.descriptor = descriptor

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The answer of the app, with a line about it."""
        begun = time.monotonic()
        status, headers = "500", []  # if it raises, the server says so

        def noted(given: str, given_headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status, headers
            status, headers = given, given_headers
            return start_response(given, given_headers, *rest)

        try:
            return self.app(environ, noted)
        finally:
            elapsed = time.monotonic() - begun
            self._write(environ, status, headers, elapsed)

    def _write(
        self,
        environ: "WSGIEnvironment",
        status: str,
        headers: list[tuple[str, str]],
        elapsed: float,
    ) -> None:
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        line = {
            "time": _time(time.time()),
            "method": environ.get("REQUEST_METHOD", "")[:20],
            "path": without_secrets(path)[:MAX_PATH_CHARS],
            "status": int(status[:3]),
            "bytes": _length(headers),
            "ms": round(elapsed * 1000, 1),
            "endpoint": environ.get(ENDPOINT),
            "address": network(proxies.address(environ, self.hops)),
        }
        with contextlib.suppress(OSError):  # a full disk must not stop readers
            os.write(self.descriptor, (_json(line) + "\n").encode())


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: `time`, `level`, `logger`, `message`, and `traceback` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _fit_to_keep(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = _fit_to_keep(self.formatException(record.exc_info))
        return _json(line)


def init_app(app: Flask, settings: Settings) -> None:
    """Writes a line about every request, from outside of all other layers."""
    app.url_value_preprocessor(_note_endpoint)
    app.wsgi_app = AccessLog(app.wsgi_app, settings.proxies)  # type: ignore[method-assign]  # as Flask says


def without_secrets(text: str) -> str:
    """The text with an ellipsis in place of what follows an address that opens something."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}…", text)


@lru_cache(maxsize=1_000)  # half of what a line costs; readers come with many requests at once
def network(address: str) -> str:
    """The network that an address is in (/24 of IPv4, /48 of IPv6): enough to see an attack, not a reader."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if given.version == 6 and given.ipv4_mapped is not None:
        given = given.ipv4_mapped
    size = 24 if given.version == 4 else 48
    return str(ipaddress.ip_network(f"{given}/{size}", strict=False).network_address)


def _note_endpoint(endpoint: str | None, values: dict[str, Any] | None) -> None:
    request.environ[ENDPOINT] = endpoint


def _fit_to_keep(text: str) -> str:
    return _ADDRESS.sub(lambda found: f"ip={network(found[0][3:])}", without_secrets(text))


def _length(headers: list[tuple[str, str]]) -> int | None:
    """What the headers say of the body; it is the last but few of them where the body is one piece."""
    for name, value in reversed(headers):
        if name.lower() == "content-length":
            return int(value)
    return None


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
