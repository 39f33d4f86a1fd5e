"""Files that articles link to, such as PDF: kept as they are, and only ever saved by a browser, never opened here.

They keep what their makers left in them, which the desk says where it takes them.
"""

import hashlib
import io
import secrets
from datetime import datetime, timedelta

from newsite.accounts.models import User
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.media import actions, queries, storage
from newsite.media.models import File
from newsite.text import slugify, tidy_line

MAX_BYTES = 25 * 1024**2
MAX_TITLE_CHARS = 200
ABANDONED = timedelta(hours=1)
_LONGEST_SLUG = 90
_BEGINNING, _WITHIN = b"%PDF-", 1024  # bytes


class BadFile(RuleBroken):
    """The upload is no file that the site can keep."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


def take_in(upload: bytes, name: str, title: str, *, by: User, now: datetime) -> File:
    """The file of this upload, be it new or here already; the caller commits. It commits once, before it stores.

    Raises BadFile, RuleBroken for the field `title`, or NotStored, and then nothing is left behind.
    """
    if len(upload) > MAX_BYTES:
        raise BadFile("The file has more than 25 MB. Save it smaller, and choose it again.")
    if not upload.startswith(_BEGINNING) or b"%%EOF" not in upload[-_WITHIN:]:
        raise BadFile("This is no PDF, or only a part of one. Choose a PDF.")
    title, user_id = tidy_line(title) or actions.tidy_name(name), by.id
    if len(title) > MAX_TITLE_CHARS:
        raise RuleBroken(f"Make it shorter: {MAX_TITLE_CHARS} characters or fewer.", field="title")
    sha256 = hashlib.sha256(upload).hexdigest()
    known = queries.file_by_sha256(sha256)
    if known is not None:
        return known
    key = secrets.token_hex(16)
    actions.ask_to_clear(key, now=now, due=now + ABANDONED)
    db.session.commit()
    file = File(sha256=sha256, key=key, name=_plain_name(name), title=title, bytes=len(upload))
    file.media_type, file.created_by_id, file.created_at = "application/pdf", user_id, now
    storage.put(f"{key}/{file.name}", io.BytesIO(upload))
    db.session.add(file)
    return file


def delete(file: File, *, now: datetime) -> None:
    """Deletes a file; links to it lead nowhere from then on."""
    actions.ask_to_clear(file.key, now=now, due=now)
    db.session.delete(file)


def address(file: File) -> str:
    """Where readers find it."""
    return f"/media/{file.key}/{file.name}"


def _plain_name(name: str) -> str:
    bare = actions.tidy_name(name).rpartition(".")[0]
    return f"{slugify(bare, 'document')[:_LONGEST_SLUG].strip('-') or 'document'}.pdf"
