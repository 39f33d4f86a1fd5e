"""What programs read: the Atom feed, the site map and robots.txt."""

import uuid
from datetime import datetime

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from newsite import changes
from newsite.articles import keys, queries, syndication
from newsite.articles.models import Article
from newsite.web import pagecache
from newsite.web.context import current_site, now
from newsite.web.templating import absolute

# Names of ours under which the ids of feeds are made: see `feed_id`.
_NAMESPACE = uuid.UUID("b3d9a4f6-5f0b-4c1e-8a57-6a0f6f1f2c11")

bp = Blueprint("feeds", __name__)


@bp.get("/atom.xml")
@pagecache.public()
def atom() -> Response:
    """The newest articles, whole, as an Atom feed (RFC 4287).

    Entries carry the time at which they appeared here, so that followers see old work once, when
    it arrives.
    """
    pagecache.collect(changes.FRONT)
    articles = syndication.newest(now())
    body = render_template("feeds/atom.xml", articles=articles, updated=_last_change(articles))
    return Response(body, mimetype="application/atom+xml")


@bp.get("/sitemap.xml")
@pagecache.public()
def sitemap() -> Response:
    """The index of the site map's parts. The first is always there: it has the front page."""
    pagecache.collect(keys.MAP)
    numbers = sorted({1, *syndication.parts(now())})
    # Made once: with 100,000 articles there are hundreds of parts.
    before, _, after = absolute(url_for(".sitemap_part", number=1)).rpartition("1")
    return _xml(render_template("feeds/sitemap.xml", numbers=numbers, before=before, after=after))


@bp.get("/sitemap-<id:number>.xml")
@pagecache.public()
def sitemap_part(number: int) -> Response:
    """One part of the site map: articles and pages; in the first, front page and sections too."""
    pagecache.collect(keys.map_part((number - 1) * syndication.PART_SIZE + 1))
    places = syndication.part(number, now())
    if not places and number != 1:
        abort(404)
    sections = queries.sections() if number == 1 else []
    body = render_template(
        "feeds/sitemap_part.xml", is_first=number == 1, sections=sections, places=places
    )
    return _xml(body)


@bp.get("/robots.txt")
@pagecache.public()
def robots() -> Response:
    """What search engines should leave alone, and where the site map is."""
    return Response(render_template("feeds/robots.txt"), mimetype="text/plain")


@bp.app_template_global()
def feed_id(article: Article | None = None) -> str:
    """A name for an article, or for the site, that stays whatever becomes of their addresses."""
    return feed_name("article", article.id) if article else feed_name()


@bp.app_template_global()
def feed_name(kind: str = "", number: int = 0) -> str:
    """The name of one thing of a kind, or of the site, as `feed_id`."""
    founded = current_site().founded_at.isoformat()
    return uuid.uuid5(_NAMESPACE, f"{founded} {kind} {number}" if kind else founded).urn


def _last_change(articles: list[Article]) -> datetime:
    times = (at for article in articles for at in (article.published_at, article.updated_at) if at)
    return max(times, default=current_site().founded_at)


def _xml(body: str) -> Response:
    return Response(body, mimetype="application/xml")
