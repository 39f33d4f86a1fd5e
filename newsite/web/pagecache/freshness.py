"""How a worker learns what changed: it asks when somebody asks it, at most twice a second."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from newsite import changes, db
from newsite.web.pagecache.store import MAX_LATE, Store

EVERY = 0.5  # seconds between two questions
PATIENCE = 0.25  # seconds that a reader waits for another one's question
HUNG = 1.0  # seconds after which a question is taken for one without an answer

log = logging.getLogger(__name__)


class Freshness:
    """What one worker knows of the change log, and when it learned it; times are of a clock that only goes on."""

    def __init__(
        self, engine: Engine, store: Store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.engine, self.store, self.clock = engine, store, clock
        self.every = EVERY
        self._asking = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forgets when it asked, so that the next request asks."""
        self.asked_at = self.answered_at = float("-inf")
        self.failed = False
        self._open_since: float | None = None  # the question that has no answer yet

    @property
    def is_away(self) -> bool:
        """Whether the database does not answer: the last question failed, or one has been open for too long."""
        begun = self._open_since
        return self.failed or (begun is not None and self.clock() - begun > HUNG)

    @property
    def is_behind(self) -> bool:
        """Whether what is known may be older than a change may take to show."""
        return self.is_away or self.clock() - self.answered_at > MAX_LATE

    def follow(self) -> None:
        """Makes the store hear of changes, if it has not for half a second.

        One thread asks. The others go on with what is known, unless that is over a second old: then
        they wait, but for no more than a quarter of one. What they are shown then is not certain.
        """
        if self.clock() - self.asked_at < self.every:
            return
        if self._asking.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._asking.release()
        elif self.clock() - self.answered_at > MAX_LATE and self._asking.acquire(timeout=PATIENCE):
            self._asking.release()

    def _ask(self) -> None:
        begun = self.clock()
        if begun - self.asked_at < self.every:
            return  # another thread did, a moment ago
        self.asked_at = self._open_since = begun
        try:
            with db.hurried(), self.engine.connect() as connection:
                news = changes.news(connection, self.store.epoch, self.store.seen)
        except SQLAlchemyError as error:
            if not self.failed:
                log.error("the database is away: kept pages are served", exc_info=error)
            self.failed = True
            return
        finally:
            self._open_since = None
        self.store.hear(news, self.answered_at)
        self.answered_at, self.failed = begun, False
