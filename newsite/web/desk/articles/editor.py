"""The editor: writing, saving and publishing. Nothing that was typed is lost, whoever was faster."""

from collections.abc import Callable

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from newsite.articles import actions, autosaving, desk_queries, notes, reads, reviewing, withholding
from newsite.articles.models import Article, Kind, Revision, State
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.text import READING_SPEED
from newsite.web.context import current_site, now
from newsite.web.desk.articles import differences, drafts, saving, telling, wanting
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.forms import ArticleForm, PageForm, form_for, kept_form, stored_form
from newsite.web.desk.articles.lists import shelf_of
from newsite.web.desk.articles.reach import form_to_begin, seen

PUBLISH, HAND_IN = "publish", "review"  # the values of the buttons `do`


@bp.route("/new", defaults={"kind": "article"}, methods=["GET", "POST"])
@bp.route("/new-page", defaults={"kind": "page"}, methods=["GET", "POST"])
def new(kind: str) -> ResponseReturnValue:
    """An article or a page that is only begun: nothing is stored before the first save."""
    form = form_to_begin(Kind(kind))
    if request.method == "GET":
        kept = drafts.kept(request.args.get("draft"))
        return editor_page(None, kept_form(kept, Kind(kind)) if kept else form)
    return tried(lambda: _created(form, Kind(kind)), None, form)


@bp.route("/<id:article_id>", methods=["GET", "POST"])
def edit(article_id: int) -> ResponseReturnValue:
    """An article or a page, to be read and changed.

    `version` fills in an older version's text, `draft` words that were not saved.
    """
    article = seen(article_id)
    if request.method == "GET":
        if article.state is State.review and not g.user.is_editor:
            return waiting_page(article)
        actions.require_may_edit(article, g.user)
    form = form_for(article, article.kind, _revision_asked(article))
    if request.method == "GET":
        kept = drafts.kept(request.args.get("draft"))
        return editor_page(article, kept_form(kept, article.kind) if kept else form)
    return tried(lambda: _saved(article, form), article, form)


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
        reading_speed=READING_SPEED,
        taken=request.args.get("version") if request.method == "GET" else None,
        **_kept(article, form),
        read=_read(article),
        notes=notes.of(article) if article else [],
        # Whoever reads it for review is to see what publishing will ask.
        findings=wanting.of(article) if article and article.state is State.review else [],
    )
    return page, status


def waiting_page(article: Article) -> str:
    """What a writer sees of an article that an editor is asked to read."""
    last = desk_queries.last_revision(article)
    return render_template(
        "desk/articles/waiting.html",
        article=article,
        shelf=shelf_of(article),
        last=last,
        words=differences.plain(last.body, last.body_format),
        notes=notes.of(article),
        findings=wanting.of(article),
    )


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
    """Publishes or hands in too, where that button was pressed; commits, and leads to the editor."""
    wanted = request.form.get("do")
    place = drafts.place_sent()
    if place is not None:
        autosaving.forget(g.user, place)
    findings = saving.noted_findings(article)
    if wanted == PUBLISH and findings and g.user.is_editor and article.body.strip():
        db.session.commit()  # saved; whether it is published is decided on the next page
        drafts.note_stored()
        return redirect(url_for(".publishing", article_id=article.id), 303)
    if wanted == PUBLISH:
        saving.publish(article)
        telling.record(article, telling.published_word(article))
    elif wanted == HAND_IN:
        reviewing.submit(article, by=g.user, now=now())
        telling.record(article, telling.HANDED_IN)
    db.session.commit()
    drafts.note_stored()
    telling.tell_stored(article, is_published=wanted == PUBLISH)
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
        reading_speed=READING_SPEED,
        differing=differing,
        **_kept(article, form),
    )
    return page, 409


def _kept(article: Article | None, form: PageForm) -> dict[str, object]:
    """Where this editor keeps what is typed, and what was kept elsewhere and never saved."""
    kind = Kind.article if isinstance(form, ArticleForm) else Kind.page
    taken = request.args.get("draft") if request.method == "GET" else drafts.place_sent()
    place = taken or drafts.new_place(article, kind)
    found = autosaving.saved_of(g.user, article) if article else autosaving.begun(g.user)
    others = autosaving.others(g.user, article, now()) if article else []
    return {
        "place": place,
        "stored": drafts.stored_marks(),
        "unsaved": [one for one in found if one.place != place],
        "others": others,
    }


def _read(article: Article | None) -> int | None:
    """How often readers read it in the last seven days; None where nobody counts."""
    site = current_site()
    if article is None or not site.counts_reads or not article.is_public(now()):
        return None
    return reads.of(article, now().astimezone(site.zone).date())


def _revision_asked(article: Article) -> Revision | None:
    asked = request.args.get("version")
    if asked is None or request.method != "GET":
        return None
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= 9
    found = desk_queries.revision(article, int(asked)) if is_number else None
    if found is not None and not withholding.may_read(found, g.user):
        raise NotAllowed("This version is withheld. Ask an editor.")
    return found or abort(404)
