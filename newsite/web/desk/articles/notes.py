"""Notes between staff about an article: read, written, settled."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from newsite.articles import notes
from newsite.articles.notes import MAX_CHARS
from newsite.db import db
from newsite.web.context import now
from newsite.web.desk.articles import telling
from newsite.web.desk.articles.blueprint import bp
from newsite.web.desk.articles.reach import seen
from newsite.web.desk.fields import TextField, at_most
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.storing import stored


class NoteForm(DeskForm):
    """A word to whoever works on the article."""

    words = TextField(
        _("A note"),
        [at_most(MAX_CHARS)],
        description=_("For everybody at the desk who may open the article. Readers never see it."),
        render_kw={"rows": 4},
    )


@bp.route("/<id:article_id>/notes", methods=["GET", "POST"])
def talk(article_id: int) -> ResponseReturnValue:
    """All notes about an article, newest first, and a form for one more."""
    article, form = seen(article_id), NoteForm()

    def page(status: int) -> ResponseReturnValue:
        listed = notes.of(article)
        return render_template(
            "desk/articles/notes.html", article=article, form=form, notes=listed
        ), status

    def deed() -> None:
        notes.write(article, form.words.data or "", by=g.user, now=now())
        telling.record(article, telling.NOTED)

    if request.method == "GET":
        return page(200)
    refused = stored(form, deed, page)
    return refused or redirect(url_for(".talk", article_id=article_id), 303)


@bp.post("/<id:article_id>/notes/<id:note_id>/settle", defaults={"is_settled": True})
@bp.post("/<id:article_id>/notes/<id:note_id>/reopen", defaults={"is_settled": False})
def settle_note(article_id: int, note_id: int, is_settled: bool) -> ResponseReturnValue:
    """Says that a note is dealt with, or that it is not after all."""
    note = notes.by_id(seen(article_id), note_id) or abort(404)
    if is_settled:
        notes.settle(note, by=g.user, now=now())
    else:
        notes.reopen(note, by=g.user)
    db.session.commit()
    return redirect(url_for(".talk", article_id=article_id, _anchor=f"note-{note_id}"), 303)
