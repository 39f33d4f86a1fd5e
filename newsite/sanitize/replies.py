"""A reader's reply: plain text with a few tags, made into paragraphs."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from newsite.errors import BadText
from newsite.sanitize.addresses import is_reply_link
from newsite.sanitize.cleaning import Profile, canonical, clean
from newsite.sanitize.links import ReplyLinks, Token, without_dead_links
from newsite.text import tidy_text

MAX_REPLY_CHARS = 5_000  # after trimming; about two screens
MAX_REPLY_TAGS = 200  # opening angle brackets; beyond them a reply is code, or an attack

_BLOCKS = frozenset(["p", "blockquote", "pre", "ul", "ol", "li"])
_DIVIDED = frozenset(["", "blockquote"])  # what is written straight into these needs paragraphs
_NEWLINES = re.compile(r"([^\S\n]*\n\s*)")


def reply_html(text: str) -> str:
    """A reply as HTML: paragraphs at blank lines, line breaks at others, bare addresses linked.

    A tag that replies may not hold is shown as it was typed. With more than 200 `<`, or tags
    inside tags without end, all of it is shown as typed.
    Raises BadText if it is longer than 5,000 characters after trimming.
    """
    typed = tidy_text(text)
    if len(typed) > MAX_REPLY_CHARS:
        raise BadText(
            f"A reply has at most {MAX_REPLY_CHARS:,} characters; this one has {len(typed):,}. "
            "Shorten it, or send it as two replies.",
            field="body",
        )
    if typed.count("<") <= MAX_REPLY_TAGS:
        try:
            return clean(canonical(typed), _PROFILE)
        except BadText:  # no honest reply costs so much, but nobody is refused for it
            pass
    return clean(canonical(escape(typed)), _PROFILE)


def _takes(tag: str, attribute: str, value: str) -> bool:
    return tag == "a" and attribute == "href" and is_reply_link(value)


class _Paragraphs:
    """A filter that turns the newlines of a reply into paragraphs and line breaks."""

    def __init__(self, source: Iterable[Token]) -> None:
        self._source = source
        self._blocks = [""]  # names of the blocks that are open; "" is the reply itself
        self._inline: list[str] = []  # names of the inline elements; "" for one ended early
        self._is_open = False  # whether a paragraph of ours is open
        self._newlines = 0  # newlines read, but not yet followed by anything

    def __iter__(self) -> Iterator[Token]:
        for token in self._source:
            if token.get("name") in _BLOCKS:
                yield from self._block(token)
            elif token["type"] in ("Characters", "SpaceCharacters"):
                yield from self._text(token["data"])
            elif token["type"] == "EndTag":
                yield from [token] if self._inline.pop() else []
            else:
                yield from self._content(token)
        yield from self._end()

    def _block(self, token: Token) -> Iterator[Token]:
        yield from self._end()
        if token["type"] == "StartTag":
            self._blocks.append(token["name"])
        else:
            self._blocks.pop()
        yield token

    def _text(self, text: str) -> Iterator[Token]:
        if "pre" in self._blocks:
            yield {"type": "Characters", "data": text}
            return
        for number, piece in enumerate(_NEWLINES.split(text)):
            if number % 2:
                self._newlines += piece.count("\n")
            elif piece.strip() or (piece and (self._is_open or self._inline)):
                yield from self._content({"type": "Characters", "data": piece})

    def _content(self, token: Token) -> Iterator[Token]:
        yield from self._division()
        if token["type"] == "StartTag":
            self._inline.append(token["name"])
        yield token

    def _division(self) -> Iterator[Token]:
        """What stands between the last words and the next: a new paragraph, or line breaks."""
        newlines, self._newlines = self._newlines, 0
        needs_paragraph = self._blocks[-1] in _DIVIDED and not any(self._inline)
        if needs_paragraph and newlines > 1:
            yield from self._end()
        if needs_paragraph and not self._is_open:
            self._is_open = True
            yield {"type": "StartTag", "name": "p", "data": {}}
        else:
            for _ in range(min(newlines, 2)):
                yield {"type": "EmptyTag", "name": "br", "data": {}}

    def _end(self) -> Iterator[Token]:
        """The end of what is open, so that no paragraph or emphasis reaches around a block."""
        for name in filter(None, reversed(self._inline)):
            yield {"type": "EndTag", "name": name}
        self._inline = [""] * len(self._inline)
        if self._is_open:
            yield {"type": "EndTag", "name": "p"}
        self._is_open, self._newlines = False, 0


_PROFILE = Profile(
    tags=_BLOCKS | {"a", "br", "strong", "em", "code"},
    takes=_takes,
    filters=(without_dead_links, _Paragraphs, ReplyLinks),
    shows_refused=True,
    max_elements=400,
    max_depth=40,
    renames={"b": "strong", "i": "em"},
)
