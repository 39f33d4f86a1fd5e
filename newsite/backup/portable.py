"""Values as an archive holds them: JSON that means the same to both engines, and to whoever reads it by eye."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from newsite.backup.refusals import ArchiveDamaged
from newsite.db import UTCDateTime

LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1  # what both engines' largest whole numbers hold

MOST_DEPTH = 100  # of JSON; ours has five, and what can be read just so cannot be written again

# The first that fits names a column's kind. An enum's names are stored, and carried, as text.
KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.Enum, "text"),
    (sa.String, "text"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "number"),
    (UTCDateTime, "datetime"),  # no other: it does not say when
    (sa.Date, "date"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
)


def kind(column: sa.Column[Any]) -> str:
    """The name under which the column's values are carried. Raises TypeError for a type that none fits."""
    for known, name in KINDS:
        if isinstance(column.type, known):
            return name
    raise TypeError(f"a backup cannot carry {column}: give its type a kind in {__name__}")


def stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column as it is read for an archive: an enum as the text that is stored, known or not."""
    if isinstance(column.type, sa.Enum):
        return sa.type_coerce(column, sa.String()).label(column.name)
    return column


def type_for(name: str, *, is_nullable: bool) -> sa.types.TypeEngine[Any]:
    """The type through which decoded values of this kind are written into a column."""
    if name == "json":  # None is no value where there may be none, else JSON's own null
        return sa.JSON(none_as_null=is_nullable)
    return _TYPES[name]


def line(row: Mapping[str, Any]) -> bytes:
    """One row as a line of UTF-8."""
    plain = {name: _plain(value) for name, value in row.items()}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a character, which JSON can hold and UTF-8 cannot
        return (json.dumps(plain, separators=(",", ":")) + "\n").encode()


def row(written: bytes, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The row that `line` wrote, whose columns are of these kinds. Raises ArchiveDamaged if it is none."""
    try:
        given = json.loads(written)
        if not isinstance(given, dict) or given.keys() != kinds.keys():
            raise ValueError("other columns")
        return {name: _value(given[name], kinds[name]) for name in kinds}
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise ArchiveDamaged(f"The archive holds a row that cannot be read: {error}.") from None


def text(given: Any) -> str:
    """Text that a database can hold and a terminal show. Raises TypeError, or ValueError for half a character."""
    found: str = _typed(str)(given)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise ValueError("half a character") from None
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def _value(given: Any, name: str) -> Any:
    return None if given is None else _READ[name](given)


def _typed(*types: type) -> Callable[[Any], Any]:
    def read(given: Any) -> Any:
        if type(given) not in types:  # not isinstance: True is no number
            raise TypeError(f"{type(given).__name__} where {types[0].__name__} belongs")
        return given

    return read


def _integer(given: Any) -> int:
    number: int = _typed(int)(given)
    if not LEAST_INTEGER <= number <= MOST_INTEGER:
        raise ValueError("a number that is too large")
    return number


def _number(given: Any) -> float:
    try:
        return float(_typed(float, int)(given))
    except OverflowError:
        raise ValueError("a number that is too large") from None


def _json(given: Any, depth: int = 0) -> Any:
    """What was given, if it is not nested too deep; its scalars are as they are."""
    if isinstance(given, (list, dict)):
        if depth == MOST_DEPTH:
            raise ValueError("lists that are nested too deep")
        for inner in given.values() if isinstance(given, dict) else given:
            _json(inner, depth + 1)
    return given


def _datetime(given: Any) -> datetime:
    at = datetime.fromisoformat(_typed(str)(given))
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)


def _bytes(given: Any) -> bytes:
    try:
        return base64.b64decode(_typed(str)(given), validate=True)
    except binascii.Error:
        raise ValueError("bytes that are not base64") from None


_READ: dict[str, Callable[[Any], Any]] = {
    "text": text,
    "boolean": _typed(bool),
    "integer": _integer,
    "number": _number,
    "datetime": _datetime,
    "date": lambda given: date.fromisoformat(_typed(str)(given)),
    "bytes": _bytes,
    "json": _json,
}
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.String(),
    "boolean": sa.Boolean(),
    "integer": sa.BigInteger(),
    "number": sa.Float(),
    "datetime": UTCDateTime(),
    "date": sa.Date(),
    "bytes": sa.LargeBinary(),
}
NAMES = frozenset(_READ)  # every kind that there is
