"""An article on its way between its writer and an editor: taken back, or sent back with a note."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm.exc import StaleDataError

from newsite.articles import reviewing
from newsite.articles.models import Article
from newsite.articles.notes import MAX_CHARS
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.desk.articles import telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.reach import seen, theirs
from newsite.web.desk.articles.states import somebody_was_faster
from newsite.web.desk.fields import TextField, at_most
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell


class SendBackForm(DeskForm):
    """Why an article goes back to its writer."""

    words = TextField(
        _("What is still to do"),
        [at_most(MAX_CHARS)],
        description=_("It becomes a note on the article. Readers never see it."),
        render_kw={"rows": 5},
    )


@bp.post("/<id:article_id>/take-back")
def take_back(article_id: int) -> ResponseReturnValue:
    """Makes a draft again of what was handed in."""
    article = seen(article_id)
    try:
        reviewing.take_back(article, by=g.user, now=now())
        telling.record(article, telling.TOOK_FROM_REVIEW)
        db.session.commit()
    except StaleDataError:
        return somebody_was_faster(article_id)
    except RuleBroken as error:
        db.session.rollback()
        tell(error.message)
        return redirect(url_for(".edit", article_id=article_id), 303)
    tell(gettext("“%(title)s” is a draft again.", title=article.title))
    return redirect(url_for(".edit", article_id=article_id), 303)


@bp.route("/<id:article_id>/send-back", methods=["GET", "POST"])
def send_back(article_id: int) -> ResponseReturnValue:
    """Gives an article back to its writer, with a note that says why."""
    article, form = theirs(article_id), SendBackForm()
    if request.method == "GET" or not form.validate():
        return _page(article, form, 422 if form.errors else 200)
    try:
        reviewing.send_back(article, words=form.words.data or "", by=g.user, now=now())
        telling.record(article, telling.SENT_BACK)
        db.session.commit()
    except StaleDataError:
        return somebody_was_faster(article_id)
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _page(article, form, error.status)
    tell(gettext("“%(title)s” is back with its writer.", title=article.title))
    return redirect(url_for(".index", state="review"), 303)


def _page(article: Article, form: SendBackForm, status: int) -> ResponseReturnValue:
    return render_template("desk/articles/send_back.html", article=article, form=form), status
