"""What a storage hands out."""

from collections.abc import Iterator
from typing import NamedTuple


class Stored(NamedTuple):
    """A part of a file, from `start` up to and without `end`, in pieces; they must be read, or closed."""

    size: int  # bytes of the whole
    start: int
    end: int
    pieces: Iterator[bytes]
