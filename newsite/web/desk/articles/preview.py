"""The page as readers will see it. What it shows is not stored: the transaction is rolled back."""

from flask import g
from flask.typing import ResponseReturnValue

from newsite.articles import addresses
from newsite.articles.models import Article, Kind, State
from newsite.db import db
from newsite.web.articles import article_page
from newsite.web.context import current_site, now, reserved
from newsite.web.desk.articles import saving
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.editor import form_to_begin, theirs, tried
from newsite.web.desk.articles.forms import form_for


@bp.post("/new/preview", defaults={"kind": "article"})
@bp.post("/new-page/preview", defaults={"kind": "page"})
def preview_new(kind: str) -> ResponseReturnValue:
    """The page that the text in the form would make."""
    form = form_to_begin(Kind(kind))
    return tried(lambda: _shown(saving.create(form, Kind(kind))), None, form)


@bp.post("/<id:article_id>/preview")
def preview_sent(article_id: int) -> ResponseReturnValue:
    """The article's page with the text in the form."""
    article = theirs(article_id)
    form = form_for(article, article.kind)
    return tried(lambda: _shown(saving.save(article, form, version=article.version)), article, form)


@bp.get("/<id:article_id>/preview")
def preview(article_id: int) -> ResponseReturnValue:
    """The article's page with the text that is stored."""
    article = theirs(article_id)
    with db.session.no_autoflush:  # only to be looked at
        return _shown(article)


def _shown(article: Article) -> str:
    """The page as it will be once the article is out: at once, or at the time that is set."""
    if article.state is not State.published:
        article.published_at = article.published_at or now()
        article.state = State.published
    if article.path is None:
        article.path = addresses.free(article, current_site(), reserved(), now())
    g.now = max(now(), article.published_at or now())
    page = article_page(article)
    db.session.rollback()
    return page
