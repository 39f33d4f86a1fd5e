import io
from typing import Any

import pytest
from photographs import animation, opened, saved, scene
from PIL import Image

from newsite.media import cut
from newsite.media.reading import Drawn, read
from newsite.media.shown import ShownPicture


def picture(width: int, height: int, **given: Any) -> ShownPicture:
    values: dict[str, Any] = {
        "key": "ab" * 16, "format": "jpeg", "width": width, "height": height, "bytes": 9, "alt": "",
        "caption": "", "credit": "", "focal_x": 50, "focal_y": 50, "is_animated": False, "sizes": None,
    }  # fmt: skip
    return ShownPicture(**(values | given))


def kept(drawn: Drawn, **given: Any) -> ShownPicture:
    return picture(drawn.width, drawn.height, format=drawn.format, **given)


@pytest.mark.parametrize(
    ("own", "measures"),
    [
        ((2560, 1707), (1200, 630)),
        ((1200, 630), (1200, 630)),
        ((1200, 2400), (1200, 630)),
        ((2560, 500), (952, 500)),
        ((800, 600), (800, 420)),
        ((2560, 1), (2, 1)),
        ((1, 2560), (1, 1)),
    ],
)
def test_a_card_is_cut_and_never_blown_up(own: tuple[int, int], measures: tuple[int, int]) -> None:
    assert cut.measures(picture(*own)) == measures
    content = saved(Image.new("RGB", own, "red"), "JPEG")
    with opened(cut.drawn(content, picture(*own))) as image:
        assert (image.format, image.size) == ("JPEG", measures)
        assert image.getpixel((measures[0] - 1, measures[1] - 1))[0] > 240  # type: ignore[index]


@pytest.mark.parametrize(
    ("focal", "colour"), [((0, 50), 0), ((50, 50), 1), ((100, 50), 2), ((30, 0), 0), ((40, 0), 1)]
)
def test_what_must_not_be_cut_off_is_not(focal: tuple[int, int], colour: int) -> None:
    bands = Image.new("RGB", (3000, 300))
    for at, name in enumerate(("#ff0000", "#00ff00", "#0000ff")):
        bands.paste(Image.new("RGB", (1000, 300), name), (at * 1000, 0))
    drawn = read(saved(bands, "JPEG"))
    found = cut.drawn(drawn.content, kept(drawn, focal_x=focal[0], focal_y=focal[1]))
    with opened(found) as image:
        middle = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(middle, tuple)
    assert max(range(3), key=lambda at: middle[at]) == colour


@pytest.mark.parametrize(
    "upload", [animation(), saved(scene(mode="L"), "JPEG"), saved(scene(mode="P"), "GIF")]
)
def test_whatever_is_kept_is_a_jpeg_there(upload: bytes) -> None:
    drawn = read(upload)
    with Image.open(io.BytesIO(cut.drawn(drawn.content, kept(drawn)))) as image:
        assert image.format == "JPEG"


def test_what_is_transparent_is_on_white() -> None:
    drawn = read(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    with opened(cut.drawn(drawn.content, kept(drawn))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
