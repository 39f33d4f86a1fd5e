"""What other sites show of an article with a picture: so much of it as has a social card's shape."""

import io

from newsite.media.card import SIZE
from newsite.media.printing import Shown
from newsite.media.reading import one_at_a_time


def measures(picture: Shown) -> tuple[int, int]:
    """Width and height, in px: a card's, or of a smaller picture as much as there is."""
    left, top, right, bottom = _box(picture)
    width = max(1, round(right - left))
    return SIZE if width >= SIZE[0] else (width, max(1, round(bottom - top)))


def drawn(content: bytes, picture: Shown) -> bytes:
    """The part of a kept picture around what must not be cut off, as a JPEG; of one that moves, its first frame."""
    from PIL import Image  # noqa: PLC0415  # a server draws few

    from newsite.media import drawing  # noqa: PLC0415

    box, size = _box(picture), measures(picture)
    with one_at_a_time, Image.open(io.BytesIO(content)) as kept:
        enough = min(1.0, size[0] / (box[2] - box[0]))
        # A JPEG is decoded at a half of its size, if that will do.
        kept.draft("RGB", (int(kept.width * enough), int(kept.height * enough)))
        whole = drawing.opaque(drawing.bare(kept, kept.size))
    scale = whole.width / picture.width
    left, top, right, bottom = (side * scale for side in box)
    part = left, top, min(right, whole.width), min(bottom, whole.height)
    card = whole.resize(size, Image.Resampling.LANCZOS, box=part)
    return drawing.written(card, "jpeg", drawing.RENDITION_QUALITIES)


def _box(picture: Shown) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the largest part in a card's shape, around the focal point as near as can be."""
    width = min(picture.width, picture.height * SIZE[0] / SIZE[1])
    height = min(picture.height, picture.width * SIZE[1] / SIZE[0])
    left = _placed(picture.focal_x, picture.width, width)
    top = _placed(picture.focal_y, picture.height, height)
    return left, top, left + width, top + height


def _placed(percent: int, whole: int, part: float) -> float:
    """Where a part begins whose middle is at so many percent of the whole, and which does not reach beyond it."""
    return min(max(whole * percent / 100 - part / 2, 0.0), whole - part)
