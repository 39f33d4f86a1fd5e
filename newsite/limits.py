"""Rate limits, counted in the database, so that all workers and hosts count together.

The algorithm is the `limits` library's; the storage is ours. A count is written in a short
transaction on a connection of its own, so that it stays when the request that caused it is
refused and rolls back. On SQLite writers queue: **count before the request's own session has
begun a transaction**, or the two would wait for each other. `hit` refuses to be called later.

What is counted is never stored as it came: a key is an HMAC, so that the table gives away neither
addresses nor who tried to sign in.
"""

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from newsite.config import Settings
from newsite.db import Base, Ordered, db

if TYPE_CHECKING:
    from flask import Flask

IPV6_NETWORK = 64  # bits; a household has all addresses of such a network to choose from
T = TypeVar("T")
_settings: WeakKeyDictionary[Engine, Settings] = WeakKeyDictionary()


class RateCount(Base):
    """How often something was tried in the window that ends at `ends_at`."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(Ordered, primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


def init_app(app: "Flask", settings: Settings) -> None:
    """Tells the limits in the app's database whether they are on, and the secret of their keys."""
    with app.app_context():
        _settings[db.engine] = settings


def hit(name: str, key: str, limit: str, *, now: datetime | None = None) -> bool:
    """Counts one try, and says whether it is within the limit.

    `name` says what is limited ("sign-in"), `key` for whom, `limit` how often ("5 per 15 minutes");
    the window begins with the first try. Always True where the operator switched limits off.
    Raises RuntimeError inside a transaction of the session: see the top of this module.
    """
    return not _is_on() or _limiter(now).hit(parse(limit), name, hidden(key))


def seconds_left(name: str, key: str, limit: str, *, now: datetime | None = None) -> int:
    """Whole seconds until the window ends, for `Retry-After`; at least 1."""
    end = _limiter(now).get_window_stats(parse(limit), name, hidden(key)).reset_time
    return max(1, math.ceil(end - (now or datetime.now(UTC)).timestamp()))


def clear(name: str, key: str, limit: str) -> None:
    """Forgets the tries that were counted under this name, key and limit."""
    if _is_on():
        _limiter(None).clear(parse(limit), name, hidden(key))


def network(address: str | None) -> str:
    """What an address is counted as: IPv4 whole, IPv6 by its /64; "" if it is none."""
    written = (address or "").partition("%")[0]
    if written.startswith("[") or written.count(":") == 1:  # some proxies add the port
        written = written.rpartition(":")[0].strip("[]")
    try:
        ip = ipaddress.ip_address(written)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ipaddress.IPv6Network((ip, IPV6_NETWORK), strict=False))


def tidy(now: datetime) -> int:
    """Deletes the counts whose window is over, and says how many; the caller commits."""
    query = sa.delete(RateCount).where(RateCount.ends_at <= now).returning(RateCount.key)
    return len(db.session.execute(query).all())


class _Counts(Storage):
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
        insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
        ends_at = self.now + timedelta(seconds=expiry)
        fresh = insert(RateCount).values(key=key, count=amount, ends_at=ends_at)
        is_over = RateCount.ends_at <= self.now
        query = fresh.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": sa.case((is_over, amount), else_=RateCount.count + amount),
                "ends_at": sa.case((is_over, ends_at), else_=RateCount.ends_at),
            },
        ).returning(RateCount.count)
        with _own_transaction() as connection:
            return connection.execute(query).scalar_one()

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
        with _own_transaction() as connection:
            return len(connection.execute(sa.delete(RateCount).returning(RateCount.key)).all())

    def clear(self, key: str) -> None:
        """Deletes one count."""
        with _own_transaction() as connection:
            connection.execute(sa.delete(RateCount).where(RateCount.key == key))

    def _read(self, column: InstrumentedAttribute[T], key: str) -> T | None:
        query = sa.select(column).where(RateCount.key == key, RateCount.ends_at > self.now)
        with _own_transaction() as connection:
            return connection.scalar(query)


def _limiter(now: datetime | None) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(_Counts(now or datetime.now(UTC)))


def _is_on() -> bool:
    return _settings[db.engine].limits


def hidden(key: str) -> str:
    """An HMAC of the key: the same for the same key, and of no use to whoever reads it."""
    secret = _settings[db.engine].secret_key.encode()
    return hmac.new(secret, b"rate-limit:" + key.encode(), hashlib.sha256).hexdigest()


@contextmanager
def _own_transaction() -> Iterator[Connection]:
    if db.session().in_transaction():
        raise RuntimeError(
            "limits are counted before the session's first query: it holds the database"
        )
    with db.engine.begin() as connection:
        yield connection
