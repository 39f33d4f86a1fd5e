"""One pass of Bleach over one text, within bounds, under one profile."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from html.entities import html5
from itertools import count
from typing import Any
from unicodedata import normalize

from bleach.sanitizer import Cleaner

from newsite.errors import BadText
from newsite.sanitize.links import Token
from newsite.text import tidy_characters

Filter = Callable[[Iterable[Token]], Iterable[Token]]

MAX_ATTRIBUTES = 100  # of one tag; Bleach compares each with all before it

_PROTOCOLS = frozenset(["http", "https", "mailto"])
_ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# On the way through Bleach, escaped characters stand as five that tidying takes out of every text.
# Its own handling of entities unescapes some twice, raises ValueError on `&#` with 5,000 digits,
# and takes ten seconds for 200,000 ampersands.
_STAND_INS = dict(zip("&<>\"'", "\u206a\u206b\u206c\u206d\u206e", strict=True))
_HIDDEN = str.maketrans(_STAND_INS)
_SHOWN = str.maketrans({stand_in: letter for letter, stand_in in _STAND_INS.items()})
_ESCAPED = str.maketrans({stand_in: escape(letter) for letter, stand_in in _STAND_INS.items()})
_CODE = re.compile(r"<(script|style)\b", re.IGNORECASE)
_END_OF_CODE = {
    name: re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE) for name in ("script", "style")
}


@dataclass(frozen=True)
class Profile:
    """What one kind of text may hold, and how much of it.

    Bleach's time grows with the square of what is nested or open, so elements and depth are
    counted while the tree is built: a parser makes elements that were never written.
    """

    tags: frozenset[str]
    takes: Callable[[str, str, str], bool]  # (tag, attribute, value): whether it stays
    filters: tuple[Filter, ...]  # run in this order after cleaning; the last one makes links
    shows_refused: bool  # as text, so that the writer sees it; else it is left out
    max_elements: int
    max_depth: int
    renames: Mapping[str, str] = field(default_factory=dict)  # old names of the same thing


def clean(html: str, profile: Profile) -> str:
    """Canonical HTML as it may be printed.

    Raises BadText if it has more elements, or deeper ones, than the profile allows.
    """
    # New for each call: a Cleaner shared by threads mixes one person's text into another's.
    cleaner = Cleaner(
        tags=profile.tags | profile.renames.keys(),
        attributes=lambda tag, name, value: profile.takes(tag, name, value.translate(_SHOWN)),
        protocols=_PROTOCOLS,
        strip=not profile.shows_refused,
        filters=[partial(_restored, renames=profile.renames), *profile.filters],
    )
    # With single quotes Bleach escapes ampersands once more on every pass.
    cleaner.serializer.use_best_quote_char = False
    _bound(cleaner.parser, profile)
    cleaned: str = cleaner.clean(html)
    return cleaned


def canonical(html: str) -> str:
    """The HTML as `clean` takes it: tidied, in NFC, with characters for entities.

    So no entity hides a colon, a control character or a bidi override. What was escaped has a
    stand-in, and is never taken for markup.
    """
    decoded = _ENTITY.sub(_character, tidy_characters(html)).replace("&", _STAND_INS["&"])
    return normalize("NFC", decoded)


def without_code(html: str) -> str:
    """The HTML without scripts and style sheets, whose text nobody wants to read.

    This only tidies: what it misses, or what appears where a piece was cut out, is still cleaned.
    """
    pieces, start = [], 0
    while (opening := _CODE.search(html, start)) and (
        closing := _END_OF_CODE[opening[1].lower()].search(html, opening.end())
    ):
        pieces.append(html[start : opening.start()])
        start = closing.end()
    return "".join([*pieces, html[start:]])


def _character(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    meant = unescape(entity[0]) if name.startswith("#") else html5.get(name, entity[0])
    return tidy_characters(meant).translate(_HIDDEN)


def _restored(source: Iterable[Token], renames: Mapping[str, str]) -> Iterator[Token]:
    """The tokens with characters for stand-ins, and elements under their present names."""
    for token in source:
        if token["type"] == "Characters":
            if not token["data"].isascii():  # no stand-in is; and translating is slow
                token["data"] = token["data"].translate(_SHOWN)
        elif "name" in token:
            token["name"] = renames.get(token["name"], token["name"])
        if token["type"] in ("StartTag", "EmptyTag"):
            # The serializer takes attributes with their entities.
            token["data"] = {
                name: value.translate(_ESCAPED) for name, value in token["data"].items()
            }
        yield token


def _bound(parser: Any, profile: Profile) -> None:
    """Makes the parser raise BadText as soon as a text would cost more than an honest one.

    This holds on to names inside Bleach, which its last release has fixed for good; a test fails
    if they ever stop being called.
    """
    element_class, made = parser.tree.elementClass, count(1)
    reset = parser.reset

    def new_element(*arguments: Any) -> Any:
        _refuse_beyond(profile.max_elements, next(made), _TOO_MANY)
        _refuse_beyond(profile.max_depth, len(parser.tree.openElements), _TOO_DEEP)
        return element_class(*arguments)

    def reset_with_bounded_tokenizer() -> None:
        tokenizer = parser.tokenizer
        read_attribute_name = tokenizer.attributeNameState

        def bounded() -> Any:
            _refuse_beyond(MAX_ATTRIBUTES, len(tokenizer.currentToken["data"]), _TOO_WIDE)
            return read_attribute_name()

        tokenizer.attributeNameState = bounded
        reset()

    parser.tree.elementClass = new_element
    parser.reset = reset_with_bounded_tokenizer


_TOO_MANY = (
    "This text has more than {most:,} tags. "
    "Take out formatting that it does not need, or divide it into several texts."
)
_TOO_DEEP = (
    "In this text, tags stand inside tags more than {most} deep. "
    "Look for lists, quotations or emphasis that are opened and never closed."
)
_TOO_WIDE = (
    "A tag in this text has more than {most} attributes. "
    "Look for a “<” that begins no tag, and write it as “&lt;”."
)


def _refuse_beyond(most: int, number: int, sentence: str) -> None:
    if number > most:
        raise BadText(sentence.format(most=most), field="body")
