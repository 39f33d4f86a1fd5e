"""The versions of an article: all of them, one by one, and what has changed since."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from newsite.articles import desk_queries
from newsite.articles.models import RevisionKind
from newsite.web.desk.articles import differences
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.editor import theirs

KINDS = {
    RevisionKind.draft: _("Before publication"),
    RevisionKind.typo: _("A slip of the pen"),
    RevisionKind.update: _("An update"),
    RevisionKind.correction: _("A correction"),
}


@bp.get("/<id:article_id>/versions")
def versions(article_id: int) -> ResponseReturnValue:
    """All versions, newest first."""
    article = theirs(article_id)
    return render_template(
        "desk/articles/versions.html",
        article=article,
        revisions=desk_queries.revisions(article),
        kinds=KINDS,
    )


@bp.get("/<id:article_id>/versions/<id:number>")
def version(article_id: int, number: int) -> ResponseReturnValue:
    """One version as it was written, and what has changed since."""
    article = theirs(article_id)
    revision = desk_queries.revision(article, number) or abort(404)
    return render_template(
        "desk/articles/version.html",
        article=article,
        revision=revision,
        kinds=KINDS,
        differing=differences.since(revision, article),
    )
