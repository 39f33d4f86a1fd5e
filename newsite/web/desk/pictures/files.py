"""Files that articles link to: taken in, listed with the link to copy, deleted by editors."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from newsite.articles import attached
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken
from newsite.media import documents, queries
from newsite.media.models import File
from newsite.text import tidy_line
from newsite.web.articles import place_asked
from newsite.web.context import now
from newsite.web.desk.fields import LineField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.pictures.blueprint import bp
from newsite.web.desk.storing import record, stored


class FileForm(DeskForm):
    """A file to take in."""

    file = FileField(
        _("PDF"),
        description=_(
            "At most 25 MB. It is kept as it is, with what its program wrote into it: often its author’s name."
        ),
        render_kw={"accept": "application/pdf"},
    )
    title = LineField(_("Title"), description=_("What its link says. Empty: the name of the file."))


@bp.route("/files/", methods=["GET", "POST"])
def files() -> ResponseReturnValue:
    """The files, and the form that takes one in."""
    form = FileForm()
    if request.method == "GET":
        return _page(form)

    def deed() -> None:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise RuleBroken(gettext("Choose a PDF first."), field="file")
        upload = sent.stream.read(documents.MAX_BYTES + 1)
        taken = documents.take_in(
            upload, sent.filename, form.title.data or "", by=g.user, now=now()
        )
        record("uploaded", f"“{taken.title}”", url_for("desk.pictures.files"))

    answer = stored(form, deed, lambda status: _page(form, status))
    if answer is None:
        tell(gettext("The file is here. Copy its address into an article."))
    return answer or redirect(url_for(".files"), 303)


@bp.route("/files/<id:file_id>/deletion", methods=["GET", "POST"])
def delete_file(file_id: int) -> ResponseReturnValue:
    """Asks, and deletes a file."""
    file, form = db.session.get(File, file_id) or abort(404), DeskForm()
    if not g.user.is_editor:
        raise NotAllowed(gettext("Only an editor may delete a file."))
    if request.method == "GET":
        return render_template(
            "desk/pictures/delete_file.html",
            file=file,
            form=form,
            uses=attached.linking(file),
            looked_through=attached.LOOKED_THROUGH,
        )
    record("deleted", f"“{file.title}”", None)
    documents.delete(file, now=now())
    db.session.commit()
    tell(gettext("The file is deleted."))
    return redirect(url_for(".files"), 303)


def _page(form: FileForm, status: int = 200) -> ResponseReturnValue:
    words = tidy_line(request.args.get("q", ""))
    page = queries.files(words, before=place_asked())
    shown = render_template(
        "desk/pictures/files.html", form=form, words=words, page=page, address=documents.address
    )
    return shown, status
