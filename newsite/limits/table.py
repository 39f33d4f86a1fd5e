"""Counts in the database, for a site without Redis, and for the time that Redis does not answer."""

import math
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from newsite.db import Base, Ordered, db, forgettable, insert

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
        ends_at = self.now + timedelta(seconds=seconds)
        fresh = insert(RateCount).values(
            [{"key": key, "count": 0, "ends_at": ends_at} for key in keys]
        )
        runs = sa.and_(RateCount.ends_at > self.now, RateCount.ends_at <= ends_at)
        query = fresh.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                # As it was, if it runs: `count` then tells that it is not new.
                "count": sa.case((runs, RateCount.count + 1), else_=0),
                "ends_at": sa.case((runs, RateCount.ends_at), else_=ends_at),
            },
        ).returning(RateCount.count, RateCount.ends_at)
        running = [end for count, end in db.session.execute(query) if count > 0]
        return max((math.ceil((end - self.now).total_seconds()) for end in running), default=0)

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
