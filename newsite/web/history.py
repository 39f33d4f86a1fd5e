"""What was changed in an article after it was published: for readers, and for those who follow corrections."""

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Gone
from werkzeug.wrappers import Response

from newsite import changes
from newsite.articles import history, keys, queries
from newsite.articles.models import Article, RevisionKind, State
from newsite.web import pagecache
from newsite.web.articles import found
from newsite.web.context import current_site, now

KINDS = {
    RevisionKind.typo: _("A slip of the pen mended"),
    RevisionKind.update: _("Update"),
    RevisionKind.correction: _("Correction"),
}
PARTS = {
    "title": _("Title"),
    "standfirst": _("Standfirst"),
    "byline": _("By"),
    "body": _("Text"),
}

bp = Blueprint("history", __name__)


@bp.get("/articles/<id:article_id>/changes")
@pagecache.public()
def changed(article_id: int) -> str:
    """Every change since publication, newest first, with its note or why it is withheld."""
    article = _public(article_id)
    steps = history.steps(article)
    if not steps:
        abort(404)
    shows = current_site().shows_changes
    return render_template(
        "history/changed.html", article=article, steps=steps, kinds=KINDS, shows=shows
    )


@bp.get("/articles/<id:article_id>/changes/<id:version>")
@pagecache.public()
def change(article_id: int, version: int) -> str:
    """One change, word by word, where the site shows that; else there is no such page."""
    if not current_site().shows_changes:
        abort(404)
    article = _public(article_id)
    step = found(history.step(article, version))
    differing = history.differences(step)
    return render_template(
        "history/change.html",
        article=article,
        step=step,
        kinds=KINDS,
        parts=PARTS,
        differing=differing,
        counted=history.counted(differing),
    )


@bp.get("/corrections/atom.xml")
@pagecache.public()
def corrections_feed() -> Response:
    """The newest corrections as an Atom feed (RFC 4287)."""
    pagecache.collect(changes.CORRECTIONS)
    page = queries.all_corrections(now())
    times = [one.withheld_at or one.at for one in page.items]
    updated = max(times, default=current_site().founded_at)
    body = render_template("history/corrections.xml", corrections=page.items, updated=updated)
    return Response(body, mimetype="application/atom+xml")


def _public(article_id: int) -> Article:
    article = found(queries.by_id(article_id))
    pagecache.collect(keys.article(article_id))
    if article.state is State.withdrawn:
        raise Gone(article.withdrawn_reason or None)
    if not article.is_public(now()):
        abort(404)
    return article
