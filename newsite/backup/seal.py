"""The seal: the checksum of a whole archive, in the comment that a zip file may end with.

A zip file's own checksums leave its headers out. This one leaves nothing out, so that one changed byte
anywhere is found before anything in the file is believed; other programs show it as a comment.
"""

import hashlib
import os
from pathlib import Path
from typing import IO

from newsite.backup.refusals import ArchiveDamaged

_PREFIX = b"newsite sha256 "
_LENGTH = len(_PREFIX) + 64
COMMENT = _PREFIX + b"0" * 64  # holds the place until the archive is whole
_CHUNK = 1024**2  # bytes


def close(file: IO[bytes]) -> None:
    """Writes the checksum of all that stands before it over the end of the comment."""
    digest = _digest(file)
    file.seek(-64, os.SEEK_END)
    file.write(digest)


def check(file: IO[bytes], path: Path) -> None:
    """Raises ArchiveDamaged unless every byte is as it was written."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LENGTH))
    prefix, digest = file.read(len(_PREFIX)), file.read()
    if size <= _LENGTH or prefix != _PREFIX:
        raise ArchiveDamaged(
            f"{path} is no backup of newsite, or its end is missing. Take another one."
        )
    if _digest(file) != digest:
        raise ArchiveDamaged(
            f"{path} is damaged: its checksum is not the one it was written with. Take another one."
        )


def _digest(file: IO[bytes]) -> bytes:
    left = file.seek(0, os.SEEK_END) - 64
    digest = hashlib.sha256()
    file.seek(0)
    while left and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()
