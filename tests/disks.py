"""Storages of pictures that fail: a disk that becomes full, a bucket that says no."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

from newsite.media import storage
from newsite.media.folder import Folder
from newsite.media.s3 import S3Refused

Kind = TypeVar("Kind", bound=Folder)


class Full(Folder):
    """A folder on a disk that is full after so many files."""

    left = 0

    def put(self, name: str, content: IO[bytes]) -> None:
        if self.left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.left -= 1
        super().put(name, content)


class Refusing(Folder):
    """A bucket whose key may read, and not write."""

    def put(self, name: str, content: IO[bytes]) -> None:
        raise S3Refused("S3 says AccessDenied")


@contextmanager
def full_after(files: int) -> Iterator[None]:
    """The current storage while it has room for so many files more."""
    with used(Full) as full:
        full.left = files
        yield


@contextmanager
def used(kind: type[Kind]) -> Iterator[Kind]:
    """The current storage while it is of this kind."""
    before = storage.current()
    assert isinstance(before, Folder)
    made = kind(before.root)
    storage.use(made)
    try:
        yield made
    finally:
        storage.use(before)
