import io

import pytest
from PIL import Image, ImageFont

from newsite.media import card


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert image.info == {}
        return image.size


@pytest.mark.parametrize(
    "title",
    [
        "Strike",
        "Agency drivers win back three years of holiday pay " * 6,
        "x" * 300,
        "Забастовка Ωμέγα",
        "€",
    ],
)
def test_a_card_is_as_large_as_other_sites_show_it(title: str) -> None:
    large, small = card.words(title, "The Loading Bay", "News of the night shift")
    assert (large, small) == (title.strip(), "The Loading Bay")
    assert size_of(card.drawn(large, small, "#c3122f")) == (1200, 630)


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Strike 🎉", "Strike"),
        ("👩🏽‍🏭 Night ✊🏿 shift 🇬🇧 votes", "Night shift votes"),
        ("No. 1️⃣", "No. 1"),
        ("soft\xadhyphen\u2067", "softhyphen"),
        ("Cafe\u0301 \ufb01", ""),  # a letter that the font has not
        ("Cafe\u0301", "Café"),
        ("Strike → vote", "Strike vote"),
        ("罢工 in Coventry", ""),  # a part of it would say something else
        ("إضراب", ""),
        ("🎉🎉", ""),
    ],
)
def test_signs_without_a_shape_are_left_out_and_titles_with_other_letters(
    title: str, drawn: str
) -> None:
    expected = (drawn, "The Loading Bay") if drawn else ("The Loading Bay", "News")
    assert card.words(title, "The Loading Bay 🚚", "News") == expected


def test_a_card_without_any_words_is_a_card_still() -> None:
    assert card.words("罢工", "工报", "新闻") == ("", "")
    assert size_of(card.drawn("", "", "#c3122f")) == (1200, 630)


def test_there_is_a_shape_for_every_letter_that_is_promised() -> None:
    font = ImageFont.truetype(card.FONT, 20)
    box = bytes(font.getmask("\uffff"))
    for code in (0x41, 0xE9, 0x17F, 0x24F, 0x3A9, 0x45F, 0x491, 0x1E99, 0x1EF9, 0x2019, 0x20AC):
        assert card.words(chr(code), "x", "")[0]
        assert bytes(font.getmask(chr(code))) != box


def test_lines_are_as_wide_as_measured_and_end_with_an_ellipsis() -> None:
    font = ImageFont.truetype(card.FONT, 40)
    lines = card.wrapped("one two three four five six seven eight nine ten", font, 300, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= 300 for line in lines)
    assert card.wrapped("one two", font, 300, 2) == ["one two"]
