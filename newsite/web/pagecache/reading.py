"""What of the answers is a reading, counted in memory and written once a minute: docs/adr/0031.

A reader never waits for it: to count adds one to a number, and a thread of its own does the writing.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from newsite.articles import reads
from newsite.articles.reads import Day
from newsite.db import db, forgettable, hurried

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

EVERY = 60.0  # seconds between two writings: a day's number may be a minute off at midnight
NAME = "reads"  # of the thread

log = logging.getLogger(__name__)


class ReadCount:
    """How often one worker's articles were read since it last wrote it down."""

    def __init__(self, app: Flask, today: Callable[[], date]) -> None:
        self.app, self.today = app, today
        self.every = EVERY
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.clear()

    def clear(self) -> None:
        """Forgets what was counted."""
        with self._lock:
            self._counted: dict[int, int] = {}  # by article, since the last writing
            self._unwritten: Counter[Day] = Counter()  # what the database did not take

    def note(self, article_id: int, environ: "WSGIEnvironment") -> None:
        """Counts an answer to this request, if it is one that somebody reads."""
        if is_reading(environ):
            with self._lock:
                self._counted[article_id] = self._counted.get(article_id, 0) + 1

    def write(self) -> None:
        """Adds what was counted to the database's numbers; while it cannot, they stay here for the next time."""
        counted = self.taken()
        if not counted:
            return
        try:
            # One that is away, or busy for long, gets it later: it is a number, and no thread waits for it.
            with self.app.app_context(), forgettable(), hurried():
                reads.add(counted)
                db.session.commit()
        except SQLAlchemyError as error:
            log.warning("what was read is not written yet: %s", type(error).__name__)
            with self._lock:
                self._unwritten.update(counted)

    def begin(self) -> None:
        """Writes once a minute from now on, in a thread of its own: after a fork, which threads do not survive."""
        self._over.clear()
        threading.Thread(target=self._run, name=NAME, daemon=True).start()

    def end(self) -> None:
        """Writes for the last time."""
        self._over.set()
        self.write()

    def taken(self) -> Counter[Day]:
        """All that is to be written, which is then the caller's alone."""
        today = self.today()
        with self._lock:
            counted, self._counted = self._counted, {}
            taken, self._unwritten = self._unwritten, Counter()
        taken.update({Day(today, article): count for article, count in counted.items()})
        return taken

    def _run(self) -> None:
        while not self._over.wait(self.every):
            self.write()


def is_reading(environ: "WSGIEnvironment") -> bool:
    """Whether somebody reads the answer: no robot that says what it is, and no browser that only expects a click.

    The name of the browser is looked at here, and goes nowhere.
    """
    if environ["REQUEST_METHOD"] != "GET":
        return False
    purpose = environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE")
    if purpose is not None and "prefetch" in purpose:
        return False
    # Written out, since every kept page pays for it. Small sites have more robots than readers.
    agent = environ.get("HTTP_USER_AGENT", "").lower()
    return not ("bot" in agent or "crawl" in agent or "spider" in agent)
