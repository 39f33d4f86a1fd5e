"""The sizes in which readers get a picture: made by the worker, as WebP, and as AVIF where that is a fifth smaller."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsite.db import db
from newsite.media import storage
from newsite.media.models import Picture, Rendition
from newsite.media.names import kept_name, size_name
from newsite.media.reading import one_at_a_time

if TYPE_CHECKING:
    from PIL import Image

WIDTHS = (320, 640, 960, 1280, 1920)  # px
SAMPLE = 960  # px: of this width, or the next smaller, it is tried whether AVIF is worth its time
WORTH = 0.8  # of the bytes of the WebP
CARD = 1_200  # px of the JPEG that programs are shown which know no WebP


@dataclass(frozen=True)
class Made:
    """One size in one format."""

    format: str
    width: int
    height: int
    content: bytes

    @property
    def name(self) -> str:
        """Its file's name, behind the picture's key."""
        return size_name(self.width, self.format)


def widths(own: int) -> list[int]:
    """The widths of a picture that is so wide itself: none is larger."""
    return [width for width in WIDTHS if width < own] + ([own] if own <= WIDTHS[-1] else [])


def made(content: bytes, format: str) -> Iterator[Made]:  # noqa: A002
    """Every size of a picture that we drew; of one that moves, its first frame."""
    from PIL import Image  # noqa: PLC0415  # a server makes none

    from newsite.media import drawing  # noqa: PLC0415

    with one_at_a_time, Image.open(io.BytesIO(content)) as picture:
        whole = drawing.bare(picture, picture.size)
    sizes = [drawing.fitted(whole, width) for width in widths(whole.width)]
    webp = [_made(size, "webp") for size in sizes]
    yield from webp
    sample = max(at for at, size in enumerate(sizes) if size.width <= SAMPLE or at == 0)
    if len(_made(sizes[sample], "avif").content) <= WORTH * len(webp[sample].content):
        yield from (_made(size, "avif") for size in sizes)
    if format != "jpeg":
        card = drawing.opaque(drawing.fitted(whole, min(CARD, whole.width)))
        yield _made(card, "jpeg")


def make(picture_id: int) -> bool:
    """Makes and stores the sizes of a picture, if it is still there and has none; the caller commits.

    No transaction is open while it draws.
    """
    picture = db.session.get(Picture, picture_id)
    if picture is None or picture.renditions:
        return False
    key, form = picture.key, picture.format
    db.session.rollback()
    found = storage.current().open(f"{key}/{kept_name(form)}")
    if found is None:  # replaced or deleted at this moment
        return False
    rows = []
    for one in made(b"".join(found.pieces), form):
        storage.put(f"{key}/{one.name}", io.BytesIO(one.content))
        size = len(one.content)
        rows.append(Rendition(format=one.format, width=one.width, height=one.height, bytes=size))
    picture = db.session.get(Picture, picture_id, with_for_update={"key_share": True})
    if picture is None or picture.key != key:
        return False
    picture.renditions = rows
    return True


def _made(image: "Image.Image", form: str) -> Made:
    from newsite.media import drawing  # noqa: PLC0415

    content = drawing.written(image, form, drawing.RENDITION_QUALITIES)
    return Made(form, image.width, image.height, content)
