"""Words as data: tidying what people typed, slugs, excerpts, and how long a text takes to read."""

import re
import unicodedata
from html.parser import HTMLParser

import slugify as python_slugify

MAX_SLUG_CHARS = 80  # longer addresses are cut by mail programs and chat windows
MAX_WORD_CHARS = 100  # of a word that is searched for; what is longer is none
READING_SPEED = 220  # words a minute; silent reading of English non-fiction, rounded down
ELLIPSIS = "…"

# What a person cannot have meant to type. Kept are tab and newline, the marks U+200C to U+200F
# (Persian, Arabic, Hebrew and emoji are wrong without them), the zero-width space (Khmer and Thai
# break lines at it) and the tag characters (the flags of Scotland and Wales are made of them).
_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters; most are not allowed in XML
    "\u202a-\u202e\u2066-\u2069"  # bidi overrides and isolates: they can make text read as another
    "\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # invisible, deprecated or for programs only
    "\ud800-\udfff"  # half a character; UTF-8 cannot carry it
    "\ufdd0-\ufdef"  # never characters at all, as are the last two of each plane
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_PLAIN = re.compile(r"[\t\n -~]*")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s{2,}|[\n\t]")
_BLANK_LINES = re.compile("\n{4,}")
_ALONE = "\u2e80-\u303f\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"  # Chinese and Japanese
_WORD = re.compile(f"[{_ALONE}]|[^\\W_{_ALONE}]+")
_LOOKS_EMPTY = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters by category, blank to the eye


def tidy_characters(value: str) -> str:
    """The value in NFC without characters that nobody types; lines end with a newline only."""
    if _PLAIN.fullmatch(value):  # most English text: a third of the time
        return value
    kept = _UNWANTED.sub("", _LINE_ENDS.sub("\n", value))
    return unicodedata.normalize("NFC", kept)


def tidy_line(value: str) -> str:
    """One line of a person's text, trimmed; empty if nothing in it can be seen."""
    line = _SPACES.sub(" ", tidy_characters(value)).strip()
    return line if _is_visible(line) else ""


def tidy_text(value: str) -> str:
    """A person's text of many lines, trimmed, with at most two blank lines in a row."""
    lines = [line.rstrip() for line in tidy_characters(value).split("\n")]
    text = _BLANK_LINES.sub("\n\n\n", "\n".join(lines)).strip()
    return text if _is_visible(text) else ""


def slugify(title: str, fallback: str) -> str:
    """The title as a part of an address: at most 80 ASCII characters, cut between words.

    `fallback` stands in where nothing is left, as for a title of emoji.
    """
    slug = python_slugify.slugify(
        tidy_line(title), max_length=MAX_SLUG_CHARS, word_boundary=True, save_order=True
    )
    return slug or fallback


def plain(html: str) -> str:
    """The words of cleaned HTML: one line for each block, no tags, no entities."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(html: str, limit: int = 200) -> str:
    """The first whole words of cleaned HTML, in one line of at most `limit` characters."""
    words = " ".join(plain(html).split())
    if len(words) <= limit:
        return words
    # The last place is the ellipsis's; a word that ends just before it is still whole.
    whole = words[:limit].rpartition(" ")[0] or words[: limit - 1]
    return whole.rstrip(" ,;:.–—-") + ELLIPSIS


def word_count(html: str) -> int:
    """How many words cleaned HTML has; a dash on its own is not a word."""
    return sum(any(map(str.isalnum, word)) for word in plain(html).split())


def reading_minutes(html: str) -> int:
    """Whole minutes to read cleaned HTML, at least 1."""
    return max(1, round(word_count(html) / READING_SPEED))


def folded_words(text: str) -> list[str]:
    """The different words of a text as a search compares them, in their order: no case, no accents, no signs.

    Chinese and Japanese are written without spaces: there each letter is a word.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    found = _WORD.findall(unicodedata.normalize("NFC", bare).casefold())
    return list(dict.fromkeys(word[:MAX_WORD_CHARS] for word in found))


def initial(name: str) -> str:
    """The first letter or digit of a site's name in upper case, for its icon; else "N"."""
    return next((letter.upper()[0] for letter in name if letter.isalnum()), "N")


def _is_visible(text: str) -> bool:
    """Whether anything is there to be seen: not only spaces, marks and format characters."""
    return any(
        unicodedata.category(letter)[0] not in "ZC" or unicodedata.category(letter) == "Co"
        for letter in text
        if letter not in _LOOKS_EMPTY
    )


class _Words(HTMLParser):
    """Collects the text between tags; a newline stands for the edge of a block."""

    INLINE = frozenset(
        ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i"]
    ).union(
        ["ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub"],
        ["sup", "time", "tt", "u", "var", "wbr"],
    )
    SILENT = frozenset(["script", "style"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Ends the line before a block."""
        self.silent = tag in self.SILENT
        self._edge(tag)

    def handle_endtag(self, tag: str) -> None:
        """Ends the line after a block."""
        self.silent = False
        self._edge(tag)

    def handle_data(self, data: str) -> None:
        """Keeps words that a reader would see; a newline between them is only a space."""
        if not self.silent:
            self.pieces.append(" ".join(data.split("\n")))

    def _edge(self, tag: str) -> None:
        if tag not in self.INLINE:
            self.pieces.append("\n")
