"""Photographs as people upload them, with all that cameras and programs leave in them."""

import io
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRETS = (b"52.4068", b"Secret Source", b"hidden-xmp", b"hidden-comment", b"hidden-iptc", b"Canon")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>hidden-xmp Secret Source</rdf></x:xmpmeta>'


def scene(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red, with a gradient in its right half."""
    image = Image.new("RGB", size, "red")
    ramp = Image.linear_gradient("L").resize((max(1, size[0] // 2), size[1]))
    image.paste(ramp.convert("RGB"), (size[0] - ramp.width, 0))
    return image.convert(mode)


def exif(orientation: int = 1) -> bytes:
    """EXIF with a camera, a name, a place and a thumbnail."""
    data = Image.Exif()
    data[0x0112], data[0x010F], data[0x013B] = orientation, "Canon", "Secret Source"
    data.get_ifd(0x8825)[29] = "2026:11:22"
    gps = {1: "N", 2: (52.0, 24.0, 24.5), 3: "W", 4: (1.0, 30.0, 36.0), 27: b"52.4068"}
    data.get_ifd(0x8825).update(gps)
    thumbnail = io.BytesIO()
    Image.new("RGB", (160, 120), "blue").save(thumbnail, "JPEG")
    return data.tobytes() + thumbnail.getvalue()


def iptc() -> bytes:
    """An APP13 segment with a caption in IPTC."""
    said = b"\x1c\x02\x78" + struct.pack(">H", 11) + b"hidden-iptc"
    block = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(said)) + said + b"\0" * (len(said) % 2)
    body = b"Photoshop 3.0\x00" + block
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def photograph(kind: str, *, size: tuple[int, int] = (640, 480), orientation: int = 1) -> bytes:
    """A photograph of this format with a place, a name, a thumbnail, a comment and a profile in it."""
    image, beside = scene(size), {"exif": exif(orientation), "icc_profile": wide_profile()}
    if kind == "GIF":
        return saved(image, kind, comment=b"hidden-comment Secret Source 52.4068")
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Comment", "hidden-comment Secret Source")
        words.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return saved(image, kind, pnginfo=words, **beside)
    if kind == "JPEG":
        made = saved(
            image, kind, comment=b"hidden-comment <script>alert(1)</script>", xmp=XMP, **beside
        )
        return made[:2] + iptc() + made[2:]
    return saved(image, kind, xmp=XMP, **beside)


@cache  # it has the time of its making in it
def wide_profile() -> bytes:
    """sRGB with red and green changed about, so that whoever ignores it is seen to."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    places = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * 20, 12)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it has 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    begin = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return begin + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def animation(
    kind: str = "GIF", frames: int = 3, size: tuple[int, int] = (80, 60), **how: Any
) -> bytes:
    """A picture that moves."""
    images = [Image.new("RGB", size, (at * 40 % 256, 0, 90)) for at in range(frames)]
    more = ({"comment": b"hidden-comment"} if kind == "GIF" else {}) | how
    return saved(
        images[0], kind, save_all=True, append_images=images[1:], duration=120, loop=0, **more
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def hidden_in(content: bytes) -> list[bytes]:
    """Which secrets of ours are in these bytes, also those packed inside a PNG."""
    found = [secret for secret in SECRETS if secret in content]
    with opened(content) as image:
        image.load()
        names = {
            "exif",
            "icc_profile",
            "comment",
            "xmp",
            "photoshop",
            "XML:com.adobe.xmp",
            "Comment",
        }
        return found + [name.encode() for name in image.info.keys() & names]


def write_all(folder: Path) -> list[Path]:
    """A photograph of each format in a folder."""
    made = []
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        path = folder / f"photograph.{kind.lower()}"
        path.write_bytes(photograph(kind))
        made.append(path)
    return made
