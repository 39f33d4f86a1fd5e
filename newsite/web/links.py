"""Whether a link to this site leads anywhere: articles, redirects, and the site's own pages."""

from datetime import datetime

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from newsite.articles import links, queries
from newsite.articles.models import Article
from newsite.db import db
from newsite.media import queries as media
from newsite.outbox import Claim
from newsite.web import guard
from newsite.web.context import settings

_FILES = "/static/"  # they are not looked for: newsite's own, of which no article needs to know
_KEPT = "media.show"  # pictures and files of the site
_BY_SLUG = {
    "articles.section": queries.section,
    "articles.tag": queries.tag,
    "articles.contributor": queries.contributor,
}


def dead(article: Article, now: datetime) -> list[str]:
    """The article's links to this site that lead nowhere, once it is out."""
    at = max(now, article.published_at or now)
    return links.leading_nowhere(
        article.body_html, site_url=settings().site_url, at=at, is_page=is_page
    )


def is_page(path: str) -> bool:
    """Whether there is a page or a file of the site at a path, besides articles."""
    if path.startswith(_FILES):
        return True
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True  # the same, with a slash at its end
    except HTTPException:
        return False
    if endpoint == _KEPT:
        return media.is_served(values["key"], values["name"])
    if endpoint in _BY_SLUG:
        return _BY_SLUG[endpoint](values["slug"]) is not None
    return bool(endpoint != guard.ARTICLE)


def job(claim: Claim, now: datetime) -> None:
    """The daily job: looks at every link to this site; each step is committed."""
    last: int | None = 0
    while last is not None:
        last = links.check_after(last, site_url=settings().site_url, now=now, is_page=is_page)
        db.session.commit()
