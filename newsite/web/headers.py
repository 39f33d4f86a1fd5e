"""The headers of every answer: what a browser may load, and who may keep a copy."""

from flask import Flask, make_response, request
from werkzeug.wrappers import Response

from newsite.config import Settings
from newsite.web import guard, pagecache

# Law 3: nothing from elsewhere. No inline script or style, so that no nonce is needed.
POLICY = (
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
# An HTTP cache that is told nothing may keep a page for a second, as long as a change may take to show;
# for an hour more while nobody answers behind it.
PUBLIC = "public, max-age=0, s-maxage=1, stale-if-error=3600"
PRIVATE = "private, no-store"
ONE_YEAR = "max-age=31536000"


def init_app(app: Flask, settings: Settings) -> None:
    """Adds the headers to every answer of the app."""
    fixed = {
        "Content-Security-Policy": "; ".join(POLICY),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # not no-referrer: that makes browsers send `Origin: null`
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "interest-cohort=(), browsing-topics=(), geolocation=(), camera=(), microphone=()",
        "X-Frame-Options": "DENY",
    }
    if settings.is_secure:
        fixed["Strict-Transport-Security"] = ONE_YEAR

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            may_keep = (
                request.method in ("GET", "HEAD")
                and response.status_code in (200, 301, 404, 410)
                and not guard.is_own(request.path)
            )
            response.headers["Cache-Control"] = PUBLIC if may_keep else PRIVATE
        # What the page cache has made is given a tag for each of its forms there.
        return response if pagecache.is_rendering() else conditional(response)


def private(body: str, status_code: int = 200) -> Response:
    """An answer for one reader, which nobody keeps and no search engine lists."""
    response = make_response(body, status_code)
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def conditional(response: Response) -> Response:
    """The response with a strong ETag, or 304 if the reader has it; only where copies may be kept."""
    if (
        response.status_code == 200
        and request.method in ("GET", "HEAD")
        and not response.is_streamed
        and "no-store" not in response.headers["Cache-Control"]
    ):
        response.add_etag()
        response.make_conditional(request.environ)
    return response
