from collections.abc import Callable
from pathlib import Path

import exiftool
import pytest
from flask import Flask
from photographs import animation, exif, hidden_in, opened, photograph, saved, scene
from PIL import Image

from newsite.db import db
from newsite.media import renditions, storage
from newsite.media.models import Picture
from newsite.media.reading import read


@pytest.mark.parametrize(
    ("own", "widths"),
    [
        (1, [1]),
        (320, [320]),
        (321, [320, 321]),
        (1280, [320, 640, 960, 1280]),
        (2560, [320, 640, 960, 1280, 1920]),
    ],
)
def test_no_size_is_larger_than_the_picture(own: int, widths: list[int]) -> None:
    assert renditions.widths(own) == widths


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_every_size_is_a_picture_without_anything_hidden(kind: str):
    drawn = read(photograph(kind, size=(700, 350)))
    made = list(renditions.made(drawn.content, drawn.format))
    webp = [(one.width, one.height) for one in made if one.format == "webp"]
    assert webp == [(320, 160), (640, 320), (700, 350)]
    assert [one.name for one in made if one.format == "jpeg"] == ["700.jpg"] * (kind == "PNG")
    for one in made:
        image = opened(one.content)
        assert image.size == (one.width, one.height)
        assert hidden_in(one.content) == []


def test_exiftool_finds_nothing_in_any_size_of_any_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(renditions, "WORTH", 9.0)
    monkeypatch.setattr(renditions, "WIDTHS", (320, 1920))
    uploads = [photograph(kind, size=(400, 200)) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")]
    files = {}
    for number, upload in enumerate([*uploads, animation("WEBP", exif=exif())]):
        drawn = read(upload)
        for one in renditions.made(drawn.content, drawn.format):
            files[f"{number}/{one.name}"] = one.content
    assert {name.rpartition(".")[2] for name in files} == {"webp", "avif", "jpg"}
    assert exiftool.added(tmp_path, files) == set()


def test_avif_is_made_where_it_is_a_fifth_smaller(monkeypatch: pytest.MonkeyPatch):
    drawn = read(saved(scene((340, 100)), "JPEG"))
    for worth, formats in ((9.0, ["avif", "avif", "webp", "webp"]), (0.0, ["webp", "webp"])):
        monkeypatch.setattr(renditions, "WORTH", worth)
        made = renditions.made(drawn.content, "jpeg")
        assert sorted(one.format for one in made) == formats


def test_programs_that_know_no_webp_are_shown_a_jpeg_on_white():
    drawn = read(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "WEBP"))
    made = {one.format: one for one in renditions.made(drawn.content, "webp")}
    assert opened(made["jpeg"].content).getpixel((5, 5)) == (255, 255, 255)


def test_of_what_moves_there_is_a_still():
    drawn = read(animation())
    made = [one for one in renditions.made(drawn.content, "webp") if one.format == "webp"]
    assert getattr(opened(made[0].content), "n_frames", 1) == 1


def test_sizes_are_stored_and_written_down_once(make_picture: Callable[..., Picture]) -> None:
    picture = make_picture()
    assert renditions.make(picture.id)
    db.session.commit()
    found = {(one.format, one.width): one.bytes for one in picture.renditions}
    assert {("webp", 320), ("webp", 401)} <= found.keys()
    for (form, width), size in found.items():
        assert storage.current().size(f"{picture.key}/{width}.{form}") == size
    assert not renditions.make(picture.id)


def test_what_went_meanwhile_gets_no_sizes(
    make_picture: Callable[..., Picture], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not renditions.make(99)
    picture = make_picture()
    number, key = picture.id, picture.key
    whole = renditions.made

    def replaced(content: bytes, form: str):
        yield from whole(content, form)
        db.session.get_one(Picture, number).key = "f" * 32
        db.session.commit()

    monkeypatch.setattr(renditions, "made", replaced)
    assert not renditions.make(number)
    assert picture.renditions == []
    assert picture.key != key
    assert not renditions.make(number)  # nothing lies under that key
