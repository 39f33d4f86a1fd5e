"""The secret link by which somebody outside of the desk reads a draft: made, made anew, ended."""

from collections.abc import Callable

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.articles import sharing
from newsite.articles.models import Article
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk.articles import telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.reach import seen
from newsite.web.desk.notices import tell
from newsite.web.templating import absolute


@bp.get("/<id:article_id>/sharing")
def secret_link(article_id: int) -> str:
    """The link as it is, if there is one."""
    article = seen(article_id)
    link = None
    if article.share_mark:
        path = url_for("drafts.show", article_id=article.id, mark=article.share_mark)
        link = absolute(path)
    return render_template(
        "desk/articles/sharing.html",
        article=article,
        link=link,
        may_share=sharing.is_draft(article, now()),
    )


@bp.post("/<id:article_id>/sharing/begin")
def share(article_id: int) -> ResponseReturnValue:
    """Makes a link; one that there was leads nowhere any more."""

    def deed(article: Article) -> str:
        sharing.share(article, by=g.user, now=now())
        telling.record(article, telling.SHARED)
        return str(gettext("Whoever has this link can read the draft."))

    return _done(article_id, deed)


@bp.post("/<id:article_id>/sharing/end")
def unshare(article_id: int) -> ResponseReturnValue:
    """Ends the link."""

    def deed(article: Article) -> str:
        sharing.end(article, by=g.user)
        telling.record(article, telling.UNSHARED)
        return str(gettext("The link leads nowhere any more."))

    return _done(article_id, deed)


def _done(article_id: int, deed: Callable[[Article], str]) -> ResponseReturnValue:
    article = seen(article_id)
    try:
        words = deed(article)
        db.session.commit()
    except RuleBroken as error:
        db.session.rollback()
        words = error.message
    tell(words)
    return redirect(url_for(".secret_link", article_id=article_id), 303)
