"""The editor: writing, saving and publishing. Nothing that was typed is lost, whoever was faster."""

from collections.abc import Callable

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from newsite.articles import actions, desk_queries, queries
from newsite.articles.models import Article, Kind, Revision
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.text import READING_SPEED
from newsite.web.context import now
from newsite.web.desk.articles import differences, saving, telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.forms import PageForm, form_for, stored_form
from newsite.web.desk.articles.lists import shelf_of

PUBLISH = "publish"  # the value of the button `do`


@bp.route("/new", defaults={"kind": "article"}, methods=["GET", "POST"])
@bp.route("/new-page", defaults={"kind": "page"}, methods=["GET", "POST"])
def new(kind: str) -> ResponseReturnValue:
    """An article or a page that is only begun: nothing is stored before the first save."""
    form = form_to_begin(Kind(kind))
    if request.method == "GET":
        return editor_page(None, form)
    return tried(lambda: _created(form, Kind(kind)), None, form)


@bp.route("/<id:article_id>", methods=["GET", "POST"])
def edit(article_id: int) -> ResponseReturnValue:
    """An article or a page, to be read and changed; `version` fills in an older version's text."""
    article = theirs(article_id)
    form = form_for(article, article.kind, _revision_asked(article))
    if request.method == "GET":
        return editor_page(article, form)
    return tried(lambda: _saved(article, form), article, form)


def theirs(article_id: int) -> Article:
    """The article, if it is the user's to change. Aborts with 404; raises NotAllowed."""
    article = queries.by_id(article_id) or abort(404)
    actions.require_may_edit(article, g.user)
    return article


def form_to_begin(kind: Kind) -> PageForm:
    """An empty form. Raises NotAllowed where a writer would begin a page."""
    if kind is Kind.page and not g.user.is_editor:
        raise NotAllowed("Only an editor may write pages.")
    return form_for(None, kind)


def editor_page(article: Article | None, form: PageForm, status: int = 200) -> ResponseReturnValue:
    """The editor with what is in the form."""
    words = article.words if article else 0
    page = render_template(
        "desk/articles/editor.html",
        moment=now(),
        article=article,
        form=form,
        shelf=article and shelf_of(article),
        is_public=article is not None and article.is_public(now()),
        last=article and desk_queries.last_revision(article),
        minutes=max(1, round(words / READING_SPEED)),
        taken=request.args.get("version") if request.method == "GET" else None,
    )
    return page, status


def tried(
    deed: Callable[[], ResponseReturnValue], article: Article | None, form: PageForm
) -> ResponseReturnValue:
    """What the deed answers; where something stops it, the editor with all that was typed."""
    if not form.validate():
        return editor_page(article, form, 422)
    refusal: RuleBroken
    try:
        return deed()
    except (actions.VersionConflict, StaleDataError):
        db.session.rollback()
        return _conflict_page(article or abort(409), form)
    except IntegrityError:  # two people took one address, or made one tag, at the same moment
        db.session.rollback()  # before gettext, which asks the site for its language
        refusal = Conflict(gettext("Somebody saved at the same moment. Save again."))
    except RuleBroken as error:
        refusal = error
    db.session.rollback()
    form.refuse(refusal)
    return editor_page(article, form, refusal.status)


def _created(form: PageForm, kind: Kind) -> ResponseReturnValue:
    article = saving.create(form, kind)
    telling.record(article, telling.BEGAN)
    return _stored(article)


def _saved(article: Article, form: PageForm) -> ResponseReturnValue:
    was_public = article.is_public(now())
    saving.save(article, form, version=form.version.data)
    if was_public:
        telling.record(article, telling.CHANGED[form.wanted_change()])
    return _stored(article)


def _stored(article: Article) -> ResponseReturnValue:
    """Publishes too, where that button was pressed; commits, and leads to the editor."""
    is_published = request.form.get("do") == PUBLISH
    if is_published:
        saving.publish(article)
        telling.record(article, telling.published_word(article))
    db.session.commit()
    telling.tell_stored(article, is_published=is_published)
    return redirect(url_for(".edit", article_id=article.id), 303)


def _conflict_page(article: Article, form: PageForm) -> ResponseReturnValue:
    """Both texts: the stored one laid under the typed one, which stays in the form.

    The form now begins from what is stored, so that saving again is a decision.
    """
    differing = differences.between_forms(stored_form(article), form)
    form.version.data = article.version
    page = render_template(
        "desk/articles/conflict.html",
        moment=now(),
        article=article,
        form=form,
        shelf=shelf_of(article),
        is_public=article.is_public(now()),
        last=desk_queries.last_revision(article),
        minutes=max(1, round(article.words / READING_SPEED)),
        differing=differing,
    )
    return page, 409


def _revision_asked(article: Article) -> Revision | None:
    asked = request.args.get("version")
    if asked is None or request.method != "GET":
        return None
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= 9
    found = desk_queries.revision(article, int(asked)) if is_number else None
    return found or abort(404)
