"""What becomes of an article besides its text: withdrawn, put in the trash, taken out of it."""

from collections.abc import Callable

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm.exc import StaleDataError

from newsite.articles import actions
from newsite.articles.models import Article, State
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import current_site, now
from newsite.web.desk.articles import telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.reach import theirs
from newsite.web.desk.fields import TextField, at_most
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell

MAX_REASON_CHARS = 500


class WithdrawalForm(DeskForm):
    """Why an article is taken down."""

    reason = TextField(
        _("Why it is withdrawn"),
        [at_most(MAX_REASON_CHARS)],
        description=_("Readers who ask for the article see this in its place."),
        render_kw={"rows": 3},
    )


@bp.route("/<id:article_id>/withdraw", methods=["GET", "POST"])
def withdraw(article_id: int) -> ResponseReturnValue:
    """Takes an article down, with a reason that readers see; a scheduled one becomes a draft again."""
    article, form = theirs(article_id), WithdrawalForm()
    if request.method == "GET" or not form.validate():
        return _withdrawal_page(article, form, 422 if form.errors else 200)
    was_public = article.is_public(now())
    try:
        reason = form.reason.data or ""
        actions.withdraw(article, reason=reason, by=g.user, now=now(), site=current_site())
        telling.record(article, telling.WITHDREW if was_public else telling.TOOK_BACK)
        db.session.commit()
    except StaleDataError:
        return somebody_was_faster(article_id)
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return _withdrawal_page(article, form, error.status)
    if was_public:
        tell(gettext("“%(title)s” is withdrawn.", title=article.title))
    else:
        tell(gettext("“%(title)s” is a draft again.", title=article.title))
    return redirect(url_for(".edit", article_id=article_id), 303)


@bp.post("/<id:article_id>/trash")
def trash(article_id: int) -> ResponseReturnValue:
    """Puts an article into the trash, and offers to undo it."""

    def deed(article: Article) -> ResponseReturnValue:
        actions.trash(article, by=g.user, now=now())
        telling.record(article, telling.TRASHED)
        db.session.commit()
        tell(
            gettext("“%(title)s” is in the trash.", title=article.title),
            undo=url_for(".restore", article_id=article_id),
        )
        return redirect(url_for(".index"), 303)

    return _tried(article_id, deed)


@bp.post("/<id:article_id>/restore")
def restore(article_id: int) -> ResponseReturnValue:
    """Takes an article out of the trash."""

    def deed(article: Article) -> ResponseReturnValue:
        actions.restore(article, by=g.user, now=now())
        telling.record(article, telling.RESTORED)
        db.session.commit()
        if article.state is State.withdrawn:
            tell(gettext("“%(title)s” is out of the trash, and withdrawn.", title=article.title))
        else:
            tell(gettext("“%(title)s” is a draft again.", title=article.title))
        return redirect(url_for(".edit", article_id=article_id), 303)

    return _tried(article_id, deed)


def _tried(article_id: int, deed: Callable[[Article], ResponseReturnValue]) -> ResponseReturnValue:
    """What the deed answers; where a rule or another's save stops it, the editor, which says so."""
    article = theirs(article_id)
    try:
        return deed(article)
    except StaleDataError:
        return somebody_was_faster(article_id)
    except RuleBroken as error:
        db.session.rollback()
        tell(error.message)
        return redirect(url_for(".edit", article_id=article_id), 303)


def somebody_was_faster(article_id: int) -> ResponseReturnValue:
    """The editor, which says so; nothing was stored."""
    db.session.rollback()
    tell(gettext("Somebody saved it at the same moment. Look at it, and try again."))
    return redirect(url_for(".edit", article_id=article_id), 303)


def _withdrawal_page(article: Article, form: WithdrawalForm, status: int) -> ResponseReturnValue:
    return render_template("desk/articles/withdraw.html", article=article, form=form), status
