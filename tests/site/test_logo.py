import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from newsite import changes
from newsite.db import db
from newsite.site import logo
from newsite.site.models import Logo, Site


def picture(
    kind: str = "PNG", size: tuple[int, int] = (400, 100), mode: str = "RGB", **saved: Any
) -> bytes:
    """A picture whose left half is red."""
    image = Image.new(mode, size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    stream = io.BytesIO()
    image.save(stream, kind, **saved)
    return stream.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 2,500,000,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((400, 100), (400, 100)),  # small enough: as it is
        ((3000, 600), (640, 128)),
        ((500, 1000), (80, 160)),
        ((10_000, 1), (640, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_a_png_that_fits_the_masthead(
    kind: str, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    content, measures = logo.made(picture(kind, size))
    assert measures == kept
    assert (opened(content).format, opened(content).size) == ("PNG", kept)


def test_a_transparent_background_stays_transparent() -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    stream = io.BytesIO()
    clear.save(stream, "PNG")
    content, _ = logo.made(stream.getvalue())
    assert opened(content).convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "A telephone"
    content, measures = logo.made(picture("JPEG", (100, 50), exif=exif))
    assert measures == (50, 100)
    assert not opened(content).getexif()
    red, green, _ = opened(content).convert("RGB").getpixel((25, 10))  # type: ignore[misc]
    assert red > 200 > green  # what was at the left is on top


def test_nothing_but_pixels_is_kept() -> None:
    info = PngInfo()
    info.add_text("Author", "Somebody with a name")
    content, _ = logo.made(picture(pnginfo=info, icc_profile=b"profile", dpi=(72, 72)))
    assert b"Somebody" not in content
    assert opened(content).info == {}


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"GIF89a",
        picture("GIF"),
        picture("TIFF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:60],
        picture("JPEG")[:200],
        picture("WEBP")[:40],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(upload: bytes) -> None:
    with pytest.raises(logo.BadPicture) as refusal:
        logo.made(upload)
    assert (
        refusal.value.message == "This is no picture that can be read. Choose a PNG, JPEG or WebP."
    )
    assert refusal.value.field == "logo"


def test_a_bomb_is_not_decoded() -> None:
    with pytest.raises(logo.BadPicture):
        logo.made(bomb())


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(logo.BadPicture, match="too many pixels"):
        logo.made(picture(size=(4000, 3001), mode="1"))


def test_a_megabyte_is_enough() -> None:
    with pytest.raises(logo.BadPicture, match="more than 1 MB"):
        logo.made(picture() + b"\x00" * logo.MAX_BYTES)


def test_a_logo_is_put_up_and_taken_down(site: Site) -> None:
    put_up = logo.put_up(site, picture())
    db.session.commit()
    assert site.logo is put_up
    assert (put_up.width, put_up.height) == (400, 100)
    assert hashlib.sha256(put_up.content).hexdigest() == put_up.sha256
    assert changes.since(0) == {"site"}
    logo.take_down(site)
    db.session.commit()
    assert site.logo is None
    assert changes.since(1) == {"site"}


def test_the_same_logo_is_stored_once(site: Site) -> None:
    first = logo.put_up(site, picture())
    logo.put_up(site, picture(size=(40, 40)))
    assert logo.put_up(site, picture()) is first
    db.session.commit()
    assert (
        db.session.scalar(sa.select(sa.func.count(Logo.id))) == 2
    )  # kept pages may show the other
