"""The door: which hosts, addresses and senders are let in. DESIGN.md §5 and §6 name the traps."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from newsite import db
from newsite.articles import paths
from newsite.web.context import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
ONE_CLICK = "by_mail.stop"  # its signed address is its authority
ARTICLE = "articles.show"  # its addresses are data: the view compares them itself
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")
# One reader's or editor's alone, whatever is answered there: a redirect to another way of writing such
# an address has its secret in it too. What stands in front of newsite is told the same: deploy/.
OWN_ROOTS = ("desk", "replies", "privacy", "draft")
FOR_MACHINES = {"/healthz", "/readyz"}  # asked for by whatever address the prober has


class HostCheck:
    """WSGI layer: answers 400 to a request for a host that is not this site's."""

    def __init__(self, app: "WSGIApplication", hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Lets the request in, or refuses it."""
        host = environ.get("HTTP_HOST", "")
        if host not in self.hosts:
            host = host.lower().removesuffix(".")
        if host in self.hosts or environ.get("PATH_INFO") in FOR_MACHINES:
            return self.app(environ, start_response)
        body = b"This server has no site under that name.\n"
        refusal = Response(body, 400, content_type="text/plain; charset=utf-8")
        refusal.headers["Cache-Control"] = "no-store"
        return refusal(environ, start_response)


def init_app(app: Flask) -> None:
    """Puts the checks before every request."""
    app.before_request(_choose_transaction)
    app.before_request(check_address)
    app.before_request(check_sender)


def is_own(path: str) -> bool:
    """Whether a decoded path lies where everything is somebody's own: kept by nobody."""
    return path.lstrip("/").partition("/")[0].lower() in OWN_ROOTS


def check_address() -> Response | None:
    """Lets an address in if it is written as we write it; leads a variant of it there; else 404."""
    raw = raw_path(request.environ)
    decoded(raw)
    problem = request.routing_exception
    if request.endpoint is None or request.endpoint == ARTICLE or problem is not None:
        if isinstance(problem, RequestRedirect) and request.method in SAFE_METHODS:
            return moved(urlsplit(problem.new_url).path)
        return None
    own = url_for(request.endpoint, **(request.view_args or {}))
    if raw == own:
        return None
    if request.method not in SAFE_METHODS:
        abort(404)
    return moved(own)


def check_sender() -> None:
    """Refuses (403) a form that another site sent in a reader's or an editor's name.

    `Sec-Fetch-Site` where the browser sends it, else `Origin`, else `Referer`. A request that says
    nothing about where it comes from is refused too: every browser of the last ten years says it.
    But for one address: a mail program ends mails at one press (RFC 8058), and comes from nowhere.
    """
    if request.method in SAFE_METHODS or request.endpoint == ONE_CLICK:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
        is_ours = origin == settings().site_url
    if not is_ours:
        abort(403, "This form was sent from another site. Open the page here, and send it again.")


def raw_path(environ: dict[str, Any]) -> str:
    """The path as it was asked for, still percent-encoded, without query and fragment."""
    raw: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if not raw.startswith("/"):
        raw = urlsplit(raw).path or paths.encoded(environ.get("PATH_INFO", "/"))
    return raw.partition("?")[0].partition("#")[0]


def decoded(raw: str) -> str:
    """`raw` decoded once. Aborts with 404 for what no address of ours contains.

    That is broken UTF-8, control characters, and an encoded slash or backslash: some servers take
    them for a path's own.
    """
    try:
        path = unquote_to_bytes(raw).decode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise NotFound from None
    is_odd = "%2f" in raw.lower() or _ODD.search(path) is not None
    if is_odd or not {".", ".."}.isdisjoint(path.split("/")):
        raise NotFound
    return path


def rule_for(path: str) -> str | None:
    """The site's own address of which `path` is a variant in case, slashes or encoding, if there is one."""
    adapter = current_app.url_map.bind("")
    try:
        endpoint, values = adapter.match(paths.key(path), method="GET")
    except RequestRedirect as slash:
        return urlsplit(slash.new_url).path
    return None if endpoint == ARTICLE else url_for(endpoint, **values)


def moved(path: str) -> Response:
    """A permanent redirect to a path of this site, the query kept."""
    query = request.query_string.decode("latin-1")
    return redirect("/" + path.lstrip("/") + (f"?{query}" if query else ""), 301)


def led_to(address: str) -> Response:
    """A permanent redirect to an address that an editor wrote: a path of this site, or a web address."""
    is_path = address.startswith("/")
    return moved(address) if is_path and "?" not in address else redirect(address, 301)


def _choose_transaction() -> None:
    db.expect(only_reads=request.method in SAFE_METHODS)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
