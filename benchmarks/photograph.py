"""A photograph of 24 million pixels, made by a seed, with about as much in it as a camera's."""

import io
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageDraw

SIZE = (6_000, 4_000)  # px
VERSION = 1  # raise it when another one is made
LEAVES = 8_000  # shapes that lie over one another, the small ones uppermost
LARGEST, SMALLEST = 0.25, 0.002  # of the width
GRAIN = 6  # of 255, around the middle: what a sensor adds by itself
ORIENTATION, TURNED = 0x0112, 6  # of EXIF: held upright


def kept(folder: Path, size: tuple[int, int] = SIZE) -> Path:
    """The file of the photograph, made if it is not there yet."""
    path = folder / f"photograph-{VERSION}-{size[0]}x{size[1]}.jpg"
    if not path.exists():
        path.write_bytes(made(size))
    return path


def made(size: tuple[int, int] = SIZE) -> bytes:
    """The photograph as a camera writes it: JPEG with a colour profile, a camera's name, and how it was held."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = TURNED, "Camera"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stream = io.BytesIO()
    scene(size).save(
        stream, "JPEG", quality=92, subsampling=0, exif=exif.tobytes(), icc_profile=profile
    )
    return stream.getvalue()


def scene(size: tuple[int, int]) -> Image.Image:
    """Leaves of every size over one another, as most things are that are photographed, and grain."""
    dice = random.Random(1)  # noqa: S311  # the same for everybody
    picture = Image.new("RGB", size, "grey")
    draw = ImageDraw.Draw(picture)
    for at in range(LEAVES):
        across = size[0] * LARGEST * (SMALLEST / LARGEST) ** (at / LEAVES)
        wide, high = across * dice.uniform(0.4, 1), across * dice.uniform(0.4, 1)
        x, y = dice.uniform(0, size[0]), dice.uniform(0, size[1])
        shade, tint = dice.randrange(30, 220), dice.randrange(30)
        draw.ellipse(
            (x - wide, y - high, x + wide, y + high), fill=(shade, shade + tint, shade // 2 + tint)
        )
    return ImageChops.add(picture, _grain(dice, size), offset=-GRAIN)


def _grain(dice: random.Random, size: tuple[int, int]) -> Image.Image:
    tile = Image.frombytes(
        "L", (512, 512), bytes(GRAIN + dice.randrange(-GRAIN, GRAIN) for _ in range(512**2))
    )
    tiled = Image.new("L", size)
    for x in range(0, size[0], tile.width):
        for y in range(0, size[1], tile.height):
            tiled.paste(tile, (x, y))
    return tiled.convert("RGB")


def megapixels(path: Path) -> float:
    """How many million pixels a picture has."""
    with Image.open(path) as picture:
        return picture.width * picture.height / 1e6
