"""The logo in the masthead: whatever is uploaded, what is kept is a small PNG that we made. The caller commits."""

import hashlib
import io
import warnings
from typing import TYPE_CHECKING

from newsite import changes
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site import queries
from newsite.site.models import Logo, Site

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 1024 * 1024  # of the upload
MAX_PIXELS = 12_000_000  # of the upload; decoded, they take 48 MB for a moment
MAX_SIZE = (640, 160)  # px, of what is kept: the masthead's height on a fine screen, twice
FORMATS = ("PNG", "JPEG", "WEBP")


class BadPicture(RuleBroken):
    """The upload is no picture that can be a logo."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="logo")


def put_up(site: Site, upload: bytes) -> Logo:
    """The logo made from an upload, in the masthead from now on. Raises BadPicture with the mend.

    Logos of before stay in the database: pages that somebody kept still show them.
    """
    content, (width, height) = made(upload)
    sha256 = hashlib.sha256(content).hexdigest()
    logo = queries.logo(sha256) or Logo(sha256=sha256, content=content, width=width, height=height)
    db.session.add(logo)
    site.logo = logo
    changes.touch(changes.SITE)
    return logo


def take_down(site: Site) -> None:
    """Puts the site's name back into the masthead."""
    site.logo = None
    changes.touch(changes.SITE)


def made(upload: bytes) -> tuple[bytes, tuple[int, int]]:
    """The PNG that is kept of an upload, upright and without metadata, and its measures in px.

    Raises BadPicture for what is too large, or no PNG, JPEG or WebP.
    """
    if len(upload) > MAX_BYTES:
        raise BadPicture("The picture has more than 1 MB. Save it smaller, and choose it again.")
    # Here, since a server that is given no logo would carry Pillow's 3 MB for nothing.
    from PIL import Image  # noqa: PLC0415

    try:
        # A bomb is a warning to Pillow; the measures are checked before anything is decoded.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(upload), formats=FORMATS) as picture,
        ):
            is_small = picture.width * picture.height <= MAX_PIXELS
            small = _small(picture) if is_small else None
    except Exception as error:
        # Decoders fail in many ways (SyntaxError, struct.error, zlib.error …); all mean the same.
        raise BadPicture(
            "This is no picture that can be read. Choose a PNG, JPEG or WebP."
        ) from error
    if small is None:
        raise BadPicture("The picture has too many pixels. Save it smaller, and choose it again.")
    return _png(small), small.size


def _small(picture: "Image.Image") -> "Image.Image":
    """The picture as it is meant to be seen, at most 640 px wide and 160 px high."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # as in `made`

    picture.draft("RGB", (2 * MAX_SIZE[0], 2 * MAX_SIZE[1]))  # a JPEG is decoded at a fraction
    upright = ImageOps.exif_transpose(picture)
    small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    small.thumbnail(MAX_SIZE, Image.Resampling.LANCZOS)
    return small


def _png(picture: "Image.Image") -> bytes:
    """The pixels and nothing else, as PNG."""
    from PIL import Image  # noqa: PLC0415  # as in `made`

    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    stream = io.BytesIO()
    bare.save(stream, "PNG", optimize=True)
    return stream.getvalue()
