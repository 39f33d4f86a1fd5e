"""Who is asking, when proxies stand in front: only as many hops are believed as the operator has."""

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from newsite.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def init_app(app: Flask, settings: Settings) -> None:
    """Believes address and scheme from the proxies; the host they must pass on as it is."""
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # as Flask says


def address(environ: "WSGIEnvironment", hops: int) -> str:
    """The reader's address for layers outside of ProxyFix; empty on a socket without one.

    The left end of X-Forwarded-For is whatever the reader wrote; ours count from the right.
    """
    direct: str = environ.get("REMOTE_ADDR", "")
    if not hops:
        return direct
    named = parse_list_header(environ.get("HTTP_X_FORWARDED_FOR", ""))  # as ProxyFix reads it
    return named[-hops] if hops <= len(named) else direct
