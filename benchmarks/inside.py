"""The site in this process: a page made anew, as the page cache has it made, its CPU and its queries."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import EnvironBuilder

from benchmarks.sites import URL
from newsite.db import db, hurried
from newsite.web.pagecache import keys, layer
from newsite.web.pagecache.keys import Rendering


class Made(NamedTuple):
    """An answer of the app itself: not kept, and not compressed."""

    status: int
    body: bytes


class Maker:
    """Has public pages made anew, with the site's row in memory, as in a worker that has run for a while."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.cache: layer.PageCache = app.extensions[layer.KEY]
        self.cache.freshness.follow()

    def made(self, path: str, *, is_prepared: bool = False) -> Made:
        """The page at `path`; or the one error page that is prepared for addresses without one."""
        asked, _, query = path.partition("?")
        arguments = dict([query.split("=")]) if query else {}
        rendering = Rendering(
            arguments=arguments,
            prepared=404 if is_prepared else None,
            seen=self.cache.store.seen,
        )
        with keys.collecting(rendering), hurried():
            return called(self.cache.inner, asked, query)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Inside, the statements that are sent to the database are listed."""
        with self.app.app_context():
            engine: Engine = db.engine
        sent: list[str] = []

        def note(*given: Any) -> None:
            sent.append(given[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


def called(app: Any, path: str, query: str = "") -> Made:
    """What a WSGI app answers to GET."""
    environ = EnvironBuilder(path=path, query_string=query, base_url=URL).get_environ()
    environ["RAW_URI"] = path + (f"?{query}" if query else "")
    statuses: list[str] = []
    parts = app(environ, lambda status, headers, *rest: statuses.append(status))
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Made(int(statuses[0][:3]), body)


def compared(
    ours: Callable[[], object], theirs: Callable[[], object], *, bursts: int, seconds: float
) -> list[tuple[float, float]]:
    """Milliseconds of CPU that each takes, in pairs of short bursts, one after the other."""
    pair = (ours, theirs)
    rounds = [max(1, int(seconds / 4 / _spent(one, 3))) for one in pair]
    gc.collect()
    gc.freeze()  # as the server does: what was there before is not looked through again
    return [
        tuple(_spent(one, times) * 1000 for one, times in zip(pair, rounds, strict=True))  # type: ignore[misc]
        for _ in range(bursts)
    ]


def _spent(call: Callable[[], object], times: int) -> float:
    begun = time.thread_time()
    for _ in range(times):
        call()
    return (time.thread_time() - begun) / times
