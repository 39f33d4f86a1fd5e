"""Bodies of forms: read to their end, measured and counted, before the database is asked anything."""

from flask import Flask, abort, request

from newsite.web.guard import SAFE_METHODS

MAX_FIELDS = 500  # of one form; the longest of ours has a hundred
FORM = "application/x-www-form-urlencoded"
_TOO_MANY = "This form has more fields than any of ours. Open the page, and send it again."


def init_app(app: Flask) -> None:
    """Reads every form before any view does, after the checks that need only the headers."""
    app.before_request(read)


def read() -> None:
    """Reads the form: half of one is refused (400), and one with too many bytes or fields (413).

    Writers on SQLite queue: one whose form trickles in over a slow line must not hold its place
    while the others give up.
    """
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return
    if request.headers.get("Transfer-Encoding") is not None:
        _read_pieces()
    elif request.content_length is not None:
        # gunicorn ends a body where the line broke off. Werkzeug must not take its word for it, or
        # half an article would be saved in place of the whole one: so it counts.
        request.environ.pop("wsgi.input_terminated", None)
    # A field takes a hundred times the memory of the byte that it takes to send.
    if request.mimetype == FORM and request.get_data().count(b"&") >= MAX_FIELDS:
        abort(413, _TOO_MANY)
    assert request.form is not None  # parsed, and kept


def _read_pieces() -> None:
    """Reads a body without a length at its head: no browser sends one, but anybody can.

    Werkzeug would cut it at the limit and go on: half a reply would be taken for a whole one.
    """
    body = request.get_data()  # kept, so that forms are read from it
    limit = request.max_content_length
    if limit is not None and len(body) >= limit and request.environ["wsgi.input"].read(1):
        abort(413)
