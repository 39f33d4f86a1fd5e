"""Before an article is out: what may be wanting, each with its place, and the decision."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from newsite.articles import links
from newsite.articles.models import Article, State
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.desk.articles import saving, telling, wanting
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.lists import shelf_of
from newsite.web.desk.articles.reach import may_edit, theirs
from newsite.web.desk.articles.states import somebody_was_faster
from newsite.web.desk.fields import NumberField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell


class PublishingForm(DeskForm):
    """Which version was looked at."""

    version = NumberField()


@bp.route("/<id:article_id>/publishing", methods=["GET", "POST"])
def publishing(article_id: int) -> ResponseReturnValue:
    """What may be wanting of the article as it was saved, and the button that publishes it all the same."""
    article = theirs(article_id)
    if request.method == "GET":
        return _page(article, 200)
    if article.version != PublishingForm().version.data:
        tell(gettext("Somebody saved it meanwhile. This is what it is now."))
        return redirect(url_for(".publishing", article_id=article_id), 303)
    try:
        saving.publish(article)
        telling.record(article, telling.published_word(article))
        db.session.commit()
    except StaleDataError:
        return somebody_was_faster(article_id)
    except RuleBroken as error:
        db.session.rollback()
        tell(error.message)
        return redirect(url_for(".edit", article_id=article_id), 303)
    telling.tell_stored(article, is_published=True)
    return redirect(url_for(".edit", article_id=article_id), 303)


@bp.get("/broken-links")
def broken_links() -> str:
    """The articles with links that lead nowhere; a writer sees their own."""
    writer = None if g.user.is_editor else g.user.id
    return render_template(
        "desk/articles/broken_links.html",
        broken=links.broken(writer=writer),
        may_edit=may_edit,
        shelf_of=shelf_of,
        place_of=wanting.place_of_link,
    )


def _page(article: Article, status: int) -> ResponseReturnValue:
    if article.state is State.published:
        tell(gettext("It is published already."))
        return redirect(url_for(".edit", article_id=article.id), 303)
    return render_template(
        "desk/articles/publishing.html",
        article=article,
        form=PublishingForm(formdata=None, data={"version": article.version}),
        findings=wanting.of(article),
    ), status
