"""Links: bare addresses become links, and every link says how far this site vouches for it."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from bleach.linkifier import LinkifyFilter

from newsite.sanitize.addresses import (
    BARE_ADDRESS,
    is_foreign,
    is_web_address,
    without_punctuation,
)

Token = dict[str, Any]  # html5lib's: type, name, and data (the text, or a tag's attributes)
Attributes = dict[Any, str]  # Bleach's: (namespace, name) to value, and "_text" to the link's words

_HREF = (None, "href")
_REL = (None, "rel")
_VERBATIM = frozenset(["pre", "code"])


class ReplyLinks(LinkifyFilter):  # type: ignore[misc]  # Bleach has no types
    """The last filter of a reply: search engines are told that its links are its writer's."""

    def __init__(self, source: Iterable[Token]) -> None:
        self._verbatim = 0
        super().__init__(self._watched(source), callbacks=[self.mark], url_re=BARE_ADDRESS)

    def mark(self, attributes: Attributes, is_new: bool) -> Attributes | None:
        """The link's attributes with our `rel` and no other; None leaves a new one as text."""
        if is_new and not is_web_address(attributes[_HREF]):
            return None
        if is_new:  # the serializer takes attributes with their entities
            attributes[_HREF] = escape(attributes[_HREF])
        if rel := self.rel(attributes[_HREF]):
            attributes[_REL] = rel
        return attributes

    def rel(self, address: str) -> str:
        """What is said of a link to this address."""
        return "nofollow ugc noopener"

    def handle_links(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """Links in text, but not in code (Bleach forgets an outer `pre` at an inner `</code>`)."""
        yield from tokens if self._verbatim else super().handle_links(tokens)

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        """The address, nothing before it, and the sentence's punctuation after it."""
        address = without_punctuation(fragment)
        return address, "", fragment[len(address) :]

    def extract_entities(self, token: Token) -> Iterator[Token]:
        """The token as it is.

        Its text has no entities any more; what looks like one (`&lt;`) was written to be read.
        """
        yield token

    def _watched(self, source: Iterable[Token]) -> Iterator[Token]:
        for token in source:
            if token.get("name") in _VERBATIM:
                self._verbatim += 1 if token["type"] == "StartTag" else -1
            yield token


class DeskLinks(ReplyLinks):
    """The last filter of an article: the site vouches for its links, but opens no door to it."""

    def rel(self, address: str) -> str:
        """What is said of a link to this address: only of one that leads away."""
        return "noopener" if is_foreign(address) else ""


def without_dead_links(source: Iterable[Token]) -> Iterator[Token]:
    """The tokens without links that lead nowhere or stand inside links; their words stay."""
    kept: list[bool] = []
    for token in source:
        if token.get("name") != "a":
            yield token
            continue
        if token["type"] == "StartTag":
            kept.append(_HREF in token["data"] and not any(kept))
            is_kept = kept[-1]
        else:
            is_kept = kept.pop()
        if is_kept:
            yield token


def link_count(html: str) -> int:
    """How many links cleaned HTML has; cleaning escapes every other `</a>`."""
    return html.count("</a>")
