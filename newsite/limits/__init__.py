"""Rate limits, counted where all workers and hosts count together: in Redis if there is one, else in the database.

The algorithm is the `limits` library's. A count in the database is written in a short transaction
on a connection of its own, so that it stays when the request that caused it is refused and rolls
back. On SQLite writers queue: **count before the request's own session has begun a transaction**,
or the two would wait for each other. `hit` refuses to be called later, with Redis too.

What is counted is never stored as it came: a key is an HMAC, so that neither place gives away
addresses or who tried to sign in.
"""

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.engine import Engine

from newsite.config import Settings
from newsite.db import db
from newsite.limits.shared import SharedCounts, Unavailable
from newsite.limits.table import RateCount, TableCounts

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "RateCount",
    "are_on",
    "clear",
    "hidden",
    "hit",
    "init_app",
    "network",
    "pause",
    "prefix",
    "problem_of_redis",
    "seconds_left",
    "tidy",
]

IPV6_NETWORK = 64  # bits; a household has all addresses of such a network to choose from
PREFIXES = {4: 24, 6: 48}  # bits of an address that are kept for moderators: no household's own
T = TypeVar("T")


@dataclass(frozen=True)
class _Place:
    """Where an app counts."""

    settings: Settings
    shared: SharedCounts | None


_places: WeakKeyDictionary[Engine, _Place] = WeakKeyDictionary()


def init_app(app: "Flask", settings: Settings) -> None:
    """Tells the limits of the app's database whether they are on, where to count, and the secret of their keys."""
    shared = SharedCounts(settings.redis_url) if settings.redis_url else None
    with app.app_context():
        _places[db.engine] = _Place(settings, shared)


def are_on() -> bool:
    """Whether the operator lets limits hold."""
    return _places[db.engine].settings.limits


def hit(name: str, key: str, limit: str, *, now: datetime | None = None) -> bool:
    """Counts one try, and says whether it is within the limit.

    `name` says what is limited ("sign-in"), `key` for whom, `limit` how often ("5 per 15 minutes");
    the window begins with the first try. Always True where the operator switched limits off.
    Raises RuntimeError inside a transaction of the session: see the top of this module.
    """
    identity = parse(limit), name, hidden(key)
    return not are_on() or _ask(lambda limiter, _: limiter.hit(*identity), now)


def seconds_left(name: str, key: str, limit: str, *, now: datetime | None = None) -> int:
    """Whole seconds until the window ends, for `Retry-After`; at least 1."""
    identity = parse(limit), name, hidden(key)

    def left(limiter: FixedWindowRateLimiter, at: datetime) -> float:
        return limiter.get_window_stats(*identity).reset_time - at.timestamp()

    return max(1, math.ceil(_ask(left, now)))


def clear(name: str, key: str, limit: str) -> None:
    """Forgets the tries that were counted under this name, key and limit."""
    identity = parse(limit), name, hidden(key)
    if are_on():
        _ask(lambda limiter, _: limiter.clear(*identity), None)


def pause(name: str, keys: Iterable[str], seconds: int, *, now: datetime) -> int:
    """Notes that this was done now for each of the keys; 0, or the seconds left if it was within so many for one.

    It is noted in the session's own transaction, always in the database: what is refused, or not
    committed, does not count, and whoever does it at the same time waits for that.
    """
    hidden_keys = sorted(f"{name}/{hidden(key)}" for key in keys) if are_on() else []
    return TableCounts(now).pause(hidden_keys, seconds) if hidden_keys and seconds else 0


def network(address: str | None) -> str:
    """What an address is counted as: IPv4 whole, IPv6 by its /64; "" if it is none."""
    ip = _parsed(address)
    if ip is None or isinstance(ip, ipaddress.IPv4Address):
        return str(ip or "")
    return str(ipaddress.IPv6Network((ip, IPV6_NETWORK), strict=False))


def prefix(address: str | None) -> str:
    """The first part of an address, which many share: "203.0.113.0/24", "2001:db8:1::/48"; "" if it is none."""
    ip = _parsed(address)
    if ip is None:
        return ""
    bits = PREFIXES[ip.version]
    return str(ipaddress.ip_network((ip, bits), strict=False))


def hidden(key: str) -> str:
    """An HMAC of the key: the same for the same key, and of no use to whoever reads it."""
    secret = _places[db.engine].settings.secret_key.encode()
    return hmac.new(secret, b"rate-limit:" + key.encode(), hashlib.sha256).hexdigest()


def problem_of_redis() -> str | None:
    """Why the Redis that the operator named does not count; None if it does, or if none is named."""
    shared = _places[db.engine].shared
    try:
        if shared is not None:
            shared.check()
    except Unavailable as problem:
        return str(problem)
    return None


def tidy(now: datetime) -> int:
    """Deletes the counts whose window is over, and says how many; the caller commits. Redis does so by itself."""
    query = sa.delete(RateCount).where(RateCount.ends_at <= now).returning(RateCount.key)
    return len(db.session.execute(query).all())


def _parsed(address: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    written = (address or "").partition("%")[0]
    if written.startswith("[") or written.count(":") == 1:  # some proxies add the port
        written = written.rpartition(":")[0].strip("[]")
    try:
        ip = ipaddress.ip_address(written)
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def _ask(question: Callable[[FixedWindowRateLimiter, datetime], T], now: datetime | None) -> T:
    """The answer of Redis, whose windows end by its own clock; without it, of the database."""
    if db.session().in_transaction():
        raise RuntimeError(
            "limits are counted before the session's first query: it holds the database"
        )
    shared = _places[db.engine].shared
    if shared is not None:
        try:
            return shared.ask(lambda limiter: question(limiter, datetime.now(UTC)))
        except Unavailable:
            pass  # said in the log; a limit that is counted anew is better than none
    at = now or datetime.now(UTC)
    return question(FixedWindowRateLimiter(TableCounts(at)), at)
