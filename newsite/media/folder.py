"""Pictures and files in a folder of this machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from newsite.media.stored import Stored
from newsite.media_settings import make_folder

PIECE = 64 * 1024  # bytes


class Folder:
    """A folder with one for each key, which a web server may serve as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        """Where it is."""
        return str(self.root)

    def put(self, name: str, content: IO[bytes]) -> None:
        """Keeps the content under a new name, on the disk before it has the name. Raises OSError."""
        path = self.root / name
        make_folder(path.parent)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(content, file, PIECE)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)  # the web server may be another user
            Path(partial).replace(path)
            _sync(path.parent)
            _sync(self.root)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            with suppress(OSError):  # something else is in it
                path.parent.rmdir()
            raise

    def open(self, name: str, start: int = 0, end: int | None = None) -> Stored | None:
        """What is under a name, or a part of it."""
        try:
            file = (self.root / name).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        size = os.fstat(file.fileno()).st_size
        end = size if end is None else min(end, size)
        return Stored(size, start, end, _pieces(file, start, end))

    def size(self, name: str) -> int | None:
        """How many bytes are under a name."""
        path = self.root / name
        return path.stat().st_size if path.is_file() else None

    def clear(self, key: str) -> None:
        """Deletes a key's folder."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.root / key)

    def names(self) -> Iterator[str]:
        """All names; what is only half written has none yet."""
        for path in self.root.glob("*/*"):
            if not path.name.startswith(".") and path.is_file():
                yield path.relative_to(self.root).as_posix()


def _pieces(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (piece := file.read(min(PIECE, end - start))):
            start += len(piece)
            yield piece


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
