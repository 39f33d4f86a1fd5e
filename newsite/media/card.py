"""A social card: what other sites show of an article that has no picture. Its title, in large letters on paper.

The letters are Liberation Serif Bold's, which come along under the OFL (their licence lies beside them): Latin, Greek
and Cyrillic. Emoji and other signs are left out. A title with letters of another script is not drawn in part, which
would say something else: its card has the site's name and tagline, as far as there are letters for them.
"""

import io
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

SIZE = (1200, 630)  # px: what all of them show uncut
MARGIN, BAR = 72, 18  # px
SIZES = range(92, 35, -4)  # px of the letters: the largest in which the title has room
NAME_SIZE = 40  # px
PAPER, INK = "#ffffff", "#15181b"
LINE = 1.12  # of the letters' size
FONT = Path(__file__).parent / "font" / "LiberationSerif-Bold.ttf"
ELLIPSIS = "…"
# What the font has shapes for, of what stands in titles.
_LETTERS = re.compile(
    "[\\s\u0021-\u007e\u00a1-\u00ac\u00ae-\u024f\u0386-\u03ce\u0400-\u045f\u0490\u0491"
    "\u1e00-\u1e99\u1ea0-\u1ef9\u2010-\u2022\u2026\u20ac\u2116\u2122]+"
)


def words(title: str, site: str, tagline: str) -> tuple[str, str]:
    """What stands on a card, large and small; either may be empty."""
    large = _drawable(title)
    return (large, _drawable(site)) if large else (_drawable(site), _drawable(tagline))


def drawn(large: str, small: str, accent: str) -> bytes:
    """The card with these words as a PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # a server draws none

    font = ImageFont.truetype(FONT, NAME_SIZE)
    card = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((MARGIN, MARGIN, MARGIN + 200, MARGIN + BAR), fill=accent)
    draw.line((MARGIN, MARGIN, SIZE[0] - MARGIN, MARGIN), fill=INK, width=2)
    bottom = SIZE[1] - MARGIN
    for line in wrapped(small, font, SIZE[0] - 2 * MARGIN, 1):
        draw.text((MARGIN, bottom), line, font=font, fill=INK, anchor="ls")
    room = bottom - NAME_SIZE - 2 * MARGIN - BAR
    font, lines = _largest(large, room)
    for number, line in enumerate(lines):
        at = MARGIN + BAR + 40 + number * font.size * LINE
        draw.text((MARGIN, at), line, font=font, fill=INK, anchor="lt")
    stream = io.BytesIO()
    card.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def wrapped(words: str, font: "ImageFont.FreeTypeFont", width: int, most: int) -> list[str]:
    """The words in at most so many lines, none wider than `width` px; what has no room is an ellipsis."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < most:
        count = 1
        while count < len(rest) and font.getlength(" ".join(rest[: count + 1])) <= width:
            count += 1
        lines.append(" ".join(rest[:count]))
        rest = rest[count:]
    return [_cut(line, font, width, is_whole=not rest or line != lines[-1]) for line in lines]


def _cut(line: str, font: "ImageFont.FreeTypeFont", width: int, *, is_whole: bool) -> str:
    if is_whole and font.getlength(line) <= width:
        return line
    while line and font.getlength(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(" ,;:.–") + ELLIPSIS


def _largest(title: str, room: int) -> tuple["ImageFont.FreeTypeFont", list[str]]:
    from PIL import ImageFont  # noqa: PLC0415

    width = SIZE[0] - 2 * MARGIN
    font = ImageFont.truetype(FONT, SIZES[-1])
    lines: list[str] = []
    for size in SIZES:
        font = ImageFont.truetype(FONT, size)
        lines = wrapped(title, font, width, int(room // (size * LINE)))
        if not lines or not lines[-1].endswith(ELLIPSIS) or title.endswith(ELLIPSIS):
            break
    return font, lines


def _drawable(words: str) -> str:
    """The words without signs that have no shape; nothing of them where a letter or a figure has none."""
    shaped = []
    for sign in unicodedata.normalize("NFC", words):
        if _LETTERS.fullmatch(sign):
            shaped.append(sign)
        elif unicodedata.category(sign)[0] in "LN":
            return ""
    found = "".join(shaped)
    return " ".join(found.split())
