"""Errors as pages of the site, down to one that stands when nothing else does."""

import logging
from dataclasses import dataclass

from flask import Flask, current_app, g, render_template, request
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response

from newsite import changes
from newsite.articles import queries
from newsite.articles.models import Article
from newsite.db import db, hurried
from newsite.errors import RuleBroken
from newsite.web import pagecache
from newsite.web.context import now
from newsite.web.pagecache.begun import is_known_away, remember_site

LATEST = 3
RETRY_SECONDS = 30

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """What an error page says."""

    heading: str
    text: str


NOTICES = {
    400: Notice("That request could not be read", "Go back, reload the page, and try once more."),
    403: Notice("This is not open to you", "You may need to sign in, or to ask an editor."),
    404: Notice(
        "There is no page at this address",
        "It may have been moved, or the link may have lost its end on the way.",
    ),
    405: Notice("That cannot be done here", "Open the page by its address, and go on from there."),
    410: Notice("This article has been withdrawn", "It was here, and was taken down."),
    413: Notice("That was too much at once", "Send a shorter text."),
    429: Notice("That was quick", "Wait a minute, then try again. Nothing has been lost."),
    500: Notice("Something broke on our side", "It has been noted. Try again in a few minutes."),
    503: Notice("The site is catching its breath", "Try again in half a minute."),
}
OTHER = Notice("That did not work", "Go back, and try once more.")


def init_app(app: Flask) -> None:
    """Registers the pages; every way out of a view that is not an answer ends here."""
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(RuleBroken, refused)
    app.register_error_handler(SQLAlchemyError, database_failed)
    app.register_error_handler(ParseException, unreadable)


def error_page(error: HTTPException) -> Response:
    """The page for an HTTP error. A sentence given to `abort` stands in place of the usual one."""
    code = error.code or 500
    notice = NOTICES.get(code, OTHER)
    own_words = error.description if error.description != type(error).description else None
    if code == 404 and not own_words and pagecache.is_prepared_elsewhere():
        return Response(status=404)
    response = Response(
        _body(code, notice.heading, own_words or notice.text), code, mimetype="text/html"
    )
    response.headers.extend(
        [
            (name, value)
            for name, value in error.get_headers()
            if name not in ("Content-Type", "Content-Length")
        ]
    )
    if code == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def refused(error: RuleBroken) -> Response:
    """The page for a refusal that no form caught."""
    heading = NOTICES.get(error.status, OTHER).heading
    return Response(_body(error.status, heading, error.message), error.status, mimetype="text/html")


def unreadable(error: Exception) -> Response:
    """400 for a body that is wrongly cut into chunks: gunicorn finds out while a view reads it."""
    return error_page(BadRequest())


def database_failed(error: SQLAlchemyError) -> Response:
    """503 when the database is away or busy, 500 for what is our mistake."""
    is_away = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    is_away = is_away or (isinstance(error, DBAPIError) and error.connection_invalidated)
    log.error("the database failed", exc_info=error)
    return error_page(ServiceUnavailable() if is_away else InternalServerError())


def _body(code: int, heading: str, text: str) -> str:
    """The whole site's error page, or the plain one where the site cannot be shown."""
    said = {"code": code, "heading": heading, "text": text, "fields": _sent(code)}
    try:
        if code >= 500:
            db.session.rollback()
        if code == 503 or is_known_away():
            remember_site()
        with hurried():
            return render_template("errors/error.html", **said, latest=_latest(code))
    except Exception:  # whatever broke, the reader gets a page
        log.exception("the error page could not be made")
        g.pop("site", None)
        return current_app.jinja_env.from_string(BARE).render(said)


def _sent(code: int) -> list[tuple[str, str]]:
    """The fields of a form that failed by no fault of its writer; none where a password is among them.

    Going back does not do: what was typed into a page that may not be stored is gone by then.
    """
    fields = list(request.form.items(multi=True)) if code >= 500 else []
    return [] if any("password" in name for name, _ in fields) else fields


def _latest(code: int) -> list[Article]:
    if code not in (404, 410) or is_known_away():
        return []
    pagecache.collect(changes.FRONT)
    return queries.latest(now(), limit=LATEST).items


# No file, no database, no stylesheet: it stands when all of them are gone.
BARE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ heading }}</title>
</head>
<body>
<main>
<h1>{{ heading }}</h1>
<p>{{ text }}</p>
{% if fields %}
<form method="post">
<p>What you sent is still here. Send it again, or copy it.</p>
{% for name, value in fields %}
<p><textarea name="{{ name }}" aria-label="{{ name }}" cols="80" rows="{{ 6 if value|length > 20 else 1 }}">
{{ value }}</textarea></p>
{% endfor %}
<p><button>Send it again</button></p>
</form>
{% endif %}
<p>Error {{ code }}. <a href="/">Front page</a></p>
</main>
</body>
</html>
"""
