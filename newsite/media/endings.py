"""Where a picture ends in its file, and whether it is something else as well: a page, a program, an archive."""

import struct
from collections.abc import Callable
from contextlib import suppress

LOOKED_AT = 1_024  # bytes at the start, in which readers of PDF look for their own
MARKS = (b"<script", b"<html", b"<svg", b"<?php", b"<!doctype", b"%pdf-", b"pk\x03\x04", b"\x7felf")
_PDF = b"%PDF-"
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES, _ZIP_COMMENT_BYTES = 22, 65_535


def is_something_else(content: bytes, format: str) -> bool:  # noqa: A002
    """Whether another program would take this picture of Pillow's format for a document of its own.

    What stands behind a picture's end is no harm by itself: phones put films and maps of depth there.
    """
    behind = content[_end(content, format) :].lower()
    return (
        _PDF in content[:LOOKED_AT] or _is_archive(content) or any(mark in behind for mark in MARKS)
    )


def _is_archive(content: bytes) -> bool:
    """Whether the file ends as a ZIP does, which is read from its end."""
    at = content.rfind(_ZIP_END, max(0, len(content) - _ZIP_END_BYTES - _ZIP_COMMENT_BYTES))
    if at < 0 or at + _ZIP_END_BYTES > len(content):
        return False
    (comment,) = struct.unpack_from("<H", content, at + 20)
    return at + _ZIP_END_BYTES + int(comment) <= len(content)


def _end(content: bytes, format: str) -> int:  # noqa: A002
    """Where the picture ends; the end of the file if that cannot be told."""
    with suppress(struct.error, IndexError):
        return min(_ENDS[format](content), len(content))
    return len(content)


def _jpeg(content: bytes) -> int:
    """After the first end-of-image that follows a scan: inside of one, a 0xFF is followed by 0x00."""
    at = 2
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        at += 2 + _jpeg_segment(content, at)
    found = content.find(b"\xff\xd9", at)
    return found + 2 if found >= 0 else len(content)


def _jpeg_segment(content: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", content, at + 2)[0])


def _png(content: bytes) -> int:
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        at += 12 + length
    return at


def _webp(content: bytes) -> int:
    return 8 + int(struct.unpack_from("<I", content, 4)[0])


def _avif(content: bytes) -> int:
    """After the last whole box."""
    at = 0
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, at + 8)
        if not 8 <= length <= len(content) - at or not name.isalnum():
            break
        at += length
    return at


def _gif(content: bytes) -> int:
    at = 13 + _table(content[10])
    while content[at] != 0x3B:
        if content[at] == 0x2C:  # a frame
            at += 11 + _table(content[at + 9])
        else:  # an extension
            at += 2
        while content[at]:
            at += 1 + content[at]
        at += 1
    return at + 1


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


_ENDS: dict[str, Callable[[bytes], int]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "AVIF": _avif,
    "GIF": _gif,
}
