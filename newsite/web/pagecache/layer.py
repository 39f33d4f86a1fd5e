"""The layer between the server and the app: it answers with pages that are kept, and keeps what the app makes."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask

from newsite.config import Settings
from newsite.db import db, hurried
from newsite.web import accesslog, guard
from newsite.web.pagecache import begun, keys
from newsite.web.pagecache.begun import KeptSite
from newsite.web.pagecache.freshness import Freshness
from newsite.web.pagecache.front import Front, told
from newsite.web.pagecache.keys import Rendering
from newsite.web.pagecache.public import asked, endpoint_at, needs_database
from newsite.web.pagecache.reading import ReadCount
from newsite.web.pagecache.store import MAX_LATE, Page, Store
from newsite.web.pagecache.variants import chosen, is_known, variants

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEY = "newsite.pagecache"
STATUSES = ("200 ", "404 ", "410 ")  # a 404 is kept only as the one page that serves all of them
HIT, MADE, STALE = "newsite; hit", "newsite; fwd=miss", "newsite; hit; detail=stale"  # RFC 9211
UNKEPT = "newsite; fwd=miss; stored=?0"  # a page that changed while it was made, or is too large
CERTAIN = (HIT, MADE)
WAIT_SECONDS = 10  # for a page that another thread makes
ROUNDS = 3  # of waiting, before a page is made beside the others
AT_ONCE = 3  # pages made by one worker: they share a processor, and each more holds a connection
TURN_SECONDS = 1.0  # for one of them to be done; a database that hangs must not hold up the others


class Wanted(NamedTuple):
    """A page that somebody asks for, and how it would be made."""

    environ: "WSGIEnvironment"
    address: str | None  # None: it is not kept
    arguments: dict[str, str] | None = None
    prepared: int | None = None  # the status of an error page that is made for many addresses


class Bare(NamedTuple):
    """An answer of the app that is not to be kept."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    endpoint: str | None
    is_lost: bool  # the prepared page for 404 is to be sent in its place


Answer = tuple[Page | Bare, str]


