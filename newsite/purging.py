"""What tells the HTTP caches in front that pages changed, by their keys: a part of `newsite worker`.

Every cache is told twice, since it may have fetched a page in the meantime from a host that had not
heard of the change yet. DESIGN.md §6 and docs/adr/0018 say why it is made so.
"""

import contextlib
import http.client
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from newsite import changes, db

EVERY = 0.25  # seconds between two looks at the change log
AGAIN = 1.5  # seconds after the first telling; every host has heard of the change a second after it
AWAY = 1.0  # seconds between two looks while the database is away
PATIENCE = 2.0  # seconds that a cache may take to answer
FIRST_PAUSE = 0.5  # seconds after a cache did not answer; doubled with every further time
LONGEST_PAUSE = 4.0  # a cache that is back shows old pages until it is told
MAX_LINE = 4_000  # characters of keys in one request: servers refuse longer headers
MAX_WAITING = 5_000  # keys; beyond that every page may as well go
EVERYTHING = "*"  # in place of keys: what changed is not known
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}

log = logging.getLogger(__name__)
Clock = Callable[[], float]  # seconds, and only forward


class NotPurged(Exception):
    """A cache that answered, but did not do it."""


class Cache:
    """An HTTP cache in front, and what it has still to be told."""

    def __init__(self, url: str, clock: Clock = time.monotonic) -> None:
        self.url, self.clock = url, clock
        self._keys: set[str] = set()
        self._again: deque[tuple[float, frozenset[str]]] = deque()  # when, and what
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._failures = 0

    def tell(self, keys: Iterable[str]) -> None:
        """Has it told of these keys, at once and again."""
        with self._lock:
            told = frozenset(keys)
            self._add(told)
            self._again.append((self.clock() + AGAIN, told))
        self._news.set()

    def run(self, stop: threading.Event) -> None:
        """Tells it what there is to tell until `stop` is set; another thread wakes it with `tell`."""
        while not stop.is_set():
            self._news.clear()
            pause = self.step()
            if self._failures:
                stop.wait(pause)  # news do not bring it back
            else:
                self._news.wait(pause)

    def step(self) -> float:
        """Tells it what is due; seconds until it should be tried again."""
        keys = self._due()
        if not keys:
            return EVERY
        try:
            for soft, line in lines(keys):
                purge(self.url, line, soft=soft)
        except (OSError, http.client.HTTPException, NotPurged) as error:
            with self._lock:
                self._add(keys)
            return self._failed(error)
        if self._failures:
            log.warning("the cache at %s is back, and was told all that it missed", self.url)
        self._failures = 0
        return 0.0

    def _due(self) -> frozenset[str]:
        with self._lock:
            while self._again and self._again[0][0] <= self.clock():
                self._add(self._again.popleft()[1])
            keys = frozenset(self._keys)
            self._keys.clear()
        return keys

    def _add(self, keys: frozenset[str]) -> None:
        self._keys |= keys
        if len(self._keys) > MAX_WAITING:
            self._keys = {changes.SITE}  # on every page

    def _failed(self, error: Exception) -> float:
        if not self._failures:
            log.error("the cache at %s cannot be told what changed: %s", self.url, error)
        self._failures += 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * float(2 ** (min(self._failures, 10) - 1)))


class Follower:
    """Follows the change log, and passes on what it says."""

    def __init__(self, engine: Engine, caches: Iterable[Cache]) -> None:
        self.engine, self.caches = engine, tuple(caches)
        self._epoch, self._sequence = "", -1
        self._failed = False

    def run(self, stop: threading.Event) -> None:
        """Follows until `stop` is set. A database that is away is waited for."""
        while not stop.wait(self.step()):
            pass

    def step(self) -> float:
        """Passes on what is new; seconds until the next look. At the first one, that is everything."""
        try:
            with db.hurried(), self.engine.connect() as connection:
                news = changes.news(connection, self._epoch, self._sequence)
        except SQLAlchemyError as error:
            if not self._failed:
                log.error("caches are told nothing while the database is away", exc_info=error)
            self._failed = True
            return AWAY
        self._failed = False
        self._epoch, self._sequence = news.epoch, news.sequence
        keys = {EVERYTHING} if news.changes is None else {key for _, key in news.changes}
        for cache in self.caches if keys else ():
            cache.tell(keys)
        return EVERY


@contextlib.contextmanager
def following(engine: Engine, urls: Iterable[str]) -> Iterator[None]:
    """Inside, the caches at these addresses are told what changes; a thread for each, and one that follows."""
    stop = threading.Event()
    caches = [Cache(url) for url in urls]
    parts: list[Follower | Cache] = [Follower(engine, caches), *caches] if caches else []
    threads = [threading.Thread(target=part.run, args=(stop,), daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def lines(keys: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """The requests that tell these keys: whether softly, and the keys, in lines that fit into a header.

    What is known to have changed is thrown away. Where that is not known, every page is only marked
    as old: none is shown again without asking, as long as there is anybody to ask.
    """
    known = sorted(set(keys) - {EVERYTHING})
    if len(known) < len(set(keys)):
        yield True, changes.SITE
    line = ""
    for key in known:
        if line and len(line) + 1 + len(key) > MAX_LINE:
            yield False, line
            line = ""
        line = f"{line} {key}".lstrip()
    if line:
        yield False, line


def purge(url: str, keys: str, *, soft: bool) -> None:
    """Has the cache at this address drop all pages with one of the keys, or mark them as old.

    Raises OSError or HTTPException if it cannot be reached, NotPurged if it says anything but yes.
    """
    parts = urlsplit(url)
    connection = CONNECTIONS[parts.scheme](str(parts.hostname), parts.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        headers = {"Host": parts.netloc, "Surrogate-Key": keys} | ({"Soft": "1"} if soft else {})
        connection.request("PURGE", parts.path or "/", headers=headers)
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise NotPurged(f"it answered {answer.status} {answer.reason}")
