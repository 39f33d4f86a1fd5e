"""Pages of a list by keyset: one row more than is shown tells whether more follow, so nothing is counted."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(-?[0-9]{1,18})-([0-9]{1,10})", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """A place in a list that is ordered by time and id: the row that the next page comes after."""

    at: datetime
    id: int

    def __str__(self) -> str:
        """The cursor as it stands in an address: microseconds since 1970 and the id."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def parse(cls, value: str) -> "Cursor":
        """The cursor written as `value`. Raises ValueError if it is none."""
        match = _CURSOR.fullmatch(value)
        if match is None or int(match[2]) > 2**31 - 1:
            raise ValueError("not a place in a list")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
        except OverflowError:
            raise ValueError("not a place in a list") from None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, in the list's order, and the place where the next page begins."""

    items: list[T]
    next: Cursor | None


def past_index(column: Any) -> Any:
    """The same value, for which no index is used: a list that is found by another way is ordered afterwards."""
    return sa.func.coalesce(column, column)


def cut(rows: Sequence[T], size: int, place: Callable[[T], Cursor]) -> Page[T]:
    """The page of `size` made from rows that were read with a limit of `size + 1`."""
    items = list(rows[:size])
    return Page(items, place(items[-1]) if len(rows) > size else None)
