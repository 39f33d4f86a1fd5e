"""What the desk publishes: HTML from the editor and from imports, and Markdown."""

import re

from markdown_it import MarkdownIt

from newsite.errors import BadText
from newsite.sanitize.cleaning import canonical, clean, without_code
from newsite.sanitize.profile import ARTICLE, FLAT_ARTICLE, HEADINGS, PHRASING

MAX_ARTICLE_CHARS = 200_000  # about 30,000 words with their tags
MAX_MARKDOWN_CHARS = 100_000  # `![` over and over costs three seconds at that length
MAX_ARTICLE_BRACKETS = 12_000  # opening angle brackets, so about 6,000 elements
MAX_PASSES = 4  # tables that stand wrongly inside lists need a few to come to rest

_TAG = re.compile("<(/?)([a-z][a-z0-9]*)")


def article_html(html: str) -> str:
    """An article's HTML as it may be printed: cleaned, bare addresses linked, stable.

    Cleaning the result again changes nothing. Scripts and style sheets go with their text, other
    refused tags without it; a picture from elsewhere becomes a link to it.
    Raises BadText if it has more than 200,000 characters, or too many tags, or too deep ones.
    """
    _check(len(html), MAX_ARTICLE_CHARS, "characters with its tags")
    source = without_code(canonical(html))
    _check(source.count("<"), MAX_ARTICLE_BRACKETS, "opening angle brackets")
    cleaned = clean(source, ARTICLE)
    if not _may_move(cleaned):
        return cleaned
    for _ in range(MAX_PASSES):
        before, cleaned = cleaned, clean(canonical(cleaned), ARTICLE)
        if cleaned == before:
            return cleaned
    return clean(canonical(cleaned), FLAT_ARTICLE)


def markdown_html(markdown: str) -> str:
    """The same from CommonMark with tables and strikethrough; HTML in it is cleaned with it."""
    _check(len(markdown), MAX_MARKDOWN_CHARS, "characters")
    # New for each call, as it keeps state between rules; making one costs 0.2 ms.
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return article_html(parser.render(markdown))


def _may_move(cleaned: str) -> bool:
    """Whether a parser may build another tree from this than it was written from.

    That takes a table, or a heading that holds more than words; anything else is cleaned once.
    """
    is_in_heading = False
    for slash, name in _TAG.findall(cleaned):
        if name == "table" or (is_in_heading and not slash and name not in PHRASING):
            return True
        if name in HEADINGS:
            is_in_heading = not slash
    return False


def _check(count: int, most: int, unit: str) -> None:
    if count > most:
        raise BadText(
            f"An article has at most {most:,} {unit}; this one has {count:,}. "
            "Divide it into several articles.",
            field="body",
        )
