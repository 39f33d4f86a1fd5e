"""How long a PostgreSQL that has stopped answering is waited for: a server that hangs, or a line that is cut.

Time-outs that the server keeps are of no use then. The driver looks up from its waiting all the
time, so it is told when to give up; the connection is closed, since an answer might still come.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_seconds: ContextVar[float | None] = ContextVar("newsite_patience", default=None)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Inside, an answer is waited for so long; outside, as before. Commands wait for ever: they have long to do."""
    token = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(token)


def have(seconds: float) -> None:
    """Says how long this thread waits for each answer from here on."""
    _seconds.set(seconds)


def connection_class(driver: Any) -> Any:
    """The driver's class of connections, with an end to their patience. `driver` is psycopg's module."""

    def wait(self: Any, gen: Any, *given: Any, **named: Any) -> Any:
        seconds = _seconds.get()
        if seconds is None or named.get("timeout") is not None:
            return driver.Connection.wait(self, gen, *given, **named)
        until = time.monotonic() + seconds
        try:
            return driver.Connection.wait(self, gen, *given, **named | {"timeout": seconds})
        except driver.OperationalError:
            if time.monotonic() >= until:
                self.close()  # what it answers now, nobody would know what to
            raise

    return type("PatientConnection", (driver.Connection,), {"wait": wait})
