"""The supervisor: one gunicorn, which answers, and one worker, which does what is done after the answer.

It forwards TERM, INT and HUP, starts the worker again when it ends, ends with gunicorn's exit code,
and takes its children with it, even when it is killed itself.

`supervise` runs this file as a program of its own, in place of the one that calls it: what stays in
memory for months is 10 MB of Python, not the whole site. So only the standard library is imported.
"""

import ctypes
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

STOP = (signal.SIGTERM, signal.SIGINT)
FIRST_PAUSE = 1.0  # seconds before a worker that ended is started again; doubled each time
LONGEST_PAUSE = 60.0
GOOD_RUN = 60.0  # seconds after which a worker counts as well, and the pauses begin anew
PATIENCE = 40.0  # seconds for the children to finish: more than gunicorn's graceful_timeout
BLINK = 0.2  # seconds between two looks at the children
MAX_PORT = 65_535
PR_SET_PDEATHSIG = 1  # of Linux: the signal that a process gets when its parent dies


class PortTaken(Exception):
    """Nobody can be served at the address that was asked for; the message says why."""


def gunicorn_command(bind: str, workers: int) -> list[str]:
    """The command that answers requests at `bind`."""
    settings = ["--config", "python:newsite.web.server", "--bind", bind, "--workers", str(workers)]
    return [*_python(), "gunicorn", *settings, "newsite:create_app()"]


def worker_command() -> list[str]:
    """The command that does the jobs of the outbox."""
    return [*_python(), "newsite.cli", "worker"]


def require_free(bind: str) -> None:
    """Raises PortTaken unless `bind` (HOST:PORT) can be listened at."""
    host, _, port = bind.rpartition(":")
    try:
        if not host or not 0 < int(port) <= MAX_PORT:  # 0 is any port: nobody would know which
            raise ValueError
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (ValueError, OSError):
        raise PortTaken(f"“{bind}” is no address to listen at. Write HOST:PORT.") from None
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise PortTaken(
                f"Cannot listen at {bind}: {error.strerror}. Stop what is there, or choose another "
                "address with --bind."
            ) from None


def supervise(bind: str, workers: int) -> NoReturn:
    """Turns this process into the supervisor of a server at `bind`; does not return."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-I", __file__, bind, str(workers)])  # noqa: S606  # our own file


class Supervisor:
    """Runs two commands as children until the first of them, the server, ends."""

    def __init__(self, server: list[str], worker: list[str]) -> None:
        self.commands = {"server": server, "worker": worker}
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self._deadline = math.inf
        self._pause = FIRST_PAUSE
        self._started_at = 0.0
        self._start_at = 0.0

    def run(self) -> int:
        """Supervises to the end; the server's exit code, 128 more than the signal if one ended it."""
        for number in (*STOP, signal.SIGHUP):
            signal.signal(number, self._forward)
        self.server = _start(self.commands["server"])
        try:
            if self.stopping:  # somebody was quicker than the server
                _signal(self.server, signal.SIGTERM)
            while self.server.poll() is None and time.monotonic() < self._deadline:
                self._tend_worker()
                time.sleep(BLINK)
        finally:
            self.stopping = True
            self._end()
        code = self.server.returncode
        return 128 - code if code < 0 else code

    def _forward(self, number: int, frame: FrameType | None) -> None:
        if number in STOP and not self.stopping:
            self.stopping, self._deadline = True, time.monotonic() + PATIENCE
        for child in (self.server, self.worker):
            # A worker has nothing to reload: it ends, and the next one has the new program.
            is_worker = child is self.worker
            _signal(child, signal.SIGTERM if is_worker else number)
        if number == signal.SIGHUP:
            self._pause = FIRST_PAUSE

    def _tend_worker(self) -> None:
        """Starts the worker when it is time, and sets the time when it has ended."""
        if self.stopping:
            return
        now = time.monotonic()
        if self.worker is not None and self.worker.poll() is not None:
            self._pause = FIRST_PAUSE if now - self._started_at > GOOD_RUN else self._pause
            _note(
                f"the worker ended with {self.worker.returncode}; "
                f"the next one starts in {self._pause:.0f} s"
            )
            self.worker, self._start_at = None, now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self.worker is None and now >= self._start_at:
            self.worker, self._started_at = _start(self.commands["worker"]), now

    def _end(self) -> None:
        """Ends what still runs: by request, then by force."""
        children = [child for child in (self.server, self.worker) if child is not None]
        for child in children:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for child in children:
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _note(message: str) -> None:
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": "warning",
        "logger": "newsite.serve",
        "message": message,
    }
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201  # as JsonFormatter writes


def _python() -> list[str]:
    # -P: what lies in the working directory is nobody's module.
    return [sys.executable, "-P", "-m"]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches the supervisor alone, which passes it on once.
    return subprocess.Popen(command, process_group=0, preexec_fn=_bound_to(os.getpid()))  # noqa: PLW1509, S603  # one thread; our own commands


def _bound_to(parent: int) -> Callable[[], None] | None:
    """What a child does before it begins, so that it ends with its parent; only Linux can."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def bind() -> None:  # pragma: no cover  # runs in the child, between fork and exec
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we had said so
            os._exit(1)

    return bind


def _signal(child: subprocess.Popen[bytes] | None, number: int) -> None:
    if child is not None and child.poll() is None:
        child.send_signal(number)


if __name__ == "__main__":  # pragma: no cover  # a program of its own: tests/whole/test_start.py
    _, address, count = sys.argv
    sys.exit(Supervisor(gunicorn_command(address, int(count)), worker_command()).run())
