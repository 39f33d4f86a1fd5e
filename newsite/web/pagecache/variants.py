"""One answer in the forms in which it is sent: plain, gzip and brotli, made once, with strong ETags.

Every worker makes the same tags, since they are derived from the plain bytes. Where there is a gzip
form the plain one is not kept beside it, but unpacked from it: it is the largest, and seldom asked for.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

ETAG_CHARS = 32  # 128 bits
MIN_BYTES = 256  # smaller answers grow when they are packed
GZIP_LEVEL = 6
BROTLI_QUALITY = 5  # what a page costs to pack is paid at every change of it
PLAIN, GZIP, BROTLI = "identity", "gzip", "br"
_ENDINGS = {PLAIN: "", GZIP: "-gz", BROTLI: "-br"}
BROTLI_WINDOW = 18  # 2**18 bytes: a page has room in it, and to pack takes less memory
UNPACKED = 16  # plain forms that are remembered: a page that many want plain is unpacked once
MAX_UNPACKED = 128 * 1024  # bytes of one of them: together no more than 2 MB
_WITH_GZIP_HEADER = 31  # zlib's `wbits`
_PACKED = ("image/png", "image/jpeg", "image/webp")  # compressed by their nature
# Ours are made anew, and what does not depend on the page has no place in it: the server says the date.
_OWN = {"content-length", "etag", "vary", "content-encoding", "accept-ranges", "date"}

Headers = list[tuple[str, str]]


class Variant(NamedTuple):
    """One form of an answer."""

    kept: bytes
    etag: str  # with its quotes
    headers: Headers  # all of them, for 200
    short_headers: Headers  # for 304
    length: int  # bytes of the body
    is_unpacked: bool = False  # what is kept is the gzip form

    @property
    def body(self) -> bytes:
        """What is sent."""
        if not self.is_unpacked:
            return self.kept
        return _remembered(self.kept) if self.length <= MAX_UNPACKED else _unpacked(self.kept)


def variants(body: bytes, headers: Iterable[tuple[str, str]]) -> dict[str, Variant]:
    """The forms of an answer, by content coding; packed ones only where they are smaller."""
    common = [(name, value) for name, value in headers if name.lower() not in _OWN]
    mimetype = next((value for name, value in common if name.lower() == "content-type"), "")
    digest = hashlib.sha256(body).hexdigest()[:ETAG_CHARS]
    forms = {coding: form for coding, form in _packed(body, mimetype) if len(form) < len(body)}
    made = {
        coding: _variant(form, coding, digest, length=len(form), common=common)
        for coding, form in forms.items()
    }
    plain = _variant(forms.get(GZIP, body), PLAIN, digest, length=len(body), common=common)
    return made | {PLAIN: plain._replace(is_unpacked=GZIP in forms)}


def chosen(of: dict[str, Variant], accepted: str) -> Variant:
    """The smallest form that a reader takes who sent this `Accept-Encoding`."""
    for coding in _wanted(accepted):
        if coding in of:
            return of[coding]
    return of[PLAIN]


def is_known(etag: str, known: str) -> bool:
    """Whether `etag` is among those of an `If-None-Match`, compared weakly (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    return etag in tags or tags == ["*"]


def size(of: dict[str, Variant]) -> int:
    """Bytes that the forms take in memory, their headers too."""
    texts = {text for form in of.values() for header in form.headers for text in header}
    bodies = {id(form.kept): len(form.kept) for form in of.values()}
    lines = sum(16 * len(form.headers) for form in of.values())
    return sum(bodies.values()) + lines + sum(50 + len(text) for text in texts)


def _packed(body: bytes, mimetype: str) -> Iterator[tuple[str, bytes]]:
    if len(body) >= MIN_BYTES and not mimetype.startswith(_PACKED):
        yield GZIP, gzip.compress(body, GZIP_LEVEL, mtime=0)
        yield BROTLI, brotli.compress(body, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)


def _variant(kept: bytes, coding: str, digest: str, *, length: int, common: Headers) -> Variant:
    etag = f'"{digest}{_ENDINGS[coding]}"'
    short = [*common, ("ETag", etag), ("Vary", "Accept-Encoding")]
    headers = [*short, ("Content-Length", str(length))]
    if coding != PLAIN:
        headers.append(("Content-Encoding", coding))
    short = [one for one in short if one[0].lower() != "content-type"]
    return Variant(kept, etag, headers, short, length)


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed, _WITH_GZIP_HEADER)


_remembered = lru_cache(maxsize=UNPACKED)(_unpacked)  # bytes know their hash: finding them is cheap


@lru_cache(maxsize=256)  # browsers send a handful of them
def _wanted(accepted: str) -> tuple[str, ...]:
    qualities: Accept = parse_accept_header(accepted, Accept)
    found = {coding: qualities[coding] for coding in (BROTLI, GZIP, PLAIN)}
    if "identity" not in accepted and "*" not in accepted:
        found[PLAIN] = 0.001  # always taken, and never wished for
    best = sorted((coding for coding in found if found[coding] > 0), key=lambda one: -found[one])
    return tuple(best)
