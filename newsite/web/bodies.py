"""Bodies that come in pieces, without a length at their head: no browser sends them, but anybody can."""

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    """Reads such bodies before any view does."""
    app.before_request(read_pieces)


def read_pieces() -> None:
    """Reads the body if it comes in pieces; 413 if it is longer than the limit.

    Werkzeug would cut it at the limit and go on: half a reply would be taken for a whole one.
    """
    if request.headers.get("Transfer-Encoding") is None:
        return
    body = request.get_data()  # kept, so that forms are read from it
    limit = request.max_content_length
    if limit is not None and len(body) >= limit and request.environ["wsgi.input"].read(1):
        abort(413)
