"""Taking pictures in: one or several at once, each on its own, so that one that is refused stops no other."""

from datetime import datetime

from flask import g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage

from newsite.db import db
from newsite.errors import RuleBroken
from newsite.media import actions, queries
from newsite.media.models import Picture
from newsite.media.reading import MAX_BYTES
from newsite.web.context import now
from newsite.web.desk.notices import tell
from newsite.web.desk.pictures.blueprint import bp
from newsite.web.desk.pictures.lists import as_data, grid
from newsite.web.desk.storing import record

MAX_AT_ONCE = 20  # files of one form


@bp.post("/")
def upload() -> ResponseReturnValue:
    """Takes in what was chosen; says of each file that was refused why."""
    user_id, at = g.user.id, now()
    files = [one for one in request.files.getlist("files") if one.filename]
    taken, refused, status = receive(files[:MAX_AT_ONCE], user_id, at)
    refused += [
        {"name": _name(one), "sentence": gettext("Twenty at once are as many as can be taken.")}
        for one in files[MAX_AT_ONCE:]
    ]
    if request.accept_mimetypes.best == "application/json":
        data = {"pictures": [as_data(one) for one in taken], "refused": refused}
        return jsonify(data), 200 if taken or not refused else status
    if not files:
        refused = [{"name": "", "sentence": gettext("Choose a picture first.")}]
    if refused:
        return grid(refused, status)
    if len(taken) == 1:
        tell(gettext("The picture is here. Say what it shows."))
        return redirect(url_for(".show", picture_id=taken[0].id), 303)
    tell(gettext("%(count)d pictures are here.", count=len(taken)))
    return redirect(url_for(".index"), 303)


def receive(
    files: list[FileStorage], user_id: int, at: datetime
) -> tuple[list[Picture], list[dict[str, str]], int]:
    """The pictures that were taken in, of the other files the names and the reasons, and the worst of their statuses.

    Each is committed by itself: to draw twenty takes a while, and those that are done are done.
    """
    ids, refused, status = [], [], RuleBroken.status
    for file in files:
        try:
            ids.append(_received(content_of(file), _name(file), user_id, at))
        except RuleBroken as error:
            db.session.rollback()
            refused.append({"name": _name(file), "sentence": error.message})
            status = max(status, error.status)
    found = queries.pictures(ids)
    return [found[one] for one in dict.fromkeys(ids)], refused, status


def content_of(file: FileStorage) -> bytes:
    """The bytes of an upload; of one that is too long, so many that this is seen."""
    return file.stream.read(MAX_BYTES + 1)


def _received(upload: bytes, name: str, user_id: int, at: datetime) -> int:
    """The id of the picture of this upload, be it new or here already."""
    sha256 = actions.fingerprint(upload)
    known = queries.by_sha256(sha256)
    if known is not None:
        return known.id
    taken = actions.take_in(upload, name, now=at)
    try:
        picture = actions.add(taken, by=None, now=at)
        picture.created_by_id = user_id
        record(
            "uploaded", f"“{picture.name}”", url_for("desk.pictures.show", picture_id=picture.id)
        )
        db.session.commit()
    except (
        IntegrityError
    ):  # somebody uploaded the same at this moment; our file goes within an hour
        db.session.rollback()
        other = queries.by_sha256(sha256)
        assert other is not None
        return other.id
    return picture.id


def _name(file: FileStorage) -> str:
    return actions.tidy_name(file.filename or "")
