"""Markdown made HTML, for the editor: a button's doing, never a guess, and stored only when it is saved."""

from flask.typing import ResponseReturnValue

from newsite import sanitize
from newsite.articles.models import Article, Format, Kind
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.editor import editor_page, tried
from newsite.web.desk.articles.forms import PageForm, form_for
from newsite.web.desk.articles.reach import form_to_begin, theirs


@bp.post("/new/html", defaults={"kind": "article"})
@bp.post("/new-page/html", defaults={"kind": "page"})
def convert_new(kind: str) -> ResponseReturnValue:
    """The editor with the HTML of what was typed as Markdown."""
    form = form_to_begin(Kind(kind))
    return tried(lambda: _converted(None, form), None, form)


@bp.post("/<id:article_id>/html")
def convert_sent(article_id: int) -> ResponseReturnValue:
    """The article's editor with the HTML of what was typed as Markdown."""
    article = theirs(article_id)
    form = form_for(article, article.kind)
    return tried(lambda: _converted(article, form), article, form)


def _converted(article: Article | None, form: PageForm) -> ResponseReturnValue:
    """Raises BadText if it is more than can be cleaned in one piece."""
    if form.body_format.data == Format.markdown:
        form.body.data = sanitize.markdown_html(form.body.data or "")
        form.body_format.data = Format.html.value
    return editor_page(article, form)
