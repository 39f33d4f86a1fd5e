from typing import Any

import pytest

from newsite.media import printing, shown
from newsite.media.shown import ShownPicture

KEY = "ab" * 16
SIZES = "webp:320:240,webp:1280:960,webp:1920:1440"


def picture(**given: Any) -> ShownPicture:
    values: dict[str, Any] = {
        "key": KEY, "format": "jpeg", "width": 2000, "height": 1500, "bytes": 9, "alt": "The <gate>",
        "caption": "At six & seven", "credit": "Ann", "focal_x": 50, "focal_y": 50, "is_animated": False,
        "sizes": None,
    }  # fmt: skip
    return ShownPicture(**(values | given))


def test_until_there_are_sizes_the_picture_itself_is_shown() -> None:
    html = printing.image(picture(), is_first=True)
    assert html == (
        f'<img src="/media/{KEY}/full.jpg" width="2000" height="1500" alt="The &lt;gate&gt;">'
    )
    assert printing.small(picture()) == f"/media/{KEY}/full.jpg"


def test_a_browser_chooses_among_the_sizes() -> None:
    html = printing.image(picture(sizes=SIZES), sizes="50vw")
    assert f'src="/media/{KEY}/1280.webp"' in html
    assert f'srcset="/media/{KEY}/320.webp 320w, /media/{KEY}/1280.webp 1280w, ' in html
    assert 'sizes="50vw"' in html
    assert 'loading="lazy"' in html
    assert printing.small(picture(sizes=SIZES), 321) == f"/media/{KEY}/1280.webp"
    assert printing.small(picture(sizes=SIZES), 9999) == f"/media/{KEY}/1920.webp"


def test_avif_is_offered_first() -> None:
    html = printing.image(picture(sizes=f"{SIZES},avif:320:240"))
    assert html.startswith(
        f'<picture><source type="image/avif" srcset="/media/{KEY}/320.avif 320w"'
    )


def test_whoever_asks_for_calm_sees_a_still() -> None:
    html = printing.image(picture(is_animated=True, format="webp", sizes="webp:320:240"))
    assert html.startswith(
        f'<picture><source media="(prefers-reduced-motion: reduce)" srcset="/media/{KEY}/320.webp">'
    )
    assert f'<img src="/media/{KEY}/full.webp" width' in html
    assert printing.image(picture(is_animated=True)).startswith("<img")


@pytest.mark.parametrize(
    ("x", "y", "classes"),
    [(50, 50, None), (0, 100, "x0 y100"), (12, 13, "x0 y25"), (62, 60, None), (63, 50, "x75")],
)
def test_what_must_not_be_cut_off_is_a_class(x: int, y: int, classes: str | None) -> None:
    html = printing.image(picture(focal_x=x, focal_y=y))
    assert (f'class="{classes}"' in html) == (classes is not None)
    assert classes is not None or "class" not in html


@pytest.mark.parametrize(
    ("given", "caption", "expected"),
    [
        ({}, None, "<figcaption>At six &amp; seven <small>Ann</small></figcaption>"),
        ({}, "<em>Mine</em>", "<figcaption><em>Mine</em> <small>Ann</small></figcaption>"),
        ({"caption": ""}, None, "<figcaption><small>Ann</small></figcaption>"),
        ({"credit": ""}, None, "<figcaption>At six &amp; seven</figcaption>"),
        ({"credit": "", "caption": ""}, None, ""),
    ],
)
def test_a_caption_is_the_articles_or_the_pictures_own(
    given: dict[str, Any], caption: str | None, expected: str
) -> None:
    html = printing.figure(picture(**given), caption=caption)
    assert html.partition(">")[2].endswith(f"{expected}</figure>")
    assert ("figcaption" in html) == bool(expected)
    assert printing.figure(picture(), place="wide").startswith('<figure class="wide"><img')


def test_programs_are_shown_a_jpeg_if_there_is_one() -> None:
    assert printing.for_programs(picture()) == (f"/media/{KEY}/full.jpg", 2000, 1500)
    found = printing.for_programs(picture(format="webp", sizes="jpeg:1200:900"))
    assert found == (f"/media/{KEY}/1200.jpg", 1200, 900)


def test_no_picture_is_none() -> None:
    assert shown.of([None] * 12) is None
