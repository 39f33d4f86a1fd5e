"""Articles that a link may lead to, by words of their titles: what the editor's dialog of links asks for."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from newsite.articles import desk_queries
from newsite.articles.desk_queries import Asked, Shelf
from newsite.text import tidy_line
from newsite.web.context import now
from newsite.web.desk.articles.blueprint import bp
from newsite.web.templating import article_url

MAX_FOUND = 8  # as many as can be chosen from at a glance


@bp.get("/pick")
def pick() -> ResponseReturnValue:
    """JSON of the published articles and pages with the words `q` in their titles, last saved first.

    Anybody's: what is published may be linked to by whoever writes here.
    """
    asked = Asked(shelf=Shelf.published, words=tidy_line(request.args.get("q", "")))
    found = desk_queries.listed(asked, now=now(), limit=MAX_FOUND)
    return jsonify(
        articles=[
            {"id": one.id, "title": one.title, "address": article_url(one)} for one in found.items
        ]
    )
