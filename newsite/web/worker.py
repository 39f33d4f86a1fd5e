"""gunicorn's threads, kept for requests that have arrived: a slow or silent line waits outside of them.

A thread that reads from a line waits for it, for ever if need be, and there are sixteen: as many
browsers with a bad connection, or one bad neighbour, would stop the site for all. So a request is
looked at where it lies, in the kernel, and given to a thread when it is there. One whose body is
still on its way, or whose headers are uncommonly long, may have a quarter of the threads, and half a minute;
a picture that is sent to the desk has as much longer as it takes on a slow line, and leaves one of these threads to
all others.

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

from newsite.web.desk.amounts import MAX_UPLOAD_BYTES
from newsite.web.session import COOKIE

LOOKED_AT = 65_536  # bytes: more than a reply, its headers included
HEAD_SECONDS = 10.0  # for the headers, from the first look
BODY_SECONDS = 30.0  # for the rest, once a thread reads it: 4 MB at 1 Mbit/s
SLOWEST = 500_000 / 8  # bytes a second of a line on which pictures arrive: 25 MB in seven minutes
FILES = b"POST /desk/pictures/"  # how requests begin that may bring files
ROOM_SECONDS = (
    30.0  # for its turn among those that write or are slow; as long as a proxy surely waits
)
END_SECONDS = 10.0  # for a line that was answered to end, or to send what nobody reads any more
DRAINED = 65_536  # bytes of a body that gunicorn reads for an answer that did not; at so many it closes the line
LOOK_AGAIN = 0.05  # seconds between two looks at a request of which only a part is there
READERS = (b"GET ", b"HEAD ")
BUSY = (  # said without a thread, to one that had no turn
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 30\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: 113\r\n\r\n"
    b"Too much is being sent at this moment. Nothing was stored. Go back: your words are there. "
    b"Send them again later.\n"
)
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*0*([0-9]{1,20})")  # what counts of it
_SIGNED_IN = re.compile(rb"\ncookie:(?:[^\r\n]*[; \t])?" + COOKIE.encode() + rb"=")


class PatientWorker(ThreadWorker):
    """A worker of gunicorn's `gthread`, which this replaces where it hands a connection to a thread."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.waiting: dict[TConn, float] = {}  # connections, and when they are given up
        self.queued: set[TConn] = set()  # those of them whose headers are there, without a turn yet
        self.silent: set[TConn] = set()  # those that the poller watches
        self.reading: dict[TConn, float] = {}  # whose threads wait for the rest, and until when
        self.uploading: set[TConn] = set()  # those of them that bring files, and have long for it
        self.writing: set[TConn] = set()  # whose threads may wait for others that write
        self.ending: dict[TConn, float] = {}  # that have their last answer, and until when

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
                self._turn_away(conn)
            else:
                self._give_up(conn)
        for conn in [one for one, end in self.reading.items() if end < now]:
            self.reading[conn] = now + BODY_SECONDS
            with suppress(OSError):  # its thread reads an end, and says so
                conn.sock.shutdown(socket.SHUT_RD)
        for conn in [one for one, end in self.ending.items() if end < now or not self.alive]:
            self._end(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answers a request, and says in the answer that the line ends where a refused body may be left unread.

        gunicorn would promise to keep the line, find more on it than it reads, and close it: a proxy that has sent
        its next request there meanwhile gets no answer, and says that the site is away.
        """
        headers = dict(req.headers)
        is_long = int(headers.get("CONTENT-LENGTH", "0")) >= DRAINED
        if is_long or "TRANSFER-ENCODING" in headers:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: TConn, future: Any) -> None:
        """After a thread is done with a connection."""
        self.reading.pop(conn, None)
        self.uploading.discard(conn)
        self.writing.discard(conn)
        is_over = not self.cfg.is_ssl and not future.cancelled() and not future.exception()
        if is_over and not future.result():
            self._let_end(conn)
        else:
            super().finish_request(conn, future)

    def _let_end(self, conn: TConn) -> None:
        """Says that nothing more comes, and waits for the other side's end outside of the threads, and of the loop.

        What is still sent is read and thrown away: to close at once would take the answer back from whoever sends
        too much (RFC 9112, section 9.6). gunicorn waits for it in its loop, and all others with it.
        """
        self.ending[conn] = time.monotonic() + END_SECONDS
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, lambda _: self._read_on(conn))
        except (OSError, ValueError):  # it is gone
            self._end(conn)

    def _read_on(self, conn: TConn) -> None:
        try:
            is_over = not conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT)
        except BlockingIOError:
            is_over = False
        except OSError:
            is_over = True
        if is_over:
            self._end(conn)

    def _end(self, conn: TConn) -> None:
        del self.ending[conn]
        with suppress(KeyError, ValueError):  # it was gone before it was watched
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _look(self, conn: TConn) -> None:
        """Gives a waiting connection to a thread, has it watched, or leaves it for the next look."""
        if conn.parser is not None and conn.parser.unreader.buf.getvalue():
            self._hand_over_to_read(conn, BODY_SECONDS)  # it was read along with the request before
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
            self._hand_over_to_read(conn, body_seconds(there))

    def _hand_over_to_write(self, conn: TConn) -> None:
        if self._has_room:
            self.writing.add(conn)
            self._hand_over(conn)
        else:
            self._queue(conn)

    def _hand_over_to_read(self, conn: TConn, seconds: float) -> None:
        is_upload = seconds > BODY_SECONDS
        if not self._has_room_to_read(is_upload=is_upload):
            self._queue(conn)
            return
        self.reading[conn] = time.monotonic() + seconds
        if is_upload:
            self.uploading.add(conn)
        self._hand_over(conn)

    @property
    def _has_room(self) -> bool:
        """Whether fewer than half of the threads are kept by those who wait for something."""
        return len(self.reading) + len(self.writing) < max(1, int(self.cfg.threads) // 2)

    def _has_room_to_read(self, *, is_upload: bool) -> bool:
        """Whether there is a thread for a slow body. Uploads may take half an hour: one thread is never theirs."""
        most = max(1, int(self.cfg.threads) // 4)
        is_last = is_upload and len(self.uploading) >= max(1, most - 1)
        return self._has_room and len(self.reading) < most and not is_last

    def _queue(self, conn: TConn) -> None:
        if conn not in self.queued:
            self.queued.add(conn)
            self.waiting[conn] = time.monotonic() + ROOM_SECONDS

    def _hand_over(self, conn: TConn) -> None:
        self._forget(conn)
        conn.data_ready = True
        super().enqueue_req(conn)

    def _give_up(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _turn_away(self, conn: TConn) -> None:
        """Answers without a thread, and waits for the end of what is still being sent."""
        there = _say_busy(conn)
        if is_whole(there):
            self._give_up(conn)
        else:
            self._forget(conn)
            self._let_end(conn)

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


def _say_busy(conn: TConn) -> bytes:
    """What was sent, read before the answer: else the kernel takes the answer back."""
    there = b""
    with suppress(OSError):  # nothing more is there
        there = conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT)
    with suppress(OSError):
        conn.sock.send(BUSY, socket.MSG_DONTWAIT)
    return there


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


def body_seconds(there: bytes) -> float:
    """How long a body that is still on its way may take.

    Longer only for files that are sent to the desk by a browser with its cookie. Who makes such a cookie up gains a
    minute: without a session behind it, more than 4 MB are refused before they are read.
    """
    head = there.partition(b"\r\n\r\n")[0]
    if not head.startswith(FILES):
        return BODY_SECONDS
    head = head.lower()
    length = _LENGTH.search(head)
    if length is None or _SIGNED_IN.search(head) is None:
        return BODY_SECONDS
    return BODY_SECONDS + min(int(length[1]), MAX_UPLOAD_BYTES) / SLOWEST
