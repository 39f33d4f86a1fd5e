"""The manifest: what an archive says about itself, and what every part of it must be."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from newsite.backup import portable
from newsite.backup.refusals import ArchiveDamaged, ArchiveNewer

FORMAT = 1  # of the archive; a larger one is from a newer newsite
NAME = "manifest.json"
SECRET = "secret_key"  # noqa: S105 (the name of a file)
MEDIA = "media"
MOST_SEQUENCE = 2**62  # of a change: the site that is restored goes on counting from there
MOST_NAME_BYTES = 255  # of one part of a path, as on every usual file system
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}")
T = TypeVar("T")


@dataclass(frozen=True)
class TableEntry:
    """What the member of a table must be."""

    rows: int
    bytes: int
    sha256: str
    columns: dict[str, str]  # their names and kinds: `portable.KINDS`
    last_id: int | None  # the last that PostgreSQL gave out, perhaps to a row that is gone


@dataclass(frozen=True)
class FileEntry:
    """What the member of a file must be."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says about itself."""

    format: int
    newsite: str  # the version that wrote it
    revision: str  # the migration at which its tables are
    engine: str  # where it comes from; it goes to either
    made_at: str  # ISO 8601, UTC
    epoch: str  # of the change counter
    sequence: int
    secret: str  # fingerprint of the site's secret
    tables: dict[str, TableEntry]
    left_out: dict[str, str]  # tables and reasons
    files: dict[str, FileEntry]  # by the name of the member

    @property
    def rows(self) -> int:
        """How many there are, of all tables."""
        return sum(entry.rows for entry in self.tables.values())

    @property
    def at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)

    def members(self) -> dict[str, TableEntry | FileEntry]:
        """Every member of the archive but the manifest, by its name."""
        return {member(name): entry for name, entry in self.tables.items()} | self.files

    def written(self) -> bytes:
        """The manifest's own member: JSON with a line for each thing."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode() + b"\n"


def member(table: str) -> str:
    """The name of the member that holds a table's rows."""
    return f"tables/{table}.jsonl"


def read(written: bytes) -> Manifest:
    """The manifest of an archive. Raises ArchiveNewer or ArchiveDamaged."""
    try:
        given = _typed(json.loads(written), dict)
        if _typed(given["format"], int) > FORMAT:
            raise ArchiveNewer(
                f"The backup was made by a newer newsite ({given.get('newsite')}). Install that one."
            )
        found = _manifest(given)
        if found.at.tzinfo is None:
            raise ValueError("a time without a zone")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveDamaged(f"The backup's manifest cannot be used: {error!r}.") from None
    return found


def is_safe(name: str) -> bool:
    """Whether a file of this name may be put back: the secret, or a plain path below the pictures' folder."""
    parts = name.split("/")
    is_plain = all(
        part not in ("", ".", "..") and len(part.encode()) <= MOST_NAME_BYTES for part in parts
    )
    is_printable = name.isprintable() and not set(name) & set('\\:*?"<>|')
    is_below = PurePosixPath(name).parts[:1] == (MEDIA,) and len(parts) > 1
    return name == SECRET or (is_plain and is_printable and is_below)


def _manifest(given: dict[str, Any]) -> Manifest:
    strings = ("newsite", "revision", "engine", "made_at", "epoch", "secret")
    tables, files = _typed(given["tables"], dict), _typed(given["files"], dict)
    left_out = _typed(given["left_out"], dict)
    if not all(_TABLE.fullmatch(name) for name in tables):
        raise ValueError("the name of a table")
    if not all(is_safe(name) for name in files):
        raise ValueError("the name of a file")
    return Manifest(
        **{name: portable.text(given[name]) for name in strings},
        format=given["format"],
        sequence=_sequence(given["sequence"]),
        tables={name: _table(entry) for name, entry in tables.items()},
        left_out={name: _typed(reason, str) for name, reason in left_out.items()},
        files={name: FileEntry(**_size(entry)) for name, entry in files.items()},
    )


def _table(given: Any) -> TableEntry:
    columns = _typed(_typed(given, dict)["columns"], dict)
    if not columns or not set(columns.values()) <= portable.NAMES:
        raise ValueError("the kind of a column")
    last_id = None if given["last_id"] is None else _count(given["last_id"])
    return TableEntry(**_size(given), rows=_count(given["rows"]), columns=columns, last_id=last_id)


def _size(given: Any) -> dict[str, Any]:
    sha256 = _typed(_typed(given, dict)["sha256"], str)
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a checksum")
    return {"bytes": _count(given["bytes"]), "sha256": sha256}


def _count(given: Any) -> int:
    if not 0 <= _typed(given, int) <= portable.MOST_INTEGER:
        raise ValueError("a number")
    return int(given)


def _sequence(given: Any) -> int:
    if _count(given) > MOST_SEQUENCE:
        raise ValueError("no number left for the next change")
    return int(given)


def _typed(given: Any, wanted: type[T]) -> T:
    if type(given) is not wanted:
        raise TypeError(f"{type(given).__name__} where {wanted.__name__} belongs")
    return given
