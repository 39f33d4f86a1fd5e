"""What a writer types is kept on the server while they type; nothing of it is stored in the article before they save.

A script sends it (static/desk-writing.js). Without one the form is as safe as any: what is refused comes back.
"""

import re
import secrets

from flask import abort, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from newsite.articles import autosaving, desk_queries
from newsite.articles.models import Article, Kind, SavedDraft
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken
from newsite.web.context import now
from newsite.web.desk.articles import differences
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.forms import PageForm, form_for, kept_form, stored_form
from newsite.web.desk.articles.reach import form_to_begin, theirs
from newsite.web.desk.notices import tell

_PLACE = re.compile(r"(new-article|new-page|[1-9][0-9]{0,9})\.[0-9a-f]{8}", re.ASCII)
_MARK = re.compile(r"[0-9]{1,20}", re.ASCII)
_STORED = (
    "stored"  # in the session: marks of forms that a Save has stored, and no script was told of
)
_MOST_MARKS = 20  # a cookie has little room


def new_place(article: Article | None, kind: Kind) -> str:
    """Where an editor that is opened now keeps what is typed into it."""
    return f"{article.id if article else f'new-{kind.value}'}.{secrets.token_hex(4)}"


def place_sent() -> str | None:
    """The place that a form names; None if it names none."""
    place = request.form.get("place", "")
    return place if _PLACE.fullmatch(place) else None


def note_stored() -> None:
    """Notes that the form which was sent is stored; the caller has committed.

    The script may keep the same words in the browser, under the mark that the form bears.
    """
    mark = request.form.get("mark", "")
    if _MARK.fullmatch(mark):
        session[_STORED] = [*session.get(_STORED, []), mark][-_MOST_MARKS:]


def stored_marks() -> list[str]:
    """The marks that the script has not been told of yet; asked for once."""
    marks: list[str] = session.pop(_STORED, [])
    return marks


def kept(place: str | None) -> SavedDraft | None:
    """What the user keeps at a place that was asked for; 404 if there is nothing."""
    if place is None:
        return None
    return autosaving.saved(g.user, place) or abort(404)


@bp.post("/drafts/<place>")
def keep(place: str) -> ResponseReturnValue:
    """Keeps what is in the editor's form, and says who else is at work, or why it is not kept."""
    try:
        article, form = _meant(place)
    except NotAllowed as error:
        here = gettext("What you type is kept in this browser only.")
        return jsonify(said=f"{error.message} {here}"), error.status
    names = {field.name for field in form} - {"csrf_token", "version"}
    fields = {name: sent for name, sent in request.form.lists() if name in names}
    version = max(0, form.version.data)
    try:
        autosaving.keep(g.user, place, fields, article=article, version=version, now=now())
    except RuleBroken as error:
        return jsonify(said=error.message), error.status
    return _told(article, version, saved=True)


@bp.post("/<id:article_id>/presence")
def be_present(article_id: int) -> ResponseReturnValue:
    """Says that the user has the article open; told is who else has."""
    article = theirs(article_id)
    sent = request.form.get("version", "")
    return _told(article, int(sent) if sent.isdigit() and len(sent) < 10 else 0, saved=False)


@bp.get("/drafts/<place>")
def compare(place: str) -> ResponseReturnValue:
    """What was kept, laid over what is stored; of a new article, the editor with it."""
    draft = kept(place)
    article, form = _meant(place)
    if article is None or draft is None:
        return redirect(url_for(".new", kind=_kind(place), draft=place), 303)
    return render_template(
        "desk/articles/compare.html",
        article=article,
        draft=draft,
        form=form,
        differing=differences.between_forms(stored_form(article), kept_form(draft, article.kind)),
        last=desk_queries.last_revision(article),
    )


@bp.post("/drafts/<place>/away")
def throw_away(place: str) -> ResponseReturnValue:
    """Forgets what was kept."""
    article, _ = _meant(place)
    autosaving.forget(g.user, place)
    db.session.commit()
    tell(gettext("What you had not saved is thrown away."))
    if article is None:
        return redirect(url_for(".new", kind=_kind(place)), 303)
    return redirect(url_for(".edit", article_id=article.id), 303)


def _meant(place: str) -> tuple[Article | None, PageForm]:
    """The article of a place, if it is the user's to change, and its form. Aborts with 404."""
    if not _PLACE.fullmatch(place):
        abort(404)
    if place.startswith("new-"):
        return None, form_to_begin(Kind(_kind(place)))
    article = theirs(int(place.partition(".")[0]))
    return article, form_for(article, article.kind)


def _kind(place: str) -> str:
    return place.removeprefix("new-").partition(".")[0]


def _told(article: Article | None, version: int, *, saved: bool) -> ResponseReturnValue:
    """What the editor says, and the end of the transaction."""
    moment, present, newer = now(), [], None
    if article is not None:
        autosaving.arrive(g.user, article, moment)
        present = autosaving.others(g.user, article, moment)
        newer = desk_queries.last_revision(article) if article.version > version else None
    names = ", ".join(user.name for user in present)
    words = {
        "saved": saved,
        "others": gettext("Open here too: %(names)s.", names=names) if names else "",
        "newer": "",
    }
    if newer is not None and newer.by is not None and newer.by_id != g.user.id:
        words["newer"] = gettext(
            "%(name)s has saved this article meanwhile. When you save, both texts are shown beside each other.",
            name=newer.by.name,
        )
    db.session.commit()
    return jsonify(words)
