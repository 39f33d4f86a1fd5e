"""Turns a body as it was written into the HTML that may be printed, with its pictures in their places.

A picture's place is `<figure data-picture="12">`, whose `figcaption` is said instead of the picture's own
caption, or `<img data-picture="12">` inside of text or of a figure. What is put there is our own, and nothing
else comes after cleaning.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from newsite import sanitize, text
from newsite.articles.models import Article, Format, PictureUse
from newsite.media import printing, queries
from newsite.media.models import Picture

PLACEHOLDER = "data-picture"
_ATTRIBUTES = r'(?:\s+[a-z-]+(?:="[^"]*")?)*'  # of a cleaned tag: no quote stands in a value
_PLACE = re.compile(rf'<(figure|img)(?={_ATTRIBUTES}\s+data-picture="([0-9]+)"){_ATTRIBUTES}\s*/?>')
_FIGURE = re.compile(r"<(/?)figure\b")
_CAPTION = re.compile(r"<figcaption[^>]*>(.*)</figcaption>", re.DOTALL)
_ALT = re.compile(r'\salt="([^"]+)"')


def body_html(body: str, body_format: Format) -> str:
    """The cleaned HTML of `body`. Raises BadText if it is beyond what is cleaned in one piece."""
    if body_format is Format.markdown:
        return sanitize.markdown_html(body)
    return sanitize.article_html(body)


def store(article: Article) -> None:
    """Makes the HTML of what somebody wrote, before it is flushed; the caller commits. Raises as `body_html`."""
    _store(article, queries.held)


def store_again(article: Article) -> None:
    """The same for an article that this transaction has locked, which is what who changes a picture waits for."""
    _store(article, queries.pictures)


def ids_in(cleaned: str) -> set[int]:
    """The ids of the pictures that have a place in cleaned HTML; larger ones than any row has are left out."""
    found = {int(place[2]) for place in _PLACE.finditer(cleaned)}
    return {one for one in found if one <= 2**31 - 1}


def filled(cleaned: str, shown: Mapping[int, Picture], *, has_lead: bool = False) -> str:
    """Cleaned HTML with these pictures in their places; the place of one that is not there is left out."""
    pieces, start, is_first = [], 0, not has_lead
    while place := _PLACE.search(cleaned, start):
        pieces.append(cleaned[start : place.start()])
        picture = shown.get(int(place[2]))
        start = _end(cleaned, place.end()) if place[1] == "figure" else place.end()
        if picture is not None:
            pieces.append(_picture(cleaned[place.start() : start], picture, is_first=is_first))
            is_first = False
    return "".join([*pieces, cleaned[start:]])


def _store(article: Article, read: Callable[[Iterable[int]], dict[int, Picture]]) -> None:
    cleaned = body_html(article.body, article.body_format)
    shown = read(ids_in(cleaned)) if PLACEHOLDER in cleaned else {}
    article.body_html = filled(cleaned, shown, has_lead=article.lead_picture_id is not None)
    article.body_policy = sanitize.POLICY
    article.words = text.word_count(article.body_html)
    _note_uses(article, set(shown))


def _picture(place: str, picture: Picture, *, is_first: bool) -> str:
    if not place.startswith("<figure"):
        alt = _ALT.search(place)
        return str(
            printing.image(picture, alt=text.plain(alt[1]) if alt else "", is_first=is_first)
        )
    said = _CAPTION.search(place)
    return str(
        printing.figure(picture, caption=said[1].strip() if said else None, is_first=is_first)
    )


def _end(cleaned: str, start: int) -> int:
    """Where the figure ends whose first tag ends at `start`; figures may stand in one another."""
    depth = 1
    for tag in _FIGURE.finditer(cleaned, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return cleaned.index(">", tag.end()) + 1
    return len(cleaned)


def _note_uses(article: Article, ids: set[int]) -> None:
    if article.lead_picture_id is not None:
        ids = ids | {article.lead_picture_id}
    known = {use.picture_id: use for use in article.picture_uses}
    for gone in known.keys() - ids:
        article.picture_uses.remove(known[gone])
    article.picture_uses.extend(PictureUse(picture_id=one) for one in sorted(ids - known.keys()))
