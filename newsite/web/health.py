"""Two questions that machines ask: is the process alive, and can it serve the site."""

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from newsite import migrations
from newsite.db import hurried
from newsite.migrations import DatabaseNotReady
from newsite.site import queries as sites
from newsite.site.queries import SiteMissing

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def live() -> Response:
    """Whether the process answers; the database is not asked, so that its failure restarts nobody."""
    return _answer("ok", 200)


@bp.get("/readyz")
def ready() -> Response:
    """Whether the site can be served: the database answers, has our shape, and holds a site."""
    try:
        with hurried():  # a prober has little patience
            migrations.check()
            sites.the_site()
    except (DatabaseNotReady, SiteMissing) as problem:
        return _answer(str(problem), 503)
    except SQLAlchemyError:
        return _answer("The database does not answer.", 503)
    return _answer("ready", 200)


def _answer(sentence: str, status: int) -> Response:
    response = Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
