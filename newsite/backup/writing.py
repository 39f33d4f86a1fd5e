"""Making an archive: every row as it was at one moment, while the site runs on."""

import hashlib
import hmac
import os
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine

from newsite import changes
from newsite.backup import manifest as manifests
from newsite.backup import portable, seal, tables
from newsite.backup.manifest import FileEntry, Manifest, TableEntry
from newsite.backup.refusals import BackupRefused
from newsite.db import reading
from newsite.media.folder import Folder
from newsite.media.storage import Storage

ROWS_AT_ONCE = 1_000  # in memory, however many there are
CHUNK = 1024**2  # bytes
# What is being read or written, how many rows or bytes are done, and of how many (0: not known).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Source:
    """The site that is backed up."""

    version: str  # of newsite
    media: Storage
    secret: str
    now: datetime
    keeps_secret: bool  # whether the archive gets the secret


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is at its first question, holds nobody up, and cannot write."""
    with reading(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def write(
    path: Path, connection: Connection, source: Source, *, overwrite: bool, progress: Progress
) -> Manifest:
    """Writes the archive: whole under its name, readable by its owner only, or not at all.

    Raises BackupRefused if the file is there already and `overwrite` is False, or it cannot be written.
    """
    try:
        with _whole(path, overwrite=overwrite) as file:
            return _pack(file, connection, source, progress)
    except OSError as error:
        raise BackupRefused(
            f"The backup cannot be written to {path}: {error.strerror}. Nothing was left behind."
        ) from None


def fingerprint(secret: str) -> str:
    """What tells two secrets apart and gives neither away."""
    return hmac.new(secret.encode(), b"newsite backup", hashlib.sha256).hexdigest()[:16]


@contextmanager
def _whole(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file that gets its name when it is complete and on the disk, and is gone if it never is."""
    _refuse_existing(path, overwrite=overwrite)
    handle, name = tempfile.mkstemp(  # mode 0600
        dir=path.absolute().parent, prefix=f".{path.name}.", suffix=".partial"
    )
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path, overwrite=overwrite)  # somebody may have been quicker
        os.replace(name, path)  # noqa: PTH105
        _sync_folder(path.absolute().parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _refuse_existing(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise BackupRefused(f"{path} is a folder. Name a file in it.")
    if path.exists() and not overwrite:
        raise BackupRefused(
            f"{path} is there already. Name another file, or say --force to replace it."
        )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pack(file: IO[bytes], connection: Connection, source: Source, progress: Progress) -> Manifest:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = seal.COMMENT
        box = _Box(archive, source.now)
        rows = {
            name: _table(box, connection, table, progress)
            for name, table in tables.carried().items()
        }
        counter = sa.select(changes.ChangeCounter.epoch, changes.ChangeCounter.sequence)
        epoch, sequence = connection.execute(counter).one()
        manifest = Manifest(
            format=manifests.FORMAT,
            newsite=source.version,
            revision=str(connection.scalar(sa.text("SELECT version_num FROM alembic_version"))),
            engine=connection.dialect.name,
            made_at=source.now.astimezone(UTC).isoformat(),
            secret=fingerprint(source.secret),
            tables=rows,
            left_out=tables.LEFT_OUT | _left_out(source),
            files=_files(box, source, progress),
            epoch=epoch,
            sequence=sequence,
        )
        box.add(manifests.NAME, [manifest.written()])
    seal.close(file)
    return manifest


class _Box:
    """The archive that is being filled."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive = archive
        self._time = now.astimezone(UTC).timetuple()[:6]

    def add(self, name: str, chunks: Iterable[bytes]) -> FileEntry:
        """Writes one member, and says how many bytes it has and which."""
        info = zipfile.ZipInfo(name, self._time)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return FileEntry(bytes=size, sha256=digest.hexdigest())


def _table(box: _Box, connection: Connection, table: sa.Table, progress: Progress) -> TableEntry:
    columns = tables.columns(table)
    count = 0

    def lines() -> Generator[bytes]:
        nonlocal count
        query = sa.select(*map(portable.stored, columns)).order_by(*table.primary_key.columns)
        options = {"yield_per": ROWS_AT_ONCE}
        with connection.execute(query, execution_options=options) as result:
            for batch in result.mappings().partitions():
                yield b"".join(portable.line(dict(row)) for row in batch)
                count += len(batch)
                progress(table.name, count, 0)

    try:
        with closing(lines()) as chunks:  # also where the disk is full: PostgreSQL's cursor is open
            entry = box.add(manifests.member(table.name), chunks)
    except ValueError as error:
        raise BackupRefused(
            f"The table {table.name} holds a value that cannot be read: {error}."
        ) from None
    kinds = {column.name: portable.kind(column) for column in columns}
    last_id = _last_id(connection, table)
    return TableEntry(
        rows=count, bytes=entry.bytes, sha256=entry.sha256, columns=kinds, last_id=last_id
    )


def _last_id(connection: Connection, table: sa.Table) -> int | None:
    if connection.dialect.name != "postgresql" or table.autoincrement_column is None:
        return None
    sequence = sa.func.pg_get_serial_sequence(table.name, table.autoincrement_column.name)
    found = connection.scalar(
        sa.select(sa.func.pg_sequence_last_value(sa.cast(sequence, postgresql.REGCLASS)))
    )
    return None if found is None else int(found)


def _files(box: _Box, source: Source, progress: Progress) -> dict[str, FileEntry]:
    """The pictures, read after the rows: what they name was there before them."""
    found = {}
    if source.keeps_secret:
        found[manifests.SECRET] = box.add(manifests.SECRET, [source.secret.encode()])
    for path, name in _pictures(source.media):
        if not manifests.is_safe(name):
            raise BackupRefused(f"The file {path} has a name that no backup can carry. Rename it.")
        with suppress(FileNotFoundError):  # deleted at this moment
            found[name] = box.add(name, _chunks(path))
        progress(manifests.MEDIA, len(found), 0)
    return found


def _pictures(media: Storage) -> Iterator[tuple[Path, str]]:
    """The files of a folder, wherever it is, with their names in the archive; none of a bucket."""
    if not isinstance(media, Folder):
        return
    for path in sorted(media.root.rglob("*")):
        parts = path.relative_to(media.root).parts
        is_half_written = any(part.startswith(".") for part in parts)
        if path.is_file() and not path.is_symlink() and not is_half_written:
            yield path, "/".join((manifests.MEDIA, *parts))


def _left_out(source: Source) -> dict[str, str]:
    """What the manifest says of pictures that the archive does not carry."""
    if isinstance(source.media, Folder):
        return {}
    return {manifests.MEDIA: f"pictures and files are in {source.media}, which keeps its own"}


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(CHUNK), b"")
