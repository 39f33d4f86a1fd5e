"""Pictures and files, from the folder or the bucket, always from this site's own address.

A name is looked up in the storage and nowhere else: the database is not asked. Its key is 128 random bits, and what
is under it never changes, so a browser keeps it for ever. A cache that many share does not: what is deleted is to go.
"""

from flask import Blueprint, abort, current_app, request
from werkzeug.datastructures import ContentRange
from werkzeug.http import parse_range_header
from werkzeug.wrappers import Response

from newsite.media import storage
from newsite.media.names import cache_key
from newsite.media.stored import Stored
from newsite.web import pagecache
from newsite.web.context import settings
from newsite.web.pagecache.front import FRESH
from newsite.web.theme import IMMUTABLE

# What it is, whatever the machine's own tables say.
TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "pdf": "application/pdf",
}
SHARED = f"{IMMUTABLE}, s-maxage={FRESH}"
NOTHING = "default-src 'none'; sandbox"  # what it may do, if it is opened by itself

bp = Blueprint("media", __name__)


@bp.get("/media/<string(length=32):key>/<string(maxlength=106):name>")
@pagecache.without_database
def show(key: str, name: str) -> Response:
    """A picture, or a file to be saved; parts of it, where a part is asked for."""
    whole, suffix = f"{key}/{name}", name.rpartition(".")[2]
    if storage.NAME.fullmatch(whole) is None or suffix not in TYPES:
        abort(404)
    tag = _tag(key, name)
    asked = parse_range_header(request.headers.get("Range"))
    is_part = asked is not None and asked.units == "bytes" and len(asked.ranges) == 1
    is_part = is_part and _may_range(tag)
    try:
        size = storage.current().size(whole)
        if size is None:
            abort(404)
        if request.if_none_match.contains(tag):
            return _with_headers(Response(status=304), key, name)
        span = asked.range_for_length(size) if is_part and asked else None
        if is_part and span is None:
            return _not_in_range(size)
        start, end = span or (0, size)
        found = _opened(whole, Stored(size, start, end, iter(())))
    except OSError:
        current_app.logger.warning("the storage of pictures did not answer", exc_info=True)
        abort(503)
    if found is None:
        abort(404)
    return _with_headers(_answer(found, is_part=span is not None), key, name)


def _opened(name: str, asked: Stored) -> Stored | None:
    """What was asked for, opened; for HEAD, which sends nothing, as it is."""
    if request.method == "HEAD":
        return asked
    return storage.current().open(name, asked.start, asked.end)


def _may_range(tag: str) -> bool:
    """Whether a part may be given: of what changed since, only the whole."""
    wanted = request.if_range
    return (wanted.etag is None and wanted.date is None) or wanted.etag == tag


def _answer(found: Stored, *, is_part: bool) -> Response:
    response = Response(found.pieces, status=206 if is_part else 200)
    response.content_length = found.end - found.start
    if is_part:
        response.content_range = ContentRange("bytes", found.start, found.end, found.size)
    return response


def _tag(key: str, name: str) -> str:
    return f"{key}-{name}"


def _not_in_range(size: int) -> Response:
    response = Response(status=416)
    response.content_range = ContentRange("bytes", None, None, size)
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_headers(response: Response, key: str, name: str) -> Response:
    suffix = name.rpartition(".")[2]
    response.headers["Content-Type"] = TYPES[suffix]
    response.headers["Cache-Control"] = SHARED
    if settings().purge_urls:
        response.headers["Surrogate-Key"] = cache_key(key)
    response.headers["Content-Security-Policy"] = NOTHING
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(_tag(key, name))
    if suffix == "pdf":
        response.headers.set("Content-Disposition", "attachment", filename=name)
    else:
        # Readers of feeds show our pictures on pages of their own.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
