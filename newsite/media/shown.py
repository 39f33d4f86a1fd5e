"""A picture as plain values, for pages that read everything in few statements."""

from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite.media.models import Picture, Rendition
from newsite.media.printing import Size


class Columns(NamedTuple):
    """What is read of a picture; `sizes` are those that are there, "webp:640:480,avif:640:480"."""

    key: str
    format: str
    width: int
    height: int
    bytes: int
    alt: str
    caption: str
    credit: str
    focal_x: int
    focal_y: int
    is_animated: bool
    sizes: str | None


class ShownPicture(Columns):
    """A picture of an article that is printed."""

    @cached_property
    def renditions(self) -> list[Size]:
        """The sizes that are there."""
        found = (one.split(":") for one in (self.sizes or "").split(",") if one)
        return [Size(form, int(width), int(height)) for form, width, height in found]


def columns() -> list[sa.ColumnElement[Any]]:
    """What a statement asks for that joins a picture, in the order of ShownPicture."""
    written = (
        Rendition.format
        + ":"
        + sa.cast(Rendition.width, sa.String())
        + ":"
        + sa.cast(Rendition.height, sa.String())
    )
    sizes = sa.select(sa.func.aggregate_strings(written, ",")).where(
        Rendition.picture_id == Picture.id
    )
    plain = [getattr(Picture, name) for name in Columns._fields[:-1]]
    labelled = [column.label(f"picture_{column.key}") for column in plain]
    return [*labelled, sizes.correlate(Picture).scalar_subquery().label("picture_sizes")]


def of(values: Any) -> ShownPicture | None:
    """The picture of these columns; None where none was joined."""
    return None if values[0] is None else ShownPicture(*values)
