"""Requests that come when they come: at times drawn beforehand, whether or not those before were answered.

One thread sends them all, each on a line of its own, so that the load costs the machine little beside
what it measures: its own processor time is counted with the answers.
"""

import random
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from typing import NamedTuple

from benchmarks.programs import HOST

PATIENCE = 30.0  # seconds for an answer


class Request(NamedTuple):
    """What is sent, on a line of its own, and which status is right."""

    method: str
    path: str
    status: int
    body: str = ""
    headers: Mapping[str, str] = {}

    def written(self) -> bytes:
        """The request as it goes over the line."""
        body = self.body.encode()
        headers = {"Host": HOST, "Connection": "close", **self.headers}
        if self.method == "POST":
            headers["Content-Length"] = str(len(body))
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Sent:
    """What came of requests."""

    took: list[float] = field(default_factory=list)  # seconds from when each was due to its end
    wrong: list[str] = field(default_factory=list)  # what was wrong with answers
    cpu: float = 0.0  # seconds that sending them took of the processor


@dataclass
class _Line:
    """A request under way."""

    socket: socket.socket
    status: int
    due: float
    answer: bytes = b""


def send(port: int, requests: list[Request], rate: float, seed: int) -> Sent:
    """Sends the requests, so many a second on average, as people do who know nothing of each other."""
    rng, due = random.Random(seed), 0.0  # noqa: S311
    waiting = []
    for request in requests:
        due += rng.expovariate(rate)
        waiting.append((due, request.status, request.written()))
    waiting.reverse()
    sent, poller, under_way = Sent(), DefaultSelector(), 0
    spent, begun = time.thread_time(), time.perf_counter() + 0.1
    while waiting or under_way:
        now = time.perf_counter() - begun
        while waiting and waiting[-1][0] <= now:
            due, status, written = waiting.pop()
            line = _Line(socket.create_connection(("127.0.0.1", port)), status, begun + due)
            line.socket.sendall(written)
            poller.register(line.socket, EVENT_READ, line)
            under_way += 1
        events = poller.select(max(0.0, waiting[-1][0] - now) if waiting else PATIENCE)
        if not events and not waiting:
            raise RuntimeError(f"{under_way} requests were not answered")
        for key, _ in events:
            if _is_done(key.data, sent):
                poller.unregister(key.fileobj)
                under_way -= 1
    poller.close()
    sent.cpu = time.thread_time() - spent
    return sent


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _is_done(line: _Line, sent: Sent) -> bool:
    """Reads what has come; whether it was the end of the answer, which is then noted."""
    came = line.socket.recv(1 << 18)
    line.answer += came
    if came:
        return False
    sent.took.append(time.perf_counter() - line.due)
    line.socket.close()
    if line.answer[9:12] != str(line.status).encode():
        sent.wrong.append(f"{line.answer[:12]!r}: {line.answer[-300:]!r}")
    return True
