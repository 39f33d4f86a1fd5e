"""Programs that are started to be measured, what they use up, and the load that is put on them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60
HOST = "127.0.0.1:8000"  # what every request says, whatever port it is sent to
ROOT = Path(__file__).parent.parent
_MEMORY = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_WRK = re.compile(r"(\d+) requests in ([\d.]+)(m?s|m)")
_WRONG = re.compile(r"Socket errors|Non-2xx")


class MissingError(Exception):
    """A program that a set needs is not installed."""


def need(program: str) -> str:
    """Where a program is. Raises MissingError with its name."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MissingError(f"{program} is not installed")
    return found


@dataclass(frozen=True)
class Server:
    """A program that listens, with its children."""

    pid: int
    port: int

    def address(self, path: str = "/", scheme: str = "http") -> str:
        """The address of a path."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def cpu(self) -> float:
        """Seconds of CPU that it and its children have used since they began, ended ones too."""
        return sum(_ticks(pid) for pid in self.family()) / TICKS

    def memory(self) -> float:
        """MB of it and its children; what they share is counted once (PSS)."""
        return sum(_pss(pid) for pid in self.family()) / 1000

    def family(self) -> list[int]:
        """The ids of it and its children."""
        return [self.pid, *_children(self.pid)]


@contextmanager
def running(
    command: list[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """The program while it runs. It gets the standard output that a service has: a file."""
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env=dict(environment), cwd=ROOT
        )
        try:
            _wait(process, port, log)
            yield Server(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(START_SECONDS)


def gunicorn(
    app: str,
    environment: Mapping[str, str],
    log: Path,
    *,
    config: str = "newsite.web.server",
) -> AbstractContextManager[Server]:
    """The server with the program's own settings; only the end of a worker by its number of requests is off."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", f"python:{config}"]
    command += ["-b", f"127.0.0.1:{port}", "--max-requests", "0", app]
    return running(command, port, environment, log)


class Load(NamedTuple):
    """What came of a burst."""

    requests: int
    seconds: float


def wrk(
    server: Server,
    path: str = "/",
    *,
    seconds: float = 2,
    lines: int = 16,
    headers: Mapping[str, str] | None = None,
    script: Path | None = None,
    scheme: str = "http",
) -> Load:
    """A burst of requests over so many lines at once. Raises RuntimeError unless all were answered with 200."""
    command = [
        need("wrk"),
        "-t1",
        f"-c{lines}",
        f"-d{max(1, round(seconds))}s",  # it knows whole ones only
        "--timeout",
        "60s",
        "-H",
        f"Host: {HOST}",
    ]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    command += ["-s", str(script)] if script else []
    done = subprocess.run(
        [*command, server.address(path, scheme)], capture_output=True, text=True, check=False
    )
    found = _WRK.search(done.stdout)
    if found is None or _WRONG.search(done.stdout):
        raise RuntimeError(f"not all requests were answered:\n{done.stdout}{done.stderr}")
    unit = {"ms": 0.001, "s": 1.0, "m": 60.0}[found[3]]
    return Load(int(found[1]), float(found[2]) * unit)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"it did not start:\n{log.read_text()[-3000:]}")


def _ticks(pid: int) -> int:
    """User and system time, with that of children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _pss(pid: int) -> int:
    found = _MEMORY.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) if found else 0


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, listed) for one in (child, *_children(child))]
