"""Where pictures and files lie: a small interface with a folder and S3 behind it.

A name is `key/file`: a random key, which nobody guesses, and a plain name in it. What has been put under
a name never changes; what is to change is put under another.
"""

import re
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from newsite.config import Settings
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.media.folder import Folder
from newsite.media.stored import Stored
from newsite.media_settings import MediaSettings

if TYPE_CHECKING:
    from flask import Flask

FOLDER = "media"  # in the data folder, unless the operator names another place
KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
NAME = re.compile(KEY.pattern + r"/[a-z0-9][a-z0-9-]{0,99}\.[a-z0-9]{1,5}", re.ASCII)


class NotStored(RuleBroken):
    """The storage refused, is full, or is away."""

    status = 503


class Storage(Protocol):
    """What both kinds of storage can do. Raises OSError where the storage refuses."""

    def put(self, name: str, content: IO[bytes]) -> None:
        """Keeps the content under a new name: whole and lasting, or not at all."""
        ...

    def open(self, name: str, start: int = 0, end: int | None = None) -> Stored | None:
        """What is under a name, or a part of it; None if nothing is."""
        ...

    def size(self, name: str) -> int | None:
        """How many bytes are under a name; None if nothing is."""
        ...

    def clear(self, key: str) -> None:
        """Deletes all that is under a key, if anything is."""
        ...

    def names(self) -> Iterator[str]:
        """All names, in no order."""
        ...


_storages: WeakKeyDictionary[Engine, Storage] = WeakKeyDictionary()


def init_app(app: "Flask", settings: Settings) -> None:
    """Tells the app where its pictures and files lie; nothing is opened before it is asked for."""
    with app.app_context():
        use(made(settings))


def made(settings: Settings) -> Storage:
    """The storage of these settings."""
    media = settings.media or MediaSettings(folder=settings.data / FOLDER)
    if media.folder is not None:
        return Folder(media.folder)
    # Here, since a site with a folder need not have the client, nor carry its 20 MB.
    from newsite.media.s3 import Bucket  # noqa: PLC0415

    return Bucket(media)


def use(storage: Storage) -> None:
    """Keeps the pictures and files of the current app there from here on."""
    _storages[db.engine] = storage


def current() -> Storage:
    """The storage of the current app."""
    return _storages[db.engine]


def put(name: str, content: IO[bytes]) -> None:
    """Keeps the content under a new name. Raises NotStored with what an editor can do about it."""
    assert NAME.fullmatch(name), name
    try:
        current().put(name, content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotStored(
            f"It could not be stored ({reason}), and nothing was kept. Try again; if that does not help, "
            "tell whoever runs this site."
        ) from error