class PageCache:
    """WSGI layer: GET and HEAD of public pages, from memory where that is right."""

    def __init__(self, app: Flask, store: Store, front: Front) -> None:
        self.app = app
        self.front = front
        self.inner: WSGIApplication = app.wsgi_app
        self.store = store
        self.turns = threading.Semaphore(AT_ONCE)
        self.kept_site = KeptSite(store)
        self.readings = ReadCount(app, self._today)
        with app.app_context():
            self.freshness = Freshness(db.engine, store)

    def clear(self) -> None:
        """Forgets everything, as if the worker had just begun."""
        self.store.clear()
        self.kept_site.clear()
        self.freshness.clear()
        self.readings.clear()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The answer: a page's, or the app's own where no public page is asked for."""
        wanted = self._wanted(environ)
        if wanted is None:
            environ[begun.AWAY] = self._is_in_vain(environ)
            return self.inner(environ, start_response)
        self.freshness.follow()
        answer, fate = self._answer(wanted)
        if isinstance(answer, Bare) and answer.is_lost:
            answer, fate = self._answer(_prepared(wanted, 404))
        environ[accesslog.ENDPOINT] = answer.endpoint
        if isinstance(answer, Bare):
            start_response(answer.status, [*answer.headers, ("Cache-Status", fate)])
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
        if answer.read is not None:
            self.readings.note(answer.read, environ)
        return self._send(answer, fate, environ, start_response)

    def _is_in_vain(self, environ: "WSGIEnvironment") -> bool:
        """Whether the database is away, so that a request which needs it would only hold a thread up."""
        if environ.get("PATH_INFO") in guard.FOR_MACHINES:
            return False  # they ask just that, or nothing
        if needs_database(self.app, endpoint_at(self.app, _decoded(environ))):
            self.freshness.follow()
        return self.freshness.is_away

    def _wanted(self, environ: "WSGIEnvironment") -> Wanted | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        raw, query = guard.raw_path(environ), environ.get("QUERY_STRING", "")
        if not query and self.store.has(raw):
            return Wanted(environ, raw, {})
        path = _decoded(environ)
        if guard.is_own(path):
            return None  # also where nothing is: such an address may carry a token
        found = asked(self.app, raw, path, query)
        return Wanted(environ, *found) if found is not None else None

    def _answer(self, wanted: Wanted) -> Answer:
        """The page that is kept, or else made: by one thread at a time, while the others wait for it."""
        for _ in range(ROUNDS if wanted.address is not None else 0):
            address = str(wanted.address)
            found = self._kept(address) or self._without_database(wanted)
            if found is not None:
                return found
            running = self.store.begin(address)
            if running is None:
                try:
                    return self._kept(address) or self._made_or_stale(wanted, address)
                finally:
                    self.store.finish(address)
            late = self._late(address)
            if late is not None:
                return late, STALE
            running.wait(WAIT_SECONDS)
        return self._without_database(wanted) or self._made(wanted)

    def _kept(self, address: str) -> Answer | None:
        """The page in memory, if it is right; nobody can tell while the database does not answer."""
        page = self.store.get(address)
        if page is None or not page.is_right(self._now()):
            return None
        return page, STALE if self.freshness.is_behind else HIT

    def _without_database(self, wanted: Wanted) -> Answer | None:
        """While the database is away: the page in memory, whatever the clock says, or 503; else None.

        It is not even asked for the page: each question might take a thread with it.
        """
        if not self.freshness.is_away or wanted.prepared == 503:
            return None
        page = self.store.get(wanted.address) if wanted.address is not None else None
        return (page, STALE) if page is not None else self._made(_prepared(wanted, 503))

    def _late(self, address: str) -> Page | None:
        """A page that was right up to a second ago."""
        page = self.store.get(address)
        if page is not None:
            is_late = page.is_right(self._now() - timedelta(seconds=MAX_LATE))
            return page if is_late else None
        return self.store.just_dropped(address, self.freshness.clock())

    def _made_or_stale(self, wanted: Wanted, address: str) -> Answer:
        """The page made anew; the one in memory where the database failed on the way."""
        answer, fate = self._made(wanted)
        if answer.status.startswith("503"):
            page = self.store.get(address)
            return (page, STALE) if page is not None else (answer, fate)
        return answer, fate

    def _made(self, wanted: Wanted) -> Answer:
        """The app's answer, made and packed when it is its turn: only so many are at once, if they get on."""
        # An error page waits for none: it is what others are told meanwhile.
        is_mine = wanted.prepared is None and self.turns.acquire(timeout=TURN_SECONDS)
        try:
            return self._made_now(wanted)
        finally:
            if is_mine:
                self.turns.release()

    def _made_now(self, wanted: Wanted) -> Answer:
        """The app's answer; kept, if it may be and nothing on it has changed meanwhile."""
        rendering = Rendering(
            arguments=wanted.arguments, prepared=wanted.prepared, seen=self.store.seen
        )
        with keys.collecting(rendering), hurried():
            bare = _run(self.inner, wanted, rendering)
        if wanted.address is None or not _may_be_kept(bare, rendering):
            return bare, MADE
        assert rendering.made_at is not None
        page = Page(
            address=wanted.address,
            endpoint=bare.endpoint,
            status=bare.status,
            variants=variants(
                bare.body, self.front.marked(bare.headers, bare.status, rendering.keys)
            ),
            keys=frozenset(rendering.keys),
            epoch=rendering.epoch,
            number=rendering.number,
            made_at=rendering.made_at,
            until=rendering.until,
            read=rendering.read,
        )
        if self.front.is_purged:  # a rendering may take longer than a change may stay unheard
            self.freshness.follow()
        return page, MADE if self.store.keep(page) else UNKEPT

    def _send(
        self, page: Page, fate: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        variant = chosen(page.variants, environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = environ.get("HTTP_IF_NONE_MATCH")
        is_same = known is not None and page.status[:3] == "200" and is_known(variant.etag, known)
        headers = told(
            variant.short_headers if is_same else variant.headers,
            None if page.until is None else page.until - self._now(),
            is_certain=fate in CERTAIN and not self.freshness.is_behind,
        )
        headers = [*headers, ("Cache-Status", fate)]
        start_response("304 NOT MODIFIED" if is_same else page.status, headers)
        return [] if is_same or environ["REQUEST_METHOD"] == "HEAD" else [variant.body]

    def _today(self) -> date:
        """The day in the zone of the site that was shown last."""
        site = self.kept_site.latest
        return self._now().astimezone(site.zone if site else UTC).date()

    def _now(self) -> datetime:
        clock: Callable[[], datetime] = self.app.config["NEWSITE_CLOCK"]
        return clock()


def init_app(app: Flask, settings: Settings) -> None:
    """Puts the layer around the app as it stands."""
    cache = PageCache(app, Store(), Front(is_purged=bool(settings.purge_urls)))
    app.extensions[KEY] = cache
    begun.init_app(app, cache.kept_site)
    app.wsgi_app = cache  # type: ignore[method-assign]  # as Flask says


def _decoded(environ: "WSGIEnvironment") -> str:
    """The path as routing takes it."""
    return str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")


def _prepared(wanted: Wanted, status: int) -> Wanted:
    """An error page for any address, made at none; only the one for 404 can be kept."""
    environ = wanted.environ | {"PATH_INFO": "/", "RAW_URI": "/", "QUERY_STRING": ""}
    return Wanted(environ, str(status) if status == 404 else None, {}, status)


def _run(app: "WSGIApplication", wanted: Wanted, rendering: Rendering) -> Bare:
    """What the app answers to nobody in particular: it is shown nothing that tells one reader from another."""
    environ = {
        name: value
        for name, value in wanted.environ.items()
        if not name.startswith("HTTP_") and name not in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    environ |= {"HTTP_HOST": wanted.environ.get("HTTP_HOST", ""), "REQUEST_METHOD": "GET"}
    status, headers = "", []

    def noted(given: str, given_headers: list[tuple[str, str]], *rest: Any) -> Any:
        nonlocal status, headers
        status, headers = given, given_headers
        return lambda data: None

    parts = app(environ, noted)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Bare(status, headers, body, environ.get(accesslog.ENDPOINT), rendering.is_lost)


def _may_be_kept(bare: Bare, rendering: Rendering) -> bool:
    """Whether an answer may be given to others: it says so, and was made of what the database held."""
    names = {name.lower(): value.lower() for name, value in bare.headers}
    return (
        rendering.is_kept
        and not rendering.is_lost
        and rendering.made_at is not None
        and bare.status.startswith(STATUSES)
        and (not bare.status.startswith("404") or rendering.prepared == 404)
        and "set-cookie" not in names
        and "vary" not in names
        and names.get("cache-control", "").startswith("public")
    )
