"""gunicorn's threads, kept for requests that have arrived: a slow or silent line waits outside of them.

A thread that reads from a line waits for it, for ever if need be, and there are sixteen: as many
browsers with a bad connection, or one bad neighbour, would stop the site for all. So a request is
looked at where it lies, in the kernel, and given to a thread when it is there. One whose body is
still on its way, or whose headers are uncommonly long, may have a quarter of the threads, and half a minute.

Those that change something wait for one another on SQLite, and readers must not wait with them: together with
the slow ones they have half of the threads, and the other half is always the readers'. docs/adr/0013 says why.
"""

import re
import socket
import time
from contextlib import suppress
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

LOOKED_AT = 65_536  # bytes: more than a reply, its headers included
HEAD_SECONDS = 10.0  # for the headers, from the first look
BODY_SECONDS = 30.0  # for the rest, once a thread reads it: 4 MB at 1 Mbit/s
ROOM_SECONDS = 30.0  # for its turn among those that write; as long as a proxy surely waits
LOOK_AGAIN = 0.05  # seconds between two looks at a request of which only a part is there
READERS = (b"GET ", b"HEAD ")
BUSY = (  # said without a thread, to one that had no turn
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 30\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: 113\r\n\r\n"
    b"Too much is being sent at this moment. Nothing was stored. Go back: your words are there. "
    b"Send them again later.\n"
)
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*0*([0-9]{1,20})")  # what counts of it


class PatientWorker(ThreadWorker):
    """A worker of gunicorn's `gthread`, which this replaces where it hands a connection to a thread."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.waiting: dict[TConn, float] = {}  # connections, and when they are given up
        self.queued: set[TConn] = (
            set()
        )  # those of them that are there, and wait for their turn to write
        self.silent: set[TConn] = set()  # those that the poller watches
        self.reading: dict[TConn, float] = {}  # whose threads wait for the rest, and until when
        self.writing: set[TConn] = set()  # whose threads may wait for others that write

    def enqueue_req(self, conn: TConn) -> None:
        """Gives a connection to a thread if its request is there, else lets it wait."""
        if self.cfg.is_ssl:  # what lies there cannot be read
            super().enqueue_req(conn)
            return
        self.waiting[conn] = time.monotonic() + HEAD_SECONDS
        self._look(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the worker's loop."""
        is_hurried = len(self.waiting) > len(self.silent)
        super().wait_for_and_dispatch_events(min(timeout, LOOK_AGAIN) if is_hurried else timeout)
        for conn in [one for one in self.waiting if one not in self.silent or not self.alive]:
            self._look(conn)
        now = time.monotonic()
        for conn in [one for one, end in self.waiting.items() if end < now]:
            if conn in self.queued:
                _say_busy(conn)
            self._give_up(conn)
        for conn in [one for one, end in self.reading.items() if end < now]:
            self.reading[conn] = now + BODY_SECONDS
            with suppress(OSError):  # its thread reads an end, and says so
                conn.sock.shutdown(socket.SHUT_RD)

    def finish_request(self, conn: TConn, future: Any) -> None:
        """After a thread is done with a connection."""
        self.reading.pop(conn, None)
        self.writing.discard(conn)
        super().finish_request(conn, future)

    def _look(self, conn: TConn) -> None:
        """Gives a waiting connection to a thread, has it watched, or leaves it for the next look."""
        if conn.parser is not None and conn.parser.unreader.buf.getvalue():
            self._hand_over_if_room(conn)  # it was read along with the request before
            return
        try:
            there = conn.sock.recv(LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._watch(conn)
            return
        except OSError:
            self._give_up(conn)
            return
        self._unwatch(conn)
        if not there or (is_whole(there) and there.startswith(READERS)):  # nothing there is an end
            self._hand_over(conn)
        elif is_whole(there):
            self._hand_over_to_write(conn)
        elif has_head(there):
            self._hand_over_if_room(conn)

    def _hand_over_to_write(self, conn: TConn) -> None:
        if self._has_room:
            self.writing.add(conn)
            self._hand_over(conn)
        elif conn not in self.queued:
            self.queued.add(conn)
            self.waiting[conn] = time.monotonic() + ROOM_SECONDS

    def _hand_over_if_room(self, conn: TConn) -> None:
        if self._has_room and len(self.reading) < max(1, int(self.cfg.threads) // 4):
            self.reading[conn] = time.monotonic() + BODY_SECONDS
            self._hand_over(conn)

    @property
    def _has_room(self) -> bool:
        """Whether fewer than half of the threads are kept by those who wait for something."""
        return len(self.reading) + len(self.writing) < max(1, int(self.cfg.threads) // 2)

    def _hand_over(self, conn: TConn) -> None:
        self._forget(conn)
        conn.data_ready = True
        super().enqueue_req(conn)

    def _give_up(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: TConn) -> None:
        del self.waiting[conn]
        self.queued.discard(conn)
        self._unwatch(conn)

    def _watch(self, conn: TConn) -> None:
        """Has the poller say when the first byte comes; a worker that stops waits for none."""
        if not self.alive:
            self._give_up(conn)
        elif conn not in self.silent:
            self.silent.add(conn)
            self.poller.register(conn.sock, EVENT_READ, lambda _: self._look(conn))

    def _unwatch(self, conn: TConn) -> None:
        if conn in self.silent:
            self.silent.remove(conn)
            self.poller.unregister(conn.sock)


def _say_busy(conn: TConn) -> None:
    """Answers without a thread. What was sent is read first: else the kernel takes the answer back."""
    with suppress(OSError):
        conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT)
        conn.sock.send(BUSY, socket.MSG_DONTWAIT)


def has_head(there: bytes) -> bool:
    """Whether the headers have come to their end, or are longer than what can be looked at."""
    return b"\r\n\r\n" in there or len(there) == LOOKED_AT


def is_whole(there: bytes) -> bool:
    """Whether a request is there with its body, as far as its headers tell."""
    head, end, body = there.partition(b"\r\n\r\n")
    head = head.lower()
    if not end or b"transfer-encoding" in head:
        return False
    length = _LENGTH.search(head)
    return len(body) >= int(length[1] if length else 0)
