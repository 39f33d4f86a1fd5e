"""The page as readers will see it. What it shows is not stored: the transaction is rolled back."""

from flask.typing import ResponseReturnValue

from newsite.articles.models import Kind
from newsite.db import db
from newsite.web.desk.articles import saving
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.editor import tried
from newsite.web.desk.articles.forms import form_for
from newsite.web.desk.articles.reach import form_to_begin, seen, theirs
from newsite.web.previewing import shown


@bp.post("/new/preview", defaults={"kind": "article"})
@bp.post("/new-page/preview", defaults={"kind": "page"})
def preview_new(kind: str) -> ResponseReturnValue:
    """The page that the text in the form would make."""
    form = form_to_begin(Kind(kind))
    return tried(lambda: shown(saving.create(form, Kind(kind))), None, form)


@bp.post("/<id:article_id>/preview")
def preview_sent(article_id: int) -> ResponseReturnValue:
    """The article's page with the text in the form."""
    article = theirs(article_id)
    form = form_for(article, article.kind)
    return tried(lambda: shown(saving.save(article, form, version=article.version)), article, form)


@bp.get("/<id:article_id>/preview")
def preview(article_id: int) -> ResponseReturnValue:
    """The article's page with the text that is stored."""
    article = seen(article_id)
    with db.session.no_autoflush:  # only to be looked at
        return shown(article)
