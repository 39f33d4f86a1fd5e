"""A Redis of the tests' own, to be stopped, held up and filled. It listens on a socket in its folder only."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

PROGRAM = "redis-server"
START_TRIES = 200  # each waits a twentieth of a second


class RedisServer:
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Starts it; `options` as in its configuration, each after two dashes."""
        command = [PROGRAM, "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--appendonly", "no", *options],
            cwd=self.socket.parent,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(START_TRIES):
            with suppress(redis.RedisError), self.client() as client:
                client.ping()
                return
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                break
        pytest.fail(f"{PROGRAM} did not start")

    def client(self) -> redis.Redis:
        """Somebody who looks inside."""
        return redis.Redis(unix_socket_path=str(self.socket))

    def names(self) -> set[str]:
        """The names of all that is counted."""
        with self.client() as client:
            return {key.decode() for key in client.scan_iter()}

    def connections(self) -> int:
        """How often anybody connected so far; whoever asks is one of them."""
        with self.client() as client:
            return int(client.info("stats")["total_connections_received"])

    def fill(self, limit: str = "1") -> None:
        """Lets it have so many bytes of memory; "0" is as many as it likes."""
        with self.client() as client:
            client.config_set("maxmemory", limit)

    def hang(self) -> None:
        """Holds the process up where it is: it takes connections, and does not answer."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets it run again."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ends it, at once, whatever state it is in."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running() -> Iterator[RedisServer]:
    """A Redis, until the end. Skips, or fails in CI, where the program is not installed."""
    if shutil.which(PROGRAM) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{PROGRAM} is not installed")
        pytest.skip(f"no {PROGRAM}")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:  # a socket's name must be short
        server = RedisServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
