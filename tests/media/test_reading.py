from pathlib import Path

import exiftool
import pytest
from photographs import (
    animation,
    bomb,
    exif,
    hidden_in,
    opened,
    photograph,
    saved,
    scene,
    wide_profile,
    write_all,
)
from PIL import Image

from newsite.media import reading
from newsite.media.reading import BadPicture, read

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_what_was_hidden_is_kept(kind: str):
    upload = photograph(kind)
    assert hidden_in(upload)
    drawn = read(upload)
    assert hidden_in(drawn.content) == []
    assert b"script" not in drawn.content


def test_exiftool_finds_nothing_that_somebody_put_in(tmp_path: Path):
    uploads = {path.name: path.read_bytes() for path in write_all(tmp_path)}
    uploads["phone.mpo"] = saved(
        scene(), "MPO", save_all=True, append_images=[scene()], exif=exif()
    )
    uploads["moving.webp"] = animation("WEBP", exif=exif(), icc_profile=wide_profile())
    for name, upload in uploads.items():
        assert exiftool.added(tmp_path, {name: upload}), name
    drawn = {name: read(upload) for name, upload in uploads.items()}
    kept = {f"{name}.{one.format}": one.content for name, one in drawn.items()}
    assert exiftool.added(tmp_path, kept) == set()


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (640, 480), (10, 10)),
        (2, (640, 480), (630, 10)),
        (3, (640, 480), (630, 470)),
        (4, (640, 480), (10, 470)),
        (5, (480, 640), (10, 10)),
        (6, (480, 640), (470, 10)),
        (7, (480, 640), (470, 630)),
        (8, (480, 640), (10, 630)),
        (9, (640, 480), (10, 10)),  # there is none
    ],
)
def test_a_picture_stands_upright(
    orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    data = Image.Exif()
    data[0x0112] = orientation
    drawn = read(saved(scene(), "JPEG", exif=data.tobytes()))
    assert (drawn.width, drawn.height) == size
    colour = opened(drawn.content).getpixel(red)
    assert isinstance(colour, tuple)
    assert colour[0] > 240
    assert colour[1] < 20


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_are_those_that_were_seen(kind: str):
    # Its profile says that its red is green: as programs that mind it show it.
    red, green, _ = opened(read(photograph(kind)).content).convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert (red < 20, green > 240) == (True, True)


def test_metadata_that_cannot_be_read_turns_nothing():
    broken = saved(scene(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(9))
    drawn = read(broken)
    assert (drawn.width, drawn.height) == (640, 480)


def test_a_profile_that_is_none_changes_nothing():
    drawn = read(saved(scene(), "JPEG", icc_profile=b"no profile"))
    assert opened(drawn.content).getpixel((10, 10))[0] > 240  # type: ignore[index]


@pytest.mark.parametrize(
    ("upload", "kept", "mode"),
    [
        (saved(scene(mode="CMYK"), "JPEG"), "jpeg", "RGB"),
        (saved(scene(mode="L"), "JPEG"), "jpeg", "L"),
        (saved(scene(mode="P"), "GIF", transparency=0), "png", "RGBA"),
        (saved(scene(mode="P"), "PNG"), "png", "RGB"),
        (saved(scene(mode="RGB"), "PNG", transparency=(255, 0, 0)), "png", "RGBA"),
        (saved(scene(mode="RGBA"), "WEBP"), "webp", "RGB"),
        (saved(scene(mode="LA"), "PNG"), "png", "RGBA"),
        (saved(scene(mode="1"), "PNG"), "png", "RGB"),
        (saved(Image.new("I;16", (90, 90), 40_000), "PNG"), "png", "L"),
    ],
)
def test_every_kind_of_pixels_is_drawn(upload: bytes, kept: str, mode: str) -> None:
    drawn = read(upload)
    image = opened(drawn.content)
    assert (drawn.format, image.mode) == (kept, mode)


def test_sixteen_bits_are_scaled_and_not_cut_off():
    drawn = read(saved(Image.new("I;16", (90, 90), 40_000), "PNG"))
    assert opened(drawn.content).getpixel((5, 5)) == 156


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((5200, 1000), (2560, 492)),
        ((2561, 100), (2560, 100)),
        ((1, 1), (1, 1)),
        ((1, 9000), (1, 2560)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_kept_is_as_large_as_a_fine_screen(
    kind: str, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    drawn = read(saved(Image.new("RGB", size, "red"), kind))
    assert (drawn.width, drawn.height) == kept


def test_a_phones_picture_with_others_behind_it_is_the_first_one():
    first, second = scene((200, 100)), Image.new("RGB", (200, 100), "blue")
    upload = saved(first, "MPO", save_all=True, append_images=[second])
    drawn = read(upload)
    assert (drawn.format, drawn.is_animated) == ("jpeg", False)
    assert opened(drawn.content).getpixel((10, 10))[0] > 240  # type: ignore[index]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving(kind: str):
    drawn = read(animation(kind))
    image = opened(drawn.content)
    assert (drawn.format, drawn.is_animated, image.n_frames) == ("webp", True, 3)  # type: ignore[attr-defined]
    assert b"hidden-comment" not in drawn.content
    image.load()
    assert image.info["duration"] == 120


def test_what_moves_is_smaller_than_what_stands():
    drawn = read(animation(size=(1400, 70), frames=2))
    assert (drawn.width, drawn.height) == (1280, 64)


BAD = {
    "empty": (lambda: b"", "The file is empty"),
    "a megabyte too much": (lambda: bytes(reading.MAX_BYTES + 1024**2), "The file has 26 MB"),
    "200 MB": (lambda: bytes(200 * 1024**2), "The file has 200 MB; 25 MB are as many"),
    "a bomb": (bomb, "far more than 40 million pixels"),
    "49 million": (lambda: bomb(7000, 7000), "has 7,000 × 7,000 pixels"),
    "SVG": (lambda: b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "This is an SVG"),
    "bare SVG": (lambda: b"<!-- x --><SVG onload='alert(1)'>", "This is an SVG"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic" + bytes(90), "This is a HEIC photo"),
    "PDF": (lambda: b"%PDF-1.7", "no picture that can be read"),
    "HTML": (lambda: b"<html><script>alert(1)</script>", "no picture that can be read"),
    "TIFF": (lambda: saved(scene(), "TIFF"), "no picture that can be read"),
    "BMP": (lambda: saved(scene(), "BMP"), "no picture that can be read"),
    "both": (lambda: photograph("JPEG") + b"<script>alert(1)</script>", "There is something else"),
    "a film": (lambda: animation(frames=301, size=(4, 3)), "This picture moves, with 301 frames"),
    **{
        f"half a {kind}": (
            lambda kind=kind: photograph(kind)[: len(photograph(kind)) // 2],
            "or only a part of one",
        )
        for kind in KINDS
    },
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_picture_is_refused_with_the_mend(what: str) -> None:
    made, sentence = BAD[what]
    with pytest.raises(BadPicture, match=sentence) as refused:
        read(made())
    assert refused.value.field == "files"


def test_what_moves_has_no_more_pixels_than_readers_wait_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MAX_MOVING_PIXELS", 3 * 80 * 60 - 1)
    with pytest.raises(BadPicture, match="This picture moves, with 3 frames of 80 × 60 pixels"):
        read(animation())
