"""Serves an installed newsite with its demo, follows its links, and ends it as a system would.

`visit.py NEWSITE FOLDER PAGES`: NEWSITE is the installed command, FOLDER an empty folder for the
site's data, and PAGES where the HTML of what was seen is left for the HTML checker. Only the
standard library is used: the environment under test holds the wheel and what it asks for.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from html import unescape
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urldefrag, urljoin

PATIENCE = 60  # seconds to start, and again to stop
MOST_PAGES = 150  # the demo is smaller; this ends a calendar without end
LINK = re.compile(r"""<(?:a|link|script|img)\b[^>]*?\s(?:href|src)=["']([^"']+)["']""")


class Answer(NamedTuple):
    """What came back for an address, redirects followed."""

    url: str
    status: int
    content_type: str
    body: bytes


def main() -> int:
    """Return 0 when the site came up, every page of it was right, and it went away when asked."""
    newsite, folder, pages = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    pages.mkdir(parents=True, exist_ok=True)
    site = f"http://127.0.0.1:{free_port()}"
    problems_at_the_end: list[str] = []
    with (folder / "serve.log").open("wb") as log:
        server = start(newsite, site, folder, log)
        try:
            problems = wait_until_ready(server, site) or look_around(site, pages)
        finally:
            problems_at_the_end = stop(server, str(folder / "data"))
    problems += problems_at_the_end
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        print("--- what the server said ---", file=sys.stderr)
        sys.stderr.write((folder / "serve.log").read_text(errors="replace")[-8_000:])
    return 1 if problems else 0


def start(newsite: str, site: str, folder: Path, log: BinaryIO) -> subprocess.Popen[bytes]:
    """Start `newsite serve --demo` with no setting but those two that a folder and a port need."""
    own = {"NEWSITE_DATA": str(folder / "data"), "NEWSITE_SITE_URL": site}
    others = {name: value for name, value in os.environ.items() if not name.startswith("NEWSITE_")}
    return subprocess.Popen(
        [newsite, "serve", "--demo", "--bind", site.removeprefix("http://")],
        env=others | own,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def free_port() -> int:
    """Return a port of the loopback address that nobody held a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(url: str) -> Answer:
    """Return what a plain GET gives; an answer of 400 or more is an answer too."""
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            content_type = response.headers.get("Content-Type", "")
            return Answer(response.url, response.status, content_type, response.read())
    except urllib.error.HTTPError as error:
        with error:
            content_type = error.headers.get("Content-Type", "")
            return Answer(error.url, error.code, content_type, error.read())


def wait_until_ready(server: subprocess.Popen[bytes], site: str) -> list[str]:
    """Wait for /readyz; return what went wrong, if anything."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if server.poll() is not None:
            return [f"the server ended with {server.returncode} before it was ready"]
        try:
            if fetch(f"{site}/readyz").status == 200:
                print(f"ready after {time.monotonic() - begun:.1f} s")
                return []
        except OSError:
            pass  # nobody listens yet
        time.sleep(0.2)
    return [f"not ready after {PATIENCE} s"]


def look_around(site: str, pages: Path) -> list[str]:
    """Follow every link from the front page, the sign-in and an address that leads nowhere."""
    problems: list[str] = []
    kinds: dict[str, int] = {}  # how many answers of each content type
    visited: list[str] = []
    waiting = [f"{site}/", f"{site}/desk/login", f"{site}/no/such/page"]
    seen = set(waiting)
    for url in waiting:  # grows while it is walked
        answer = fetch(url)
        kind = answer.content_type.partition(";")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
        expected = 404 if url.endswith("/no/such/page") else 200
        if answer.status != expected:
            problems.append(f"{url} answered {answer.status}, not {expected}")
        if kind == "text/html":
            (pages / f"{kinds[kind]:03}.html").write_bytes(answer.body)
            visited.append(f"{kinds[kind]:03}.html is {answer.url}\n")
            for link in links(answer, site):
                if link not in seen and len(seen) < MOST_PAGES:
                    seen.add(link)
                    waiting.append(link)
    (pages / "addresses.txt").write_text("".join(visited))
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    for kind, fewest in {"text/html": 5, "text/css": 1}.items():
        if kinds.get(kind, 0) < fewest:
            problems.append(f"fewer than {fewest} of {kind} were found")
    return problems


def links(answer: Answer, site: str) -> list[str]:
    """Return the addresses on our own host that a page names, without their fragments."""
    found = LINK.findall(answer.body.decode())
    whole = [urldefrag(urljoin(answer.url, unescape(link))).url for link in found]
    return [url for url in whole if url.startswith(f"{site}/")]


def stop(server: subprocess.Popen[bytes], mark: str) -> list[str]:
    """Ask the server to go, as systemd would, and see that its children went too."""
    begun = time.monotonic()
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        status = server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        return [f"still there {PATIENCE} s after TERM", *end_those_left(mark)]
    problems = [] if status == 0 else [f"ended with {status} after TERM, not 0"]
    print(f"ended with {status} {time.monotonic() - begun:.1f} s after TERM")
    return problems + end_those_left(mark)


def end_those_left(mark: str) -> list[str]:
    """End the processes that still run with our data folder in their environment, and name them."""
    problems = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended meanwhile, or is not ours to look at
        if f"NEWSITE_DATA={mark}".encode() in environment.split(b"\0"):
            os.kill(int(entry.name), signal.SIGKILL)
            problems.append(f"left behind: {entry.name} {command}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
