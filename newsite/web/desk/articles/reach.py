"""Which articles a user of the desk may change, and which they may begin."""

from flask import abort, g

from newsite.articles import actions, queries
from newsite.articles.models import Article, Kind
from newsite.errors import NotAllowed
from newsite.web.desk.articles.forms import PageForm, form_for


def theirs(article_id: int) -> Article:
    """The article, if it is the user's to change. Aborts with 404; raises NotAllowed."""
    article = queries.by_id(article_id) or abort(404)
    actions.require_may_edit(article, g.user)
    return article


def seen(article_id: int) -> Article:
    """The article, if the user may look behind it. Aborts with 404; raises NotAllowed."""
    article = queries.by_id(article_id) or abort(404)
    actions.require_may_see(article, g.user)
    return article


def may_edit(article: Article) -> bool:
    """Whether it is the user's to change as it stands."""
    try:
        actions.require_may_edit(article, g.user)
    except NotAllowed:
        return False
    return True


def form_to_begin(kind: Kind) -> PageForm:
    """An empty form. Raises NotAllowed where a writer would begin a page."""
    if kind is Kind.page and not g.user.is_editor:
        raise NotAllowed("Only an editor may write pages.")
    return form_for(None, kind)
