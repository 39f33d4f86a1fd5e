"""What a page needs and Python makes at its first use: made in the master, so that its workers share it.

Statements that were compiled, code that was run in, templates' macros. Every worker would make all of
that for itself, and by writing to them copy the pages of memory that it lies in.
"""

from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.test import create_environ, run_wsgi_app

from newsite.articles import queries
from newsite.articles.paths import encoded
from newsite.db import db, hurried
from newsite.site import queries as sites
from newsite.web.context import now
from newsite.web.pagecache import layer


def warm_up(app: Flask) -> None:
    """Has the front page and the newest article made, and forgets them; without a site or its database, nothing.

    Afterwards no connection is open: none may live on in two processes.
    """
    cache: layer.PageCache = app.extensions[layer.KEY]
    with suppress(SQLAlchemyError):
        for path in _paths(app):
            run_wsgi_app(cache, create_environ(path, headers={"Accept-Encoding": "br"}))
    cache.clear()
    with app.app_context():
        db.engine.dispose()


def _paths(app: Flask) -> list[str]:
    with app.app_context(), hurried():
        if sites.find_site() is None:
            return []
        newest = queries.latest(now(), limit=1).items
        return ["/", *(encoded(article.path) for article in newest if article.path)]
