"""The replies to an article for programs: Atom, RSS and JSON, under the article's own address."""

import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any, cast

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import Gone
from werkzeug.wrappers import Response

from newsite.articles import dates, keys, printed, queries
from newsite.articles.models import Article, Kind, State
from newsite.articles.printed import Printed, Text
from newsite.comments import syndication
from newsite.comments.blocks import Shown
from newsite.web import guard, pagecache
from newsite.web.context import current_site, now
from newsite.web.feeds import feed_name
from newsite.web.templating import absolute, article_url

ATOM, RSS, JSON = "atom.xml", "feed.xml", "feed.json"

bp = Blueprint("thread_feeds", __name__)


@bp.get(f"/<path:path>/{ATOM}")
@pagecache.public()
def atom(path: str) -> Response:
    """The newest replies to an article as an Atom feed (RFC 4287)."""
    article = _followed(path, ATOM)
    return article if isinstance(article, Response) else _xml(article, ATOM, "application/atom+xml")


@bp.get(f"/<path:path>/{RSS}")
@pagecache.public()
def rss(path: str) -> Response:
    """The same as RSS 2.0."""
    article = _followed(path, RSS)
    return article if isinstance(article, Response) else _xml(article, RSS, "application/rss+xml")


@bp.get(f"/<path:path>/{JSON}")
@pagecache.public()
def json_feed(path: str) -> Response:
    """The same as a JSON Feed, version 1.1 (jsonfeed.org)."""
    article = _followed(path, JSON)
    if isinstance(article, Response):
        return article
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(article),
        "home_page_url": absolute(article_url(article)),
        "feed_url": absolute(feed_url(article, JSON)),
        "language": current_site().language,
        "items": [_item(article, reply) for reply in syndication.newest(article)],
    }
    return Response(json.dumps(said, ensure_ascii=False), mimetype="application/feed+json")


@bp.app_template_global("replies_feed_url")
def feed_url(article: Text, name: str = ATOM) -> str:
    """The address of the feed of an article's replies."""
    return f"{article_url(article).rstrip('/')}/{name}"


@bp.app_template_filter("rfc822")
def rfc822(at: datetime) -> str:
    """An instant as RSS writes it."""
    return format_datetime(at.astimezone(current_site().zone))


def _followed(path: str, name: str) -> Printed | Response:
    """The article whose replies are asked for, or the way to where it is; else 404 or 410."""
    article = printed.by_path(f"/{path}")
    if article is None:
        pagecache.keep_nothing()
        led = queries.redirect_from(path)
        way = queries.way_below(led, name, now())
        if way is not None:
            return guard.moved(way)
        target = led.article if led else None
        if target is None or not (_is_followed(target) and target.is_public(now())):
            abort(404)
        return guard.moved(feed_url(target, name))
    if not _is_followed(article) or article.is_scheduled(now()):
        pagecache.keep_nothing()
        abort(404)
    if article.state is State.withdrawn:
        pagecache.keep_nothing()
        raise Gone(article.withdrawn_reason or None)
    if guard.raw_path(request.environ) != feed_url(article, name):
        pagecache.keep_nothing()
        return guard.moved(feed_url(article, name))
    pagecache.collect(keys.article(article.id))
    pagecache.collect_printed(article)
    return article


def _is_followed(article: Article | Printed) -> bool:
    return article.kind is Kind.article and article.state not in (
        State.draft,
        State.review,
        State.trash,
    )


def _xml(article: Printed, name: str, mimetype: str) -> Response:
    replies = syndication.newest(article)
    changes = [at for one in replies for at in (one.created_at, one.edited_at) if at]
    body = render_template(
        f"thread_feeds/{name}",
        article=article,
        title=_title(article),
        replies=replies,
        entry_title=_entry_title,
        updated=max([cast(datetime, article.published_at), *changes]),
    )
    return Response(body, mimetype=mimetype)


def _item(article: Printed, reply: Shown) -> dict[str, Any]:
    zone, edited = current_site().zone, reply.edited_at
    item = {
        "id": feed_name("reply", reply.id),
        "url": absolute(_permalink(reply)),
        "title": _entry_title(article, reply),
        "content_html": reply.body_html,
        "date_published": dates.iso(reply.created_at, zone),
        "authors": [{"name": reply.author_name}],
    }
    return item | ({"date_modified": dates.iso(edited, zone)} if edited else {})


def _permalink(reply: Shown) -> str:
    return url_for("comments.show", article_id=reply.article_id, comment_id=reply.id)


def _title(article: Printed) -> str:
    said: str = gettext("Replies to “%(title)s”", title=article.title)
    return f"{said} – {current_site().name}"


def _entry_title(article: Printed, reply: Shown) -> str:
    said: str = gettext("%(name)s on “%(title)s”", name=reply.author_name, title=article.title)
    return said
