"""The pages that a worker keeps: bounded in bytes, and never one that a change has overtaken.

What always holds, under the lock: none of the keys of a page that is kept has changed after the
page's own number, as far as this worker knows (`seen`). A page is kept only if that is so, and
hearing of changes drops the pages of which it is so no longer. A change that nobody here has heard
of yet has a number above `seen`, and will be heard of.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from newsite.changes import News
from newsite.web.pagecache.variants import Variant, size

MAX_BYTES = 8 * 1024 * 1024  # in one worker, with keys, headers and all variants
ASKED_PART = 4  # a quarter of it is for addresses with a query, of which anybody can make up more
PAGE_PART = 4  # no page takes more than a quarter of its shelf
LOG_KEYS = 20_000  # of changes that are remembered, for pages under way while they were heard of
MAX_LATE = 1.0  # seconds that a page may be behind: DESIGN.md §6
OVERHEAD = 2_048  # bytes of a page's objects, beside what they hold
KEY_OVERHEAD = 250  # bytes that a key takes in a page and in the index, beside its letters


@dataclass(frozen=True, eq=False)
class Page:
    """An answer that was made, and what it depends on."""

    address: str
    endpoint: str | None
    status: str
    variants: dict[str, Variant]
    keys: frozenset[str]
    epoch: str
    number: int  # of the last change that its rendering could see
    made_at: datetime
    until: datetime | None
    read: int | None = None  # id of the article that is read with it
    size: int = field(init=False)  # bytes in memory

    def __post_init__(self) -> None:
        names = sum(KEY_OVERHEAD + len(key) for key in self.keys)
        object.__setattr__(self, "size", OVERHEAD + size(self.variants) + names)

    def is_right(self, now: datetime) -> bool:
        """Whether the clock has not ended it. One of the future was made before a clock was put back."""
        return self.made_at <= now and (self.until is None or now < self.until)


class _Shelf:
    """Pages by address, the longest unasked for first, in so many bytes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.bytes = 0
        self.pages: OrderedDict[str, Page] = OrderedDict()

    def put(self, page: Page) -> Iterator[Page]:
        """Puts a page there, and takes away what stood in its place and what it leaves no room for."""
        if page.address in self.pages:
            yield self.take(page.address)
        self.pages[page.address] = page
        self.bytes += page.size
        while self.bytes > self.capacity:
            yield self.take(next(iter(self.pages)))

    def take(self, address: str) -> Page:
        """Takes a page away."""
        page = self.pages.pop(address)
        self.bytes -= page.size
        return page


class Store:
    """The pages of one worker. Everything in it happens under one lock, and nothing slow does."""

    def __init__(self, capacity: int = MAX_BYTES) -> None:
        self.capacity = capacity
        self.lock = threading.Lock()
        self.making: dict[str, threading.Event] = {}
        self.clear()

    def clear(self) -> None:
        """Forgets all, as if the worker had just begun."""
        with self.lock:
            self.epoch, self.seen = "", -1
            self._drop_all()

    @property
    def bytes(self) -> int:
        """What all pages take, those too that were dropped a moment ago."""
        return self._plain.bytes + self._asked.bytes + self._dropped_bytes

    def has(self, address: str) -> bool:
        """Whether a page is kept for an address at this moment; the next may drop it."""
        return address in self._shelf(address).pages

    def get(self, address: str) -> Page | None:
        """The page that is kept for an address, whatever the clock says."""
        with self.lock:
            shelf = self._shelf(address)
            page = shelf.pages.get(address)
            if page is not None:
                shelf.pages.move_to_end(address)
            return page

    def keep(self, page: Page) -> bool:
        """Keeps a page, unless something on it has changed since; whether it was kept."""
        with self.lock:
            shelf = self._shelf(page.address)
            if page.size > shelf.capacity // PAGE_PART or not self._is_new(page):
                return False
            for gone in shelf.put(page):
                self._unlist(gone)
            for key in page.keys:
                self._by_key.setdefault(key, set()).add(page)
            self._limit_dropped()
            return True

    def hear(self, news: News, known_at: float) -> None:
        """Drops the pages that changed. `known_at` is the moment up to which they were known to be right."""
        with self.lock:
            if (news.epoch, news.sequence) == (self.epoch, self.seen):
                return
            if news.changes is None:
                self._drop_all()
                self.epoch, self.seen, self._floor = news.epoch, news.sequence, news.sequence
                return
            for address in [
                one for one, (_, at) in self._dropped.items() if known_at - at > MAX_LATE
            ]:
                self._forget_dropped(address)
            for number, key in news.changes:
                self._log[key] = max(number, self._log.get(key, 0))
                for page in [one for one in self._by_key.get(key, ()) if one.number < number]:
                    self._drop(page, known_at)
            self.seen = news.sequence
            self._limit_log()
            self._limit_dropped()

    def has_changed(self, key: str, since: int) -> bool:
        """Whether a key changed after a number, as far as this worker has heard; yes, if it cannot tell."""
        with self.lock:
            return self._has_changed(key, since)

    def just_dropped(self, address: str, at: float) -> Page | None:
        """The page that stood here until a change of at most a second ago, as `at` is counted."""
        with self.lock:
            page, known_at = self._dropped.get(address, (None, 0.0))
            return page if at - known_at <= MAX_LATE else None

    def begin(self, address: str) -> threading.Event | None:
        """None if the page is the caller's to make, until `finish`; else what tells that another has made it."""
        with self.lock:
            running = self.making.get(address)
            if running is None:
                self.making[address] = threading.Event()
            return running

    def finish(self, address: str) -> None:
        """Tells those who wait that the page was made, or could not be."""
        with self.lock:
            self.making.pop(address).set()

    def _shelf(self, address: str) -> _Shelf:
        return self._asked if "?" in address else self._plain

    def _is_new(self, page: Page) -> bool:
        """Whether nothing that it shows has changed since it was begun, as far as anybody here knows."""
        if page.epoch != self.epoch:
            return False
        return not any(self._has_changed(key, page.number) for key in page.keys)

    def _has_changed(self, key: str, since: int) -> bool:
        return since < self._floor or self._log.get(key, 0) > since

    def _drop(self, page: Page, known_at: float) -> None:
        self._shelf(page.address).take(page.address)
        self._unlist(page)
        self._forget_dropped(page.address)
        self._dropped[page.address] = (page, known_at)
        self._dropped_bytes += page.size

    def _forget_dropped(self, address: str) -> None:
        page, _ = self._dropped.pop(address, (None, 0.0))
        if page is not None:
            self._dropped_bytes -= page.size

    def _unlist(self, page: Page) -> None:
        for key in page.keys:
            listed = self._by_key[key]
            listed.discard(page)
            if not listed:
                del self._by_key[key]

    def _drop_all(self) -> None:
        self._plain = _Shelf(self.capacity - self.capacity // ASKED_PART)
        self._asked = _Shelf(self.capacity // ASKED_PART)
        self._by_key: dict[str, set[Page]] = {}
        self._dropped: dict[str, tuple[Page, float]] = {}
        self._dropped_bytes = 0
        self._log: dict[str, int] = {}  # the last number of each key that changed after `_floor`
        self._floor = self.seen

    def _limit_log(self) -> None:
        if len(self._log) > LOG_KEYS:
            self._log.clear()
            self._floor = self.seen

    def _limit_dropped(self) -> None:
        """Those dropped are the first to make room."""
        while self._dropped and self.bytes > self.capacity:
            self._forget_dropped(next(iter(self._dropped)))
