"""What is done with pictures: taken in, described, replaced, deleted. The caller commits.

Drawing a picture and storing it takes seconds, and on SQLite whoever has begun to write holds everybody else
up: so that is done first (`take_in`), with no transaction open, and the row follows.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsite import changes, outbox
from newsite.accounts.models import User
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.media import queries, storage
from newsite.media.models import Picture
from newsite.media.names import cache_key, kept_name
from newsite.media.reading import Drawn, read
from newsite.outbox import Claim
from newsite.text import tidy_line, tidy_text

RENDITIONS, CLEAR = "media.renditions", "media.clear"  # jobs in the outbox
ABANDONED = timedelta(hours=1)  # then files whose row never came are deleted
REPLACED = timedelta(minutes=5)  # readers who have the page open have loaded its pictures by then
MAX_NAME_CHARS = 200
MAX_ALT_CHARS = 500  # a few sentences: what is longer belongs into the text
MAX_CAPTION_CHARS = 1_000
MAX_CREDIT_CHARS = 200


@dataclass(frozen=True)
class Taken:
    """An upload that lies in the storage, and has no row yet."""

    sha256: str
    key: str
    name: str
    drawn: Drawn


@dataclass(frozen=True)
class Words:
    """What is said about a picture, and what of it must not be cut off."""

    alt: str = ""
    is_decorative: bool = False
    caption: str = ""
    credit: str = ""
    focal_x: int = 50  # percent from the left
    focal_y: int = 50  # percent from the top


def fingerprint(upload: bytes) -> str:
    """What tells one upload from another."""
    return hashlib.sha256(upload).hexdigest()


def take_in(upload: bytes, name: str, *, now: datetime) -> Taken:
    """The upload, drawn and stored; it commits. Without a row an hour later, it is deleted again.

    Raises BadPicture or NotStored, and then nothing is left behind.
    """
    db.session.rollback()  # nobody waits for us while we draw
    drawn = read(upload)
    key = secrets.token_hex(16)
    ask_to_clear(key, now=now, due=now + ABANDONED)
    db.session.commit()
    storage.put(f"{key}/{kept_name(drawn.format)}", io.BytesIO(drawn.content))
    return Taken(fingerprint(upload), key, tidy_name(name), drawn)


def add(taken: Taken, *, by: User | None, now: datetime) -> Picture:
    """The picture of what was taken in; the worker makes its sizes.

    A flush raises IntegrityError if somebody uploaded the same at the same moment: theirs is then the one.
    """
    picture = Picture(sha256=taken.sha256, name=taken.name, created_by=by, created_at=now)
    _fill(picture, taken)
    db.session.add(picture)
    db.session.flush()  # to have its id, and to learn at once whether it is the only one
    _ask_for_renditions(picture, now)
    return picture


def describe(picture: Picture, words: Words) -> Picture:
    """The picture with these words. Raises RuleBroken naming the field that has to change."""
    for name, most in (
        ("alt", MAX_ALT_CHARS),
        ("caption", MAX_CAPTION_CHARS),
        ("credit", MAX_CREDIT_CHARS),
    ):
        if len(getattr(words, name)) > most:
            raise RuleBroken(f"Make it shorter: {most:,} characters or fewer.", field=name)
    for name in ("focal_x", "focal_y"):
        if not 0 <= getattr(words, name) <= 100:
            raise RuleBroken("Write a whole number from 0 to 100.", field=name)
    if words.is_decorative and tidy_line(words.alt):
        raise RuleBroken(
            "A picture that only decorates has no words: empty this, or take the mark away.",
            field="alt",
        )
    picture.alt, picture.is_decorative = tidy_line(words.alt), words.is_decorative
    picture.caption, picture.credit = tidy_text(words.caption), tidy_line(words.credit)
    picture.focal_x, picture.focal_y = words.focal_x, words.focal_y
    return picture


def replace(picture: Picture, taken: Taken, *, now: datetime) -> Picture:
    """The picture with other pixels under another key; its words stay. Raises Conflict if these are there already."""
    other = queries.by_sha256(taken.sha256)
    if other is not None:
        raise Conflict(f"This file is here already, as picture {other.id}.", field="files")
    ask_to_clear(picture.key, now=now, due=now + REPLACED)
    picture.sha256, picture.name = taken.sha256, taken.name
    picture.renditions = []
    _fill(picture, taken)
    _ask_for_renditions(picture, now)
    return picture


def delete(picture: Picture, *, now: datetime) -> None:
    """Deletes a picture that nothing uses; whether that is so, is asked above: articles know it."""
    ask_to_clear(picture.key, now=now, due=now)
    db.session.delete(picture)


def ask_to_clear(key: str, *, now: datetime, due: datetime) -> None:
    """Has the worker delete all files under a key that no row has by then."""
    outbox.add(CLEAR, f"{CLEAR}:{key}:{due.isoformat()}", {"key": key}, now=now, due=due)


def clear(claim: Claim, now: datetime) -> None:
    """The job: deletes files that nothing refers to, and has caches in front drop them. The caller commits."""
    key = claim.payload["key"]
    is_used = queries.is_used_key(key)
    db.session.rollback()  # the storage may take its time
    if not is_used:
        storage.current().clear(key)
        changes.touch(cache_key(key))


def tidy_name(name: str) -> str:
    """A file's name as it was uploaded, without the folders that some browsers send along."""
    bare = tidy_line(name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return bare[-MAX_NAME_CHARS:] or "picture"


def _fill(picture: Picture, taken: Taken) -> None:
    drawn = taken.drawn
    picture.key, picture.format, picture.bytes = taken.key, drawn.format, len(drawn.content)
    picture.width, picture.height = drawn.width, drawn.height
    picture.is_animated = drawn.is_animated


def _ask_for_renditions(picture: Picture, now: datetime) -> None:
    outbox.add(RENDITIONS, f"{RENDITIONS}:{picture.key}", {"picture": picture.id}, now=now)
