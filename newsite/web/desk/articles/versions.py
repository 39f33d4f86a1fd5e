"""The versions of an article: all of them, one by one, and any two laid over one another."""

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from newsite.articles import desk_queries, withholding
from newsite.articles.models import Article, Revision, RevisionKind
from newsite.articles.withholding import MAX_REASON_CHARS
from newsite.db import db
from newsite.errors import NotAllowed
from newsite.web.context import now
from newsite.web.desk.articles import differences, telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.reach import seen
from newsite.web.desk.fields import TextField, at_most
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import stored

KINDS = {
    RevisionKind.draft: _("Before publication"),
    RevisionKind.typo: _("A slip of the pen"),
    RevisionKind.update: _("An update"),
    RevisionKind.correction: _("A correction"),
}


class WithholdingForm(DeskForm):
    """Why nobody is to read a version any more."""

    reason = TextField(
        _("Why it is withheld"),
        [at_most(MAX_REASON_CHARS)],
        description=_("Readers see this in its place. Do not repeat what you take away."),
        render_kw={"rows": 3},
    )
    with_others = BooleanField(_("Withhold those too, for the same reason"))


@bp.get("/<id:article_id>/versions")
def versions(article_id: int) -> ResponseReturnValue:
    """All versions, newest first; where two are chosen, the way to the page that compares them."""
    article = seen(article_id)
    if "version" in request.args:
        pair: dict[str, Any] = {"number": _number("version"), "with": _number("with")}
        return redirect(url_for(".version", article_id=article_id, **pair), 303)
    revisions = desk_queries.revisions(article)
    return render_template(
        "desk/articles/versions.html",
        article=article,
        revisions=revisions,
        readable=_readable(revisions),
        kinds=KINDS,
    )


@bp.get("/<id:article_id>/versions/<id:number>")
def version(article_id: int, number: int) -> ResponseReturnValue:
    """One version as it was written, laid over the one before it, or `with` another."""
    article = seen(article_id)
    revision = desk_queries.revision(article, number) or abort(404)
    may_read = withholding.may_read(revision, g.user)
    revisions = desk_queries.revisions(article)
    other = _other(article, revision, _readable(revisions)) if may_read else None
    older, newer = sorted((revision, other or revision), key=lambda one: one.version)
    return render_template(
        "desk/articles/version.html",
        article=article,
        revision=revision,
        kinds=KINDS,
        may_read=may_read,
        is_last=revisions[0].id == revision.id,
        readable=_readable(revisions),
        other=other,
        older=older,
        newer=newer,
        differing=differences.between(older, newer) if other else [],
        words=differences.plain(revision.body, revision.body_format) if may_read else None,
    )


@bp.route("/<id:article_id>/versions/<id:number>/withhold", methods=["GET", "POST"])
def withhold(article_id: int, number: int) -> ResponseReturnValue:
    """Takes a version out of sight, with a reason that readers see."""
    revision, form = _revision(article_id, number), WithholdingForm()
    also = withholding.also_in(revision)

    def page(status: int) -> ResponseReturnValue:
        shown = {"article": revision.article, "revision": revision, "form": form, "also": also}
        return render_template("desk/articles/withhold.html", **shown), status

    def deed() -> None:
        others = [one.revision for one in also if one.may_be_withheld]
        for one in [revision, *others] if form.with_others.data else [revision]:
            withholding.withhold(one, reason=form.reason.data or "", by=g.user, now=now())
            telling.record(one.article, telling.WITHHELD)

    if request.method == "GET":
        return page(200)
    refused = stored(form, deed, page)
    if refused is not None:
        return refused
    tell(gettext("Version %(number)d is withheld.", number=number))
    return redirect(url_for(".versions", article_id=article_id), 303)


@bp.post("/<id:article_id>/versions/<id:number>/release")
def release(article_id: int, number: int) -> ResponseReturnValue:
    """Lets a version be seen again."""
    revision = _revision(article_id, number)
    withholding.release(revision, by=g.user)
    telling.record(revision.article, telling.RELEASED)
    db.session.commit()
    tell(gettext("Version %(number)d can be seen again.", number=number))
    return redirect(url_for(".version", article_id=article_id, number=number), 303)


def _revision(article_id: int, number: int) -> Revision:
    return desk_queries.revision(seen(article_id), number) or abort(404)


def _readable(revisions: list[Revision]) -> list[Revision]:
    """Those that the user may read."""
    return [one for one in revisions if withholding.may_read(one, g.user)]


def _other(article: Article, revision: Revision, readable: list[Revision]) -> Revision | None:
    """What a version is laid over: the one that was asked for, else the last one before it that may be read."""
    number = _number("with") if "with" in request.args else None
    if number is None:
        number = next((one.version for one in readable if one.version < revision.version), None)
    if number is None:
        return None
    found = desk_queries.revision(article, number) or abort(404)
    if not withholding.may_read(found, g.user):
        raise NotAllowed(gettext("This version is withheld. Ask an editor."))
    return found


def _number(name: str) -> int:
    """The number of a version that was asked for. Aborts with 404 for what is none."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else abort(404)
