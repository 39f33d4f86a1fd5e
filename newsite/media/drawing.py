"""Pixels and nothing else: upright, in sRGB, without metadata; and writing them down in one format or another."""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

from PIL import Image, ImageCms, ImageSequence

ORIENTATION = 0x0112  # in EXIF
QUALITIES: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 88, "optimize": True, "progressive": True},
    "png": {"optimize": True},
    "webp": {"quality": 86, "method": 4},
}
# What readers are sent; the kept one is what these are made from.
RENDITION_QUALITIES: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 82, "optimize": True, "progressive": True},
    "webp": {"quality": 78, "method": 4},
    "avif": {"quality": 55, "speed": 8},
}
_PLAIN = {"RGB", "RGBA", "L"}
_SRGB = ImageCms.createProfile("sRGB")


def bare(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The picture as it is meant to be seen, no larger than the box: RGB, RGBA or grey, and nothing beside it."""
    turned, profile = _orientation(picture), picture.info.get("icc_profile")
    drawn = _eight_bits(picture)
    if drawn.mode not in {*_PLAIN, "CMYK"}:  # a palette cannot be scaled
        drawn = drawn.convert("RGBA" if drawn.has_transparency_data else "RGB")
    elif drawn.mode in ("RGB", "L") and "transparency" in drawn.info:
        drawn = drawn.convert("RGBA")
    drawn.thumbnail(box if turned < 5 else box[::-1], Image.Resampling.LANCZOS)
    drawn = _in_srgb(drawn, profile)
    if turned > 1:
        drawn = drawn.transpose(_TURNS[turned])
    plain = drawn.copy()  # no longer what a decoder made, which holds on to more than pixels
    plain.info = {}  # all that a writer would take along: profile, comment, EXIF, XMP
    return plain


def opaque(picture: Image.Image) -> Image.Image:
    """The picture on white, for a format that has no transparency."""
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture)
    return paper


def written(
    picture: Image.Image,
    form: str,
    qualities: dict[str, dict[str, Any]] = QUALITIES,
) -> bytes:
    """The bytes of a bare picture in a format: "webp"."""
    stream = io.BytesIO()
    picture.save(stream, form, **qualities[form])
    return stream.getvalue()


def moving(picture: Image.Image, box: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """All frames as a WebP, no larger than the box, and its measures; for ever, if it was."""
    loop = int(picture.info.get("loop", 1))
    times = [_milliseconds(frame) for frame in ImageSequence.Iterator(picture)]
    frames = _frames(picture, box)
    first, stream = next(frames), io.BytesIO()
    first.save(
        stream, "webp", save_all=True, append_images=frames, duration=times, loop=loop,
        quality=75, method=2,
    )  # fmt: skip
    return stream.getvalue(), first.size


def _frames(picture: Image.Image, box: tuple[int, int]) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(picture):
        yield bare(frame.convert("RGBA"), box)


def _milliseconds(frame: Image.Image) -> int:
    frame.load()  # WebP says it only then
    return min(max(int(frame.info.get("duration", 100)), 20), 60_000)


def _orientation(picture: Image.Image) -> int:
    """1 to 8, as in EXIF; 1 where it cannot be read."""
    found = 1
    with suppress(Exception):  # whatever is wrong with metadata, the picture is as it is
        found = picture.getexif().get(ORIENTATION, 1)
    return found if found in _TURNS else 1


_TURNS = {
    1: Image.Transpose.ROTATE_180,  # never asked for
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _eight_bits(picture: Image.Image) -> Image.Image:
    """The picture with 256 steps of a colour: 16 bits are scaled, where Pillow would cut them off."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours without a profile, as every browser takes a picture that has none."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    with suppress(
        ImageCms.PyCMSError, OSError, ValueError, TypeError
    ):  # it fits another mode, or is none
        if profile:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return cast(
                Image.Image, ImageCms.profileToProfile(picture, given, _SRGB, outputMode=mode)
            )
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def fitted(picture: Image.Image, width: int) -> Image.Image:
    """A bare picture in another width, whole."""
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
