"""Counts in the database, for a site without Redis, and for the time that Redis does not answer."""

import math
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from newsite.db import Base, Ordered, UTCDateTime, db, forgettable, insert

T = TypeVar("T")


class RateCount(Base):
    """How often something was tried in the window that ends at `ends_at`."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(Ordered, primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class TableCounts(Storage):
    """The library's storage on our table. One statement counts: no two can take the same place."""

    STORAGE_SCHEME = None

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong here."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count with `amount` added; a window that is over begins again, for `expiry` s."""
        ends_at = self.now + timedelta(seconds=expiry)
        fresh = insert(RateCount).values(key=key, count=amount, ends_at=ends_at)
        # One that ends later than a new one would was begun before a clock was put back: it is cut.
        goes_on = sa.and_(RateCount.ends_at > self.now, RateCount.ends_at <= ends_at)
        is_over = RateCount.ends_at <= self.now
        query = fresh.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": sa.case((is_over, amount), else_=RateCount.count + amount),
                "ends_at": sa.case((goes_on, RateCount.ends_at), else_=ends_at),
            },
        ).returning(RateCount.count)
        with forgettable(), db.engine.begin() as connection:
            count: int = connection.execute(query).scalar_one()
            return count

    def pause(self, keys: list[str], seconds: int) -> int:
        """Notes these keys, which are in order, in the session's transaction; the seconds that the last one has left.

        0 if none was noted within `seconds`. Then those who come meanwhile wait for the transaction's end.
        """
        given = {"now": self.now, "end": self.now + timedelta(seconds=seconds)}
        left = 0.0
        connection = db.session.connection()
        for key in keys:
            query = _note_pause(connection.dialect.name)
            count, end = connection.execute(query, given | {"of": key}).one()
            left = max(left, (end - self.now).total_seconds() if count else 0.0)
        return math.ceil(left)

    def get(self, key: str) -> int:
        """The count of the window that runs, 0 if none does."""
        return self._read(RateCount.count, key) or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970; now, if none runs."""
        return (self._read(RateCount.ends_at, key) or self.now).timestamp()

    def check(self) -> bool:
        """Whether the table answers."""
        return self.get("") == 0

    def reset(self) -> int:
        """Deletes every count, and says how many there were."""
        with forgettable(), db.engine.begin() as connection:
            return len(connection.execute(sa.delete(RateCount).returning(RateCount.key)).all())

    def clear(self, key: str) -> None:
        """Deletes one count."""
        with forgettable(), db.engine.begin() as connection:
            connection.execute(sa.delete(RateCount).where(RateCount.key == key))

    def _read(self, column: InstrumentedAttribute[T], key: str) -> T | None:
        query = sa.select(column).where(RateCount.key == key, RateCount.ends_at > self.now)
        with db.engine.begin() as connection:
            return connection.scalar(query)


@cache  # to build it takes longer than to run it
def _note_pause(dialect: str) -> Any:
    """Notes the key `of`; its count is 0 if it had not been noted before `end`."""
    now, end = (sa.bindparam(name, type_=UTCDateTime()) for name in ("now", "end"))
    # One that ends later was begun before a clock was put back.
    runs = sa.and_(RateCount.ends_at > now, RateCount.ends_at <= end)
    return (
        insert(RateCount)
        .values(key=sa.bindparam("of"), count=0, ends_at=end)
        .on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": sa.case((runs, RateCount.count + 1), else_=0),
                "ends_at": sa.case((runs, RateCount.ends_at), else_=end),
            },
        )
        .returning(RateCount.count, RateCount.ends_at)
    )
