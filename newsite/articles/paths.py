"""Addresses of articles: how they are written, compared, made and kept apart from the site's own.

An address is data (docs/adr/0006): `path` is what is served, `path_key` is what is compared.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from newsite.errors import RuleBroken
from newsite.text import slugify

MAX_PATH_CHARS = 255  # PostgreSQL's index entries have room for four bytes each
MAX_PATTERN_CHARS = 60  # filled in, with names of sections and slugs, it stays below MAX_PATH_CHARS
# What RFC 3986 lets a path hold as it is; all else is percent-encoded, as browsers do.
SAFE = "/!$&'()*+,:;=@"
PATTERN_NAMES = ("year", "month", "day", "section", "slug")
_SLASHES = re.compile("/{2,}")
_PATTERN = re.compile("%([a-z]+)%")
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\\?#%<>\"\ufffd\ud800-\udfff\u2028\u2029]")


@dataclass(frozen=True)
class Reserved:
    """First segments of addresses that belong to the site, whole ones and beginnings of some; and last segments."""

    segments: frozenset[str]
    prefixes: tuple[str, ...]
    endings: frozenset[str] = frozenset()  # of what stands under an article: its feeds

    def holds(self, path: str) -> bool:
        """Whether `path` would take an address that the site needs."""
        first, last = key(path).split("/")[1], key(path).rpartition("/")[2]
        is_taken = first in self.segments or first.startswith(self.prefixes)
        return not first or is_taken or last in self.endings

    def why(self, path: str) -> str:
        """What the site's addresses do that this one does too: "begin with /desk"."""
        *_, last = parts = key(path).split("/")
        return f"end in /{last}" if last in self.endings else f"begin with /{parts[1]}"


def reserve(rules: Iterable[str]) -> Reserved:
    """The first segments of URL rules such as `/section/<slug>/`, and the last ones of what stands under articles.

    The article's own rule reserves nothing.
    """
    segments, prefixes, endings = {"static"}, {".well-known"}, set()
    for rule in rules:
        first = rule.split("/")[1]
        fixed, is_variable, _ = first.partition("<")
        if first.startswith("<path:") and rule.count("/") > 1:
            endings.add(rule.rpartition("/")[2].casefold())
        if not is_variable and first:
            segments.add(first.casefold())
        elif fixed:
            prefixes.add(fixed.casefold())
    return Reserved(frozenset(segments), tuple(sorted(prefixes)), frozenset(endings))


def key(path: str) -> str:
    """`path` as it is compared: NFC, case folded, slashes collapsed, no last slash. Takes it decoded."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
    return "/" + _SLASHES.sub("/", folded).strip("/")


@lru_cache(maxsize=1_000)  # a page has a dozen, and many pages the same
def encoded(path: str) -> str:
    """`path` as it stands in a link: percent-encoded UTF-8."""
    return quote(path, safe=SAFE)


def written(value: str, reserved: Reserved) -> str:
    """The path that somebody wrote into the address field, tidied: `/2023/01/strike/`.

    A whole web address is taken by its path. Raises RuleBroken (field `path`) if it cannot be served.
    """
    path = urlsplit(value.strip()).path if "://" in value else value.strip()
    path = unicodedata.normalize("NFC", unquote(path, errors="replace"))
    path = (
        _SLASHES.sub("/", f"/{path}/")
        if "." not in path.rsplit("/", 1)[-1]
        else _SLASHES.sub("/", f"/{path}")
    )
    if _UNFIT.search(path) or any(part in (".", "..") for part in path.split("/")):
        raise RuleBroken(
            "Write the address with letters, digits, dashes and slashes, such as /2023/01/strike/",
            field="path",
        )
    if len(path) > MAX_PATH_CHARS:
        raise RuleBroken(
            f"Make the address shorter: {MAX_PATH_CHARS} characters or fewer.", field="path"
        )
    if reserved.holds(path):
        raise RuleBroken(
            f"The site itself uses addresses that {reserved.why(path)}. Choose another.",
            field="path",
        )
    return path


def check_pattern(pattern: str) -> str:
    """A pattern for new addresses, tidied. Raises RuleBroken (field `path_pattern`) with the mend."""
    tidied = _SLASHES.sub("/", f"/{pattern.strip()}/")
    names = _PATTERN.findall(tidied)
    rest = _PATTERN.sub("", tidied)
    if (
        len(tidied) > MAX_PATTERN_CHARS
        or "slug" not in names
        or len(set(names)) < len(names)
        or not set(names) <= set(PATTERN_NAMES)
        or not re.fullmatch(r"[\w/-]*", rest, re.ASCII)
    ):
        raise RuleBroken(
            "Write the pattern with %slug% and, where you like, %year%, %month%, %day% and %section%: "
            "/%year%/%month%/%slug%/",
            field="path_pattern",
        )
    return tidied


def from_pattern(pattern: str, *, title: str, day: date, section: str, fallback: str) -> str:
    """The path that `pattern` gives an article; `fallback` stands for a title without a letter or digit."""
    values = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
        "section": section or "news",
        "slug": slugify(title, fallback),
    }
    return _PATTERN.sub(lambda match: values[match[1]], pattern)


def numbered(path: str, number: int) -> str:
    """`path` with a number at its end, for when it is taken: `/a/b/` → `/a/b-2/`."""
    return f"{path.rstrip('/')}-{number}/"
