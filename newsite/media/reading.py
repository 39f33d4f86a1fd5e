"""Uploads turned into pictures of our own: checked by content, upright, in sRGB, with nothing in them but what is seen.

What was uploaded is never kept. A picture is drawn anew from its pixels, at most 2,560 px on its longer side, so
that no byte of its metadata, and nothing that was hidden between or behind its pixels, can come along.
"""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsite.errors import RuleBroken
from newsite.media import endings

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 25 * 1024**2  # of one upload
MAX_PIXELS = 40_000_000  # of one upload; decoded, they take 160 MB for a moment
MAX_SIDE = 2_560  # px, of what is kept: a fine screen's width
MAX_FRAMES = 300  # of what moves: half a minute
MAX_MOVING_SIDE = 1_280  # px
MAX_MOVING_PIXELS = 120_000_000  # of all frames together
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# What is kept of which; MPO is a JPEG with further pictures behind it, as many phones write them.
KEPT = {
    "JPEG": "jpeg",
    "MPO": "jpeg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "png",
    "AVIF": "webp",
}
MAY_MOVE = {"GIF", "WEBP", "PNG"}
# Brands of ISO 23008-12 and 14496-12 files: photos of iPhones.
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_UNREADABLE = "This is no picture that can be read, or only a part of one. Choose a JPEG, PNG, WebP, GIF or AVIF."

one_at_a_time = threading.Lock()  # of a process: what is decoded takes memory


class BadPicture(RuleBroken):
    """The upload is no picture that the site can keep."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="files")


@dataclass(frozen=True)
class Drawn:
    """A picture as we drew it."""

    content: bytes
    format: str  # "jpeg", "png", "webp"
    width: int  # px
    height: int  # px
    is_animated: bool = False


def read(upload: bytes) -> Drawn:
    """The picture that is kept of an upload. Raises BadPicture with the mend."""
    _refuse_at_sight(upload)
    from PIL import Image  # noqa: PLC0415  # a server that is given no picture need not carry its 3 MB

    with one_at_a_time, _refusing(), Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise BadPicture(
                f"The picture has {picture.width:,} × {picture.height:,} pixels; 40 million are as many as can "
                "be taken. Save it smaller, and choose it again."
            )
        if endings.is_something_else(upload, str(picture.format)):
            raise BadPicture(
                "There is something else in this file besides the picture, such as a program or another "
                "document. Open it in a picture editor, save it as a new file, and choose that."
            )
        frames = getattr(picture, "n_frames", 1) if picture.format in MAY_MOVE else 1
        return _moving(picture, frames) if frames > 1 else _still(picture)


@contextmanager
def _refusing() -> Iterator[None]:
    """Decoders fail in many ways (SyntaxError, struct.error, zlib.error …); all mean that it cannot be read."""
    try:
        # A bomb is a warning to Pillow; the measures are checked before anything is decoded.
        with warnings.catch_warnings(action="ignore"):
            yield
    except BadPicture:
        raise
    except Exception as error:
        if type(error).__name__ == "DecompressionBombError":
            raise BadPicture(
                "The picture has far more than 40 million pixels. Save it smaller, and choose it again."
            ) from error
        raise BadPicture(_UNREADABLE) from error


def _refuse_at_sight(upload: bytes) -> None:
    if not upload:
        raise BadPicture("The file is empty. Choose another.")
    if len(upload) > MAX_BYTES:
        raise BadPicture(
            f"The file has {len(upload) // 1024**2} MB; 25 MB are as many as can be taken. "
            "Save the picture smaller, and choose it again."
        )
    start = upload[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start or start.startswith(b"<?xml"):
        raise BadPicture(
            "This is an SVG, which can hold a program. Export it as a PNG, and choose that."
        )
    if upload[4:8] == b"ftyp" and upload[8:12] in _HEIC:
        raise BadPicture(
            "This is a HEIC photo, as iPhones keep them, which browsers do not show. Export it as a JPEG, "
            "and choose that."
        )


def _still(picture: "Image.Image") -> Drawn:
    from newsite.media import drawing  # noqa: PLC0415  # as in `read`

    known, scale = str(picture.format), MAX_SIDE / max(picture.size)
    if (
        scale < 1
    ):  # a JPEG is decoded at a half or a quarter of its size, which takes as much less memory
        width, height = picture.size
        picture.draft("RGB", (max(1, int(width * scale)), max(1, int(height * scale))))
    bare = drawing.bare(picture, (MAX_SIDE, MAX_SIDE))
    kept = KEPT[known]
    return Drawn(drawing.written(bare, kept), kept, bare.width, bare.height)


def _moving(picture: "Image.Image", frames: int) -> Drawn:
    if frames > MAX_FRAMES or picture.width * picture.height * frames > MAX_MOVING_PIXELS:
        raise BadPicture(
            f"This picture moves, with {frames} frames of {picture.width:,} × {picture.height:,} pixels: too much for "
            "readers on a slow line. Make it shorter or smaller, and choose it again."
        )
    from newsite.media import drawing  # noqa: PLC0415  # as in `read`

    content, (width, height) = drawing.moving(picture, (MAX_MOVING_SIDE, MAX_MOVING_SIDE))
    return Drawn(content, "webp", width, height, is_animated=True)
