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
from collections import Counter
from html import unescape
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urldefrag, urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

PATIENCE = 60  # seconds to start, and again to stop
MOST_ADDRESSES = 600  # the demo has fewer; this ends a calendar without end
LINK = re.compile(r"""<(?:a|link|script|img)\b[^>]*?\s(?:href|src)=["']([^"']+)["']""")
TOKEN = re.compile(r'name="csrf_token"[^>]*? value="([^"]+)"')
SIGN_IN = re.compile(r"Sign in at \S+ as (\S+) with the password (\S+)")


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
            problems = wait_until_ready(server, site) or look_around(
                site, pages, folder / "serve.log"
            )
        finally:
            problems_at_the_end = stop(server, str(folder / "data"))
    problems += problems_at_the_end
    if problems:
        said = (folder / "serve.log").read_text(errors="replace").splitlines()
        odd = [line for line in said if '"status": 2' not in line and '"status": 3' not in line]
        print("--- what the server said ---", *odd[-80:], sep="\n", file=sys.stderr)
        print("--- what is wrong ---", *problems, sep="\n", file=sys.stderr)
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


def wait_until_ready(server: subprocess.Popen[bytes], site: str) -> list[str]:
    """Wait for /readyz; return what went wrong, if anything."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if server.poll() is not None:
            return [f"the server ended with {server.returncode} before it was ready"]
        try:
            with urlopen(f"{site}/readyz", timeout=5):
                print(f"ready after {time.monotonic() - begun:.1f} s")
                return []
        except OSError:
            time.sleep(0.2)  # nobody listens yet, or it is not ready
    return [f"not ready after {PATIENCE} s"]


def look_around(site: str, pages: Path, log: Path) -> list[str]:
    """Follow every link: a reader's, then those of the desk for the account that the demo made."""
    visit = Visit(site, pages)
    visit.follow("/", "/desk/login")
    missing = visit.fetch(f"{site}/no/such/page")
    visit.keep(missing)
    problems = [] if missing.status == 404 else [f"/no/such/page answered {missing.status}"]
    sign_in = SIGN_IN.search(log.read_text())
    if sign_in is None:
        problems.append("the demo printed no sign-in")
    elif visit.sign_in(*sign_in.groups()):
        visit.follow("/desk/")
    else:
        problems.append("the demo's sign-in was refused")
    (pages / "addresses.txt").write_text(
        "\n".join(f"{name} {line}" for line, name in visit.kept.items())
    )
    print(", ".join(f"{count} {kind}" for kind, count in sorted(visit.kinds.items())))
    for kind, fewest in {"text/html": 10, "text/css": 2}.items():
        if visit.kinds[kind] < fewest:
            problems.append(f"fewer than {fewest} of {kind} were found")
    return visit.problems + problems


class Visit:
    """A browser without a screen: it keeps cookies, follows links, and stores each page once."""

    def __init__(self, site: str, pages: Path) -> None:
        self.site = site
        self.pages = pages
        self.kinds: Counter[str] = Counter()  # of content types, how many different addresses
        self.kept: dict[str, str] = {}  # from status and address to the file's name
        self.problems: list[str] = []
        self._seen: set[str] = set()
        self._opener = build_opener(HTTPCookieProcessor())

    def fetch(self, url: str, data: dict[str, str] | None = None) -> Answer:
        """Return what comes back, redirects followed; an answer of 400 or more is an answer too."""
        headers = {"Origin": self.site} if data else {}
        body = urlencode(data).encode() if data else None
        try:
            with self._opener.open(Request(url, body, headers), timeout=20) as response:
                content_type = response.headers.get_content_type()
                return Answer(response.url, response.status, content_type, response.read())
        except HTTPError as error:
            with error:
                content_type = error.headers.get_content_type()
                return Answer(error.url, error.code, content_type, error.read())

    def follow(self, *paths: str) -> None:
        """Fetch the paths and all that they lead to on this site; note what is not there."""
        waiting = [(f"{self.site}{path}", "the beginning") for path in paths]
        self._seen -= {url for url, _ in waiting}
        for url, source in waiting:  # grows while it is walked
            if url in self._seen or len(self._seen) >= MOST_ADDRESSES:
                continue
            self._seen.add(url)
            answer = self.fetch(url)
            if answer.status != 200:
                self.problems.append(f"{url} answered {answer.status}; {source} links to it")
            elif self.keep(answer) and _leads_on(answer):
                waiting += [(link, answer.url) for link in self._links(answer)]

    def keep(self, answer: Answer) -> bool:
        """Store a page for the HTML checker; return whether its address is new."""
        line = f"{answer.status} {answer.url}"
        if line in self.kept:
            return False
        self.kinds[answer.content_type] += 1
        name = f"{len(self.kept):03}.html"
        self.kept[line] = name
        if answer.content_type == "text/html":
            (self.pages / name).write_bytes(answer.body)
        return True

    def sign_in(self, email: str, password: str) -> bool:
        """Send the sign-in form as a browser would; return whether the desk opened."""
        form = self.fetch(f"{self.site}/desk/login")
        token = TOKEN.search(form.body.decode())
        fields = {"email": email, "password": password, "csrf_token": token[1] if token else ""}
        return not self.fetch(form.url, fields).url.startswith(f"{self.site}/desk/login")

    def _links(self, answer: Answer) -> list[str]:
        """The addresses on our own host that a page names, without their fragments."""
        found = LINK.findall(answer.body.decode())
        whole = [urldefrag(urljoin(answer.url, unescape(link))).url for link in found]
        return [url for url in whole if url.startswith(f"{self.site}/")]


def _leads_on(answer: Answer) -> bool:
    """Whether links are followed: a preview at the desk shows links to what is not there yet."""
    return answer.content_type == "text/html" and not answer.url.endswith("/preview")


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
