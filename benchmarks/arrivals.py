"""Requests that come when they come: at times drawn beforehand, whether or not those before were answered."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from benchmarks.programs import HOST

THREADS = 24  # more than are ever under way at the rates that are measured


class Request(NamedTuple):
    """What is sent, on a line of its own, and which status is right."""

    method: str
    path: str
    status: int
    body: str = ""
    headers: Mapping[str, str] = {}


class Sent(NamedTuple):
    """What came of requests."""

    took: list[float]  # seconds from when each was due to its whole answer
    wrong: list[str]  # what was wrong with answers


def send(port: int, requests: list[Request], rate: float, seed: int) -> Sent:
    """Sends the requests, so many a second on average."""
    rng, due, times = random.Random(seed), 0.0, []  # noqa: S311
    for _ in requests:
        due += rng.expovariate(rate)
        times.append(due)
    begun = time.perf_counter() + 0.1
    left = iter(zip(requests, times, strict=True))
    lock, took, wrong = threading.Lock(), [], []

    def work() -> None:
        while True:
            with lock:
                request, at = next(left, (None, 0.0))
            if request is None:
                return
            time.sleep(max(0.0, begun + at - time.perf_counter()))
            problem = _sent(port, request)
            took.append(time.perf_counter() - begun - at)
            if problem:
                wrong.append(problem)

    _in_threads(work)
    return Sent(took, wrong)


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _in_threads(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _sent(port: int, request: Request) -> str:
    """What was wrong with the answer; empty if nothing was."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(
            request.method,
            request.path,
            request.body or None,
            {"Host": HOST, **request.headers},
        )
        answer = line.getresponse()
        said = answer.read()
    finally:
        line.close()
    return "" if answer.status == request.status else f"{answer.status}: {said[-300:]!r}"
