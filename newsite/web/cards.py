"""Social cards: what other sites show of an article, made when one of them asks.

The picture above the article, cut to a card's shape around what must not be cut off; without one, the title in large
letters. A card's address has the hash of all that it shows, so that another title has another address. It is kept as a
page is, under its article's keys: what is withdrawn has no card.
"""

import hashlib
from typing import NamedTuple

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from newsite.articles import queries
from newsite.articles.models import State
from newsite.articles.printed import Text
from newsite.media import card, cut, storage
from newsite.media.names import kept_name
from newsite.media.printing import Shown
from newsite.web import pagecache
from newsite.web.context import current_site, now
from newsite.web.media import TYPES
from newsite.web.templating import own_path
from newsite.web.theme import HASH_CHARS

LOOK = "2"  # raise it when cards are drawn in another way

bp = Blueprint("cards", __name__)


class Card(NamedTuple):
    """A card that can be asked for."""

    address: str
    width: int  # px
    height: int  # px


@bp.get(f"/media/card-<id:article_id>-<string(length={HASH_CHARS}):mark>.<any(jpg, png):kind>")
@pagecache.public()
def show(article_id: int, mark: str, kind: str) -> Response:
    """The card of an article that readers can see; an old address leads to today's card."""
    article = queries.without_text(article_id)
    if article is None or not article.is_public(now()):
        abort(404)
    if (mark, kind) != _named(article):
        return _for_all(redirect(_address(article)))
    picture = article.lead_picture
    content = _titled(article) if picture is None else cut.drawn(_kept(picture), picture)
    return _for_all(Response(content, content_type=TYPES[kind]))


def card_of(article: Text) -> Card | None:
    """An article's card; None where nobody can see it."""
    if article.state is not State.published or not article.id:
        return None
    picture = article.lead_picture
    return Card(_address(article), *(cut.measures(picture) if picture else card.SIZE))


def _address(article: Text) -> str:
    mark, kind = _named(article)
    return own_path("cards.show", article_id=article.id, mark=mark, kind=kind)


def _named(article: Text) -> tuple[str, str]:
    """The hash of all that the card shows, and in which format it does."""
    picture = article.lead_picture
    if picture is None:
        shown = "\0".join((LOOK, *_words(article), current_site().accent))
    else:
        shown = f"{LOOK}\0{picture.key}\0{picture.focal_x}\0{picture.focal_y}"
    mark = hashlib.sha256(shown.encode()).hexdigest()[:HASH_CHARS]
    return mark, "jpg" if picture else "png"


def _for_all(response: Response) -> Response:
    """The answer as pages of other sites may show it; a browser that is led on asks this of the first one, too."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _titled(article: Text) -> bytes:
    return card.drawn(*_words(article), current_site().accent)


def _words(article: Text) -> tuple[str, str]:
    site = current_site()
    return card.words(article.title, site.name, site.tagline)


def _kept(picture: Shown) -> bytes:
    """The bytes of the picture as it is kept."""
    try:
        found = storage.current().open(f"{picture.key}/{kept_name(picture.format)}")
    except OSError:
        abort(503)
    if found is None:  # replaced at this moment
        abort(404)
    return b"".join(found.pieces)
