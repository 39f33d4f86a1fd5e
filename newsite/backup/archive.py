"""Reading an archive, in which nothing is believed before it is checked."""

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newsite.backup import manifest as manifests
from newsite.backup import portable, seal
from newsite.backup.manifest import FileEntry, TableEntry
from newsite.backup.refusals import ArchiveDamaged, BackupRefused
from newsite.backup.writing import Progress

CHUNK = 1024**2  # bytes
MOST_LINE_BYTES = 64 * 1024**2  # a row; the largest of ours are texts of some MB
MOST_MANIFEST_BYTES = 64 * 1024**2  # a few hundred thousand pictures
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """An archive whose parts are those that its manifest names."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        self._path, self._file = path, file
        infos = {info.filename: info for info in file.infolist()}
        if len(infos) != len(file.infolist()):
            raise self._damaged("has two parts of one name")
        if manifests.NAME not in infos:
            raise self._damaged("has no manifest")
        if infos[manifests.NAME].file_size > MOST_MANIFEST_BYTES:
            raise self._damaged("has a manifest that is too large")
        for info in infos.values():
            self._refuse_strange(info)
        self.manifest = manifests.read(b"".join(self._read(manifests.NAME)))
        self._refuse_other(infos)

    def verify(self, progress: Progress) -> None:
        """Reads all of it. Raises ArchiveDamaged unless every row and byte is what the manifest says."""
        for name, entry in self.manifest.tables.items():
            for done, _ in enumerate(self.rows(name), 1):
                if done % 1_000 == 0:
                    progress(f"checking {name}", done, entry.rows)
        for name in self.manifest.files:
            for _ in self.content(name):
                pass

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table; the last only if all of them were what they should be."""
        entry, count = self.manifest.tables[table], 0
        for line in self._lines(manifests.member(table), entry):
            count += 1
            yield portable.row(line, entry.columns)
        if count != entry.rows:
            raise self._damaged(f"has {count} rows of {table} where {entry.rows} belong")

    def content(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces."""
        yield from self._checked(name, self.manifest.files[name])

    def _lines(self, name: str, entry: TableEntry) -> Iterator[bytes]:
        rest = b""
        for chunk in self._checked(name, entry):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > MOST_LINE_BYTES:
                raise self._damaged(f"has a row in {name} that is too long")
        if rest:
            raise self._damaged(f"ends within a row in {name}")

    def _checked(self, name: str, entry: TableEntry | FileEntry) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in self._read(name):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != entry.sha256:
            raise self._damaged(f"has a part that is not what was written: {name}")

    def _read(self, name: str) -> Iterator[bytes]:
        try:
            with self._file.open(name) as member:
                while chunk := member.read(CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise self._damaged(f"cannot be read at {name}: {error}") from None

    def _refuse_strange(self, info: zipfile.ZipInfo) -> None:
        kind = stat.S_IFMT(info.external_attr >> 16)
        is_plain = kind in (0, stat.S_IFREG) and not info.is_dir() and not info.flag_bits & 1
        if not is_plain or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._damaged(f"has a part that is no plain file: {info.filename!r}")

    def _refuse_other(self, infos: dict[str, zipfile.ZipInfo]) -> None:
        wanted = self.manifest.members()
        found = infos.keys() - {manifests.NAME}
        for name in sorted(wanted.keys() ^ found):
            word = (
                "lacks a part" if name in wanted else "has a part that its manifest does not name"
            )
            raise self._damaged(f"{word}: {name!r}")
        for name, entry in wanted.items():
            if infos[name].file_size != entry.bytes:
                raise self._damaged(f"has a part of another size than was written: {name}")

    def _damaged(self, what: str) -> ArchiveDamaged:
        return ArchiveDamaged(f"{self._path} {what}. It is damaged: take another one.")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive in the file, its seal and its manifest checked.

    Raises BackupRefused if there is none, ArchiveDamaged, ArchiveNewer.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        seal.check(file, path)
        try:
            zipped = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise ArchiveDamaged(f"{path} is no backup of newsite: {error}.") from None
        with zipped:
            yield Archive(path, zipped)
