"""Counts in Redis, so that hosts count together without asking the database: docs/adr/0017.

Redis may be gone, slow or full. Whoever finds that out waits for it a quarter of a second, and no
more; after that nobody asks for a while, and then one thread does.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter

WAIT_SECONDS = 0.25  # to connect, and for each answer: a reply takes longer to write down
PAUSE_SECONDS = 5.0  # for which a Redis that failed is left alone
PREFIX = "newsite"  # of our keys, in a Redis that others may use too
CHECKED = "check"  # the key that `newsite check` counts
T = TypeVar("T")

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """Redis does not count now; the message is its reason."""


class SharedCounts:
    """The library's counts in Redis, asked only while it answers. No connection is made before the first question."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        options: dict[str, Any] = {
            "socket_connect_timeout": WAIT_SECONDS,
            "socket_timeout": WAIT_SECONDS,
            "retry": None,  # the client's own would wait for seconds
        }
        self.storage = RedisStorage(url, key_prefix=PREFIX, **options)
        self.limiter = FixedWindowRateLimiter(self.storage)
        self.clock = clock
        self._lock = threading.Lock()
        self._ask_at = float("-inf")
        self._failed = False

    def ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        """What Redis says. Raises Unavailable if it does not, or did not a moment ago."""
        if not self._may_ask():
            raise Unavailable("it did not answer a moment ago")
        try:
            answer = question(self.limiter)
        except self.storage.base_exceptions as error:
            self._note(str(error))
            raise Unavailable(str(error)) from error
        self._note(None)
        return answer

    def check(self) -> None:
        """Counts something for a second, as a full Redis could not. Raises Unavailable if that fails."""
        try:
            self.storage.incr(CHECKED, 1)
        except self.storage.base_exceptions as error:
            raise Unavailable(str(error)) from error

    def _may_ask(self) -> bool:
        """Whether this thread may ask: each while all is well, one after a pause once it is not."""
        with self._lock:
            if self._failed:
                now = self.clock()
                if now < self._ask_at:
                    return False
                self._ask_at = now + PAUSE_SECONDS  # the others do not wait with this one
            return True

    def _note(self, problem: str | None) -> None:
        """Remembers how a question went, and logs it if the one before went otherwise."""
        with self._lock:
            is_news, self._failed = self._failed is (problem is None), problem is not None
            if problem is not None:
                self._ask_at = self.clock() + PAUSE_SECONDS
        if is_news and problem is not None:
            log.error("Redis does not count (%s): the database does meanwhile", problem)
        elif is_news:
            log.warning("Redis counts again")
