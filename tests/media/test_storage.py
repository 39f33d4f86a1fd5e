import errno
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from newsite import create_app
from newsite.config import Settings
from newsite.db import db
from newsite.media import storage as storages
from newsite.media.folder import Folder
from newsite.media.s3 import Bucket
from newsite.media.storage import NotStored, Storage
from newsite.media_settings import MediaSettings

KEY = "0a" * 16


def read(storage: Storage, name: str, *span: int) -> bytes | None:
    found = storage.open(name, *span)
    return None if found is None else b"".join(found.pieces)


def test_what_is_put_is_there(storage: Storage, name: str) -> None:
    assert read(storage, name) == b"0123456789"
    assert storage.size(name) == 10
    assert list(storage.names()) == [name]


@pytest.mark.parametrize(
    ("span", "expected"),
    [((0, 4), b"0123"), ((4, 5), b"4"), ((8, 99), b"89"), ((10, 10), b"")],
)
def test_a_part_is_read_alone(
    storage: Storage, name: str, span: tuple[int, int], expected: bytes
) -> None:
    found = storage.open(name, *span)
    assert found is not None
    assert (found.size, found.start, found.end) == (10, span[0], min(span[1], 10))
    assert b"".join(found.pieces) == expected


@pytest.mark.parametrize("name", [f"{KEY}/other.jpg", "f" * 32 + "/full.jpg", KEY])
def test_what_is_not_there_is_none(storage: Storage, name: str) -> None:
    storage.put(f"{KEY}/full.jpg", io.BytesIO(b"x"))
    assert storage.open(name) is None
    assert storage.size(name) is None


def test_all_of_a_key_is_cleared_and_nothing_else(storage: Storage, name: str) -> None:
    storage.put(f"{KEY}/640.webp", io.BytesIO(b"x"))
    storage.put("1b" * 16 + "/full.png", io.BytesIO(b"y"))
    storage.clear(KEY)
    storage.clear(KEY)  # again: nothing is there any more
    assert list(storage.names()) == ["1b" * 16 + "/full.png"]


def test_the_operator_says_where(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make_settings(data=tmp_path)
    found = storages.made(settings)
    assert isinstance(found, Folder)
    assert found.root == tmp_path / "media"
    found = storages.made(make_settings(media=MediaSettings(folder=tmp_path / "other")))
    assert isinstance(found, Folder)
    assert found.root == tmp_path / "other"
    found = storages.made(make_settings(media=MediaSettings(bucket="our-paper")))
    assert isinstance(found, Bucket)


def test_each_app_has_its_own(make_settings: Callable[..., Settings], app: Flask) -> None:
    other = create_app(make_settings())
    before = storages.current()
    with other.app_context():
        assert storages.current() is not before
        db.engine.dispose()


class Full(Folder):
    def put(self, name: str, content: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    before = storages.current()
    storages.use(Full(tmp_path))
    try:
        with pytest.raises(NotStored, match="No space left on device"):
            storages.put(f"{KEY}/full.jpg", io.BytesIO(b"x"))
    finally:
        storages.use(before)
