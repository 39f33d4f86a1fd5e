"""Ports for the servers that tests start: nobody else takes one between its choice and the server's start.

A port that the system chooses (port 0) may be given to any connection a moment later. So these are below those
that systems give to connections, and each is locked for as long as the process that chose it lives.
"""

import fcntl
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

FIRST, LAST = 20_000, 29_999  # Linux gives connections 32768 and up, others 49152 and up
FOLDER = Path(tempfile.gettempdir()) / "newsite-test-ports"
_chosen: list[IO[bytes]] = []  # open, and so locked


def free_port() -> int:
    """A port of the loopback address that nobody listens at, and that is this process's until it ends."""
    FOLDER.mkdir(exist_ok=True)
    while True:
        port = random.randint(FIRST, LAST)
        with suppress(OSError):  # another process has it, or somebody listens there
            _lock(port)
            with socket.create_server(("127.0.0.1", port)):
                return port


def _lock(port: int) -> None:
    file = (FOLDER / str(port)).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    _chosen.append(file)
