"""A draft by its secret link: for whoever has it, kept by nobody, in no list and no log."""

from flask import Blueprint, abort, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.articles import sharing
from newsite.db import db
from newsite.web.context import now
from newsite.web.headers import private
from newsite.web.previewing import shown
from newsite.web.templating import article_url

bp = Blueprint("drafts", __name__)


@bp.get("/draft/<id:article_id>/<mark>")
def show(article_id: int, mark: str) -> ResponseReturnValue:
    """The page that the draft will make; once it is out, the article itself."""
    article = sharing.opened(article_id, mark)
    if article is not None and article.is_public(now()):
        return redirect(article_url(article), 303)
    if article is None or not sharing.is_draft(article, now()):
        abort(404)
    with db.session.no_autoflush:  # only to be looked at
        return private(
            shown(
                article,
                gettext(
                    "This is a draft. It is not published yet, and may change: keep it to yourself."
                ),
            )
        )
