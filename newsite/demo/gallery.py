"""The demo's pictures: drawn by us, and taken in as any upload is."""

from datetime import datetime
from typing import Any

from newsite.accounts.models import User
from newsite.demo import reading
from newsite.media import actions
from newsite.media.actions import Taken, Words

FOLDER = "pictures"


def take_in(*, now: datetime) -> dict[str, Taken]:
    """The drawings by name, stored; it commits, and what gets no row within an hour is deleted again."""
    names = [str(told["name"]) for told in _told()]
    uploads = {name: reading.FOLDER / FOLDER / f"{name}.png" for name in names}
    return {
        name: actions.take_in(path.read_bytes(), path.name, now=now)
        for name, path in uploads.items()
    }


def hang(taken: dict[str, Taken], *, by: User, now: datetime) -> dict[str, int]:
    """Makes pictures of them, with their words; their ids by name. The worker makes their sizes."""
    ids = {}
    for told in _told():
        name = told.pop("name")
        picture = actions.add(taken[name], by=by, now=now)
        actions.describe(picture, Words(**told))
        ids[name] = picture.id
    return ids


def _told() -> list[dict[str, Any]]:
    pictures: list[dict[str, Any]] = reading.table(f"{FOLDER}/pictures.toml")["picture"]
    return pictures
