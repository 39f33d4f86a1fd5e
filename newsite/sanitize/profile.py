"""What an article may hold: its elements, their attributes, and where its pictures come from."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import unescape

from newsite.sanitize.addresses import is_article_link, is_foreign, is_own_picture, is_web_address
from newsite.sanitize.cleaning import Profile
from newsite.sanitize.links import DeskLinks, Token, without_dead_links

HEADINGS = frozenset(["h2", "h3", "h4"])
PHRASING = frozenset(
    ["a", "abbr", "br", "cite", "code", "del", "dfn", "em", "img", "ins", "kbd", "mark", "q"]
).union(["s", "samp", "small", "strong", "sub", "sup", "time", "u", "var"])
_TABLE = frozenset(["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"])
_BLOCKS = frozenset(
    ["blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol"]
).union(["p", "pre", "summary", "ul"])
_RENAMES = {"b": "strong", "i": "em", "strike": "s", "h1": "h2", "h5": "h4", "h6": "h4"}


def _like(pattern: str) -> Callable[[str], bool]:
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: matches(value) is not None


def _is_picture(value: str) -> bool:
    return is_own_picture(value) or is_web_address(value)


_WORDS = _like(r"[^\0]*")
_NUMBER = _like("[0-9]{1,5}")
_SPAN = _like("[1-9][0-9]{0,2}")
_DATE = _like(r"[0-9PT][0-9A-Z:.,+\- ]{0,39}")
_ID = _like("[a-z][a-z0-9_-]{0,79}")

_EVERYWHERE = {
    "lang": _like("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}"),
    "dir": _like("ltr|rtl|auto"),
}
_ATTRIBUTES: dict[str, dict[str, Callable[[str], bool]]] = {
    "a": {"href": is_article_link, "title": _WORDS, "id": _ID},
    "abbr": {"title": _WORDS},
    "dfn": {"title": _WORDS},
    "blockquote": {"cite": is_article_link, "class": _like("pull")},  # a pull quote; no other class
    "q": {"cite": is_article_link},
    "del": {"cite": is_article_link, "datetime": _DATE},
    "ins": {"cite": is_article_link, "datetime": _DATE},
    "time": {"datetime": _DATE},
    "img": {
        "src": _is_picture,
        "alt": _WORDS,
        "title": _WORDS,
        "width": _NUMBER,
        "height": _NUMBER,
        "loading": _like("lazy|eager"),
        "data-picture": _like("[0-9]{1,18}"),
    },
    "figure": {"data-picture": _like("[0-9]{1,18}"), "id": _ID, "class": _like("card")},
    "ol": {"start": _like("-?[0-9]{1,5}"), "reversed": _like("|reversed")},
    "td": {"colspan": _SPAN, "rowspan": _SPAN},
    "th": {"colspan": _SPAN, "rowspan": _SPAN, "scope": _like("(?:row|col)(?:group)?")},
    "h2": {"id": _ID},
    "h3": {"id": _ID},
    "h4": {"id": _ID},
    "p": {"id": _ID},
    "li": {"id": _ID},
    "sup": {"id": _ID},
}


def _takes(tag: str, attribute: str, value: str) -> bool:
    """Whether an attribute stays; it is judged under its element's present name."""
    fits = _ATTRIBUTES.get(_RENAMES.get(tag, tag), {}).get(attribute) or _EVERYWHERE.get(attribute)
    return fits is not None and fits(value)


def _pictures(source: Iterable[Token]) -> Iterator[Token]:
    """The tokens with our own pictures only.

    One from elsewhere would tell its host who reads us, so it becomes a link to it, or inside a
    link its description alone. One without an address is left out.
    """
    links = 0
    for token in source:
        if token.get("name") == "a":
            links += 1 if token["type"] == "StartTag" else -1
        if token.get("name") != "img":
            yield token
        elif is_foreign(token["data"].get((None, "src"), "")):
            yield from _instead(token["data"], is_linked=links > 0)
        elif token["data"].keys() & {(None, "src"), (None, "data-picture")}:
            yield token


def _instead(attributes: dict[tuple[None, str], str], *, is_linked: bool) -> Iterator[Token]:
    address = attributes[None, "src"]
    description = unescape(attributes.get((None, "alt"), "")).strip()
    host = unescape(address).split("/")[2]
    if not is_linked:
        yield {"type": "StartTag", "name": "a", "data": {(None, "href"): address}}
    yield {"type": "Characters", "data": description or host}
    if not is_linked:
        yield {"type": "EndTag", "name": "a"}


def _unique_ids(source: Iterable[Token]) -> Iterator[Token]:
    """The tokens with each id once: a page with an id twice is not valid, and links to it guess."""
    seen = set()
    for token in source:
        if token["type"] in ("StartTag", "EmptyTag") and (None, "id") in token["data"]:
            name = token["data"][None, "id"]
            if name in seen:
                del token["data"][None, "id"]
            seen.add(name)
        yield token


def _first_newlines(source: Iterable[Token]) -> Iterator[Token]:
    """The tokens with a newline before one that begins a `pre`, as browsers drop the first."""
    begins = False
    for token in source:
        if begins and str(token.get("data")).startswith("\n"):
            yield {"type": "SpaceCharacters", "data": "\n"}
        begins = token["type"] == "StartTag" and token["name"] == "pre"
        yield token


ARTICLE = Profile(
    tags=PHRASING | HEADINGS | _TABLE | _BLOCKS,
    takes=_takes,
    filters=(without_dead_links, _pictures, _unique_ids, _first_newlines, DeskLinks),
    shows_refused=False,
    max_elements=8_000,
    max_depth=60,
    renames=_RENAMES,
)
# For what does not come to rest: tables in lists in tables, and headings in one another.
FLAT_ARTICLE = replace(ARTICLE, tags=PHRASING | _BLOCKS, renames={"b": "strong", "i": "em"})
