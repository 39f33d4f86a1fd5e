"""One picture: its words, what must not be cut off, where it is shown; replacing and deleting it."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField

from newsite.articles import pictures
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken
from newsite.media import actions, queries
from newsite.media.actions import Words
from newsite.media.models import Picture
from newsite.web.context import now
from newsite.web.desk.fields import LineField, TextField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.pictures.blueprint import bp
from newsite.web.desk.pictures.lists import as_data
from newsite.web.desk.pictures.receiving import content_of
from newsite.web.desk.storing import record, stored


class WordsForm(DeskForm):
    """What is said about a picture."""

    alt = LineField(
        _("What it shows"),
        description=_("For those who cannot see it: a sentence, as you would say it on the phone."),
    )
    is_decorative = BooleanField(
        _("It only decorates"), description=_("Then nothing is read out in its place.")
    )
    caption = TextField(
        _("Caption"),
        description=_("Under the picture. An article may say another."),
        render_kw={"rows": 2},
    )
    credit = LineField(_("Credit"), description=_("Who made it, as it is printed."))
    focal_x = LineField(_("From the left, in percent"))
    focal_y = LineField(_("From the top, in percent"))

    def value(self) -> Words:
        """What was typed. Raises RuleBroken naming the field that has to change."""
        return Words(
            alt=self.alt.data or "",
            is_decorative=self.is_decorative.data,
            caption=self.caption.data or "",
            credit=self.credit.data or "",
            focal_x=_percent(self.focal_x),
            focal_y=_percent(self.focal_y),
        )


class ReplacementForm(DeskForm):
    """Another file for the same picture."""

    files = FileField(
        _("Another file"),
        description=_("JPEG, PNG, WebP, GIF or AVIF, at most 25 MB. It is shown wherever this is."),
        render_kw={"accept": "image/*"},
    )


@bp.route("/<id:picture_id>", methods=["GET", "POST"])
def show(picture_id: int) -> ResponseReturnValue:
    """A picture with its words, to be read and changed; the editor's script gets them as JSON."""
    picture = _found(picture_id)
    form = WordsForm(obj=picture)
    is_script = request.accept_mimetypes.best == "application/json"
    page = _data if is_script else _page
    if request.method == "GET":
        return page(picture, form)

    def deed() -> None:
        pictures.describe(picture, form.value(), by=g.user)
        _record("described", picture)

    answer = stored(form, deed, lambda status: page(_found(picture_id), form, status))
    if answer is None and is_script:
        return _data(picture, form)
    if answer is None:
        tell(gettext("The words are saved."))
    return answer or redirect(url_for(".show", picture_id=picture_id), 303)


@bp.post("/<id:picture_id>/replacement")
def replace(picture_id: int) -> ResponseReturnValue:
    """Puts another file in the picture's place, everywhere."""
    form, sent = ReplacementForm(), request.files.get("files")
    try:
        pictures.require_may_change(_found(picture_id), g.user)
        if sent is None or not sent.filename:
            raise RuleBroken(gettext("Choose a picture first."), field="files")
        taken = actions.take_in(content_of(sent), sent.filename, now=now())
        picture = pictures.replace(_found(picture_id), taken, by=g.user, now=now())
        _record("replaced", picture)
        db.session.commit()
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        found = _found(picture_id)
        return _page(found, WordsForm(obj=found, formdata=None), error.status, form)
    tell(gettext("The picture is replaced wherever it is shown."))
    return redirect(url_for(".show", picture_id=picture_id), 303)


@bp.route("/<id:picture_id>/deletion", methods=["GET", "POST"])
def delete(picture_id: int) -> ResponseReturnValue:
    """Asks, and deletes a picture that nothing shows."""
    picture, form = _found(picture_id), DeskForm()
    pictures.require_may_change(picture, g.user)
    if request.method == "GET":
        return _deletion_page(picture, form)

    def deed() -> None:
        _record("deleted", picture)
        pictures.delete(picture, by=g.user, now=now())

    answer = stored(form, deed, lambda status: _deletion_page(_found(picture_id), form, status))
    if answer is None:
        tell(gettext("The picture is deleted."))
    return answer or redirect(url_for(".index"), 303)


def _found(picture_id: int) -> Picture:
    return queries.picture(picture_id) or abort(404)


def _page(
    picture: Picture, form: WordsForm, status: int = 200, another: ReplacementForm | None = None
) -> ResponseReturnValue:
    page = render_template(
        "desk/pictures/show.html",
        picture=picture,
        form=form,
        another=another or ReplacementForm(formdata=None),
        uses=pictures.uses_seen_by(picture, g.user),
        is_theirs=_is_theirs(picture),
    )
    return page, status


def _data(picture: Picture, form: WordsForm, status: int = 200) -> ResponseReturnValue:
    focal = {"focal_x": picture.focal_x, "focal_y": picture.focal_y}
    errors = [{"field": name, "sentences": sentences} for name, sentences in form.errors.items()]
    return as_data(picture) | focal | {"is_theirs": _is_theirs(picture), "errors": errors}, status


def _deletion_page(picture: Picture, form: DeskForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "desk/pictures/delete.html",
        picture=picture,
        form=form,
        uses=pictures.uses_seen_by(picture, g.user),
    )
    return page, status


def _is_theirs(picture: Picture) -> bool:
    try:
        pictures.require_may_change(picture, g.user)
    except NotAllowed:
        return False
    return True


def _percent(field: LineField) -> int:
    sent = str(field.data).strip()
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 3):
        raise RuleBroken(gettext("Write a whole number from 0 to 100."), field=field.name)
    return int(sent)


def _record(action: str, picture: Picture) -> None:
    address = url_for("desk.pictures.show", picture_id=picture.id)
    record(action, f"“{picture.name}”", None if action == "deleted" else address)
