"""The site as an operator starts it: real processes, real sockets, real signals."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ports import free_port

NEWSITE = [sys.executable, "-m", "newsite.cli"]
PATIENCE = 60  # seconds; everything here ends by itself long before
MB = 1024**2


class Running:
    """A started site: its processes, its address and what it printed."""

    def __init__(self, folder: Path, *, data: Path | None = None) -> None:
        self.port, self.log, self.data = free_port(), folder / "log", data or folder / "data"
        self.bind = f"127.0.0.1:{self.port}"
        command = [*NEWSITE, "serve", "--demo", "--bind", self.bind]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment(self.data), cwd=folder, stdout=log, stderr=log
            )

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def wait_until_ready(self) -> "Running":
        wait_for(self.is_ready, self.printed)
        return self

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.printed()
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/readyz")[0] == 200
        return False

    def printed(self) -> str:
        return self.log.read_text()

    def family(self) -> dict[int, str]:
        """The site's processes, by number: gunicorn's three, and the worker."""
        found, grown = {}, {self.process.pid}
        while grown:
            grown = {pid for pid in children(grown) if pid not in found}
            found |= {pid: command_line(pid) for pid in grown}
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def post(self, head: str, body: Callable[[socket.socket], None]) -> tuple[int, str]:
        """The answer to a request that is written by hand."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            given = f"Host: {self.bind}\r\nSec-Fetch-Site: same-origin\r\n"
            form = "Content-Type: application/x-www-form-urlencoded\r\n"
            line.sendall(f"POST {head}\r\n{given}{form}".encode())
            sender = threading.Thread(target=body, args=(line,), daemon=True)
            sender.start()
            answer = http.client.HTTPResponse(line, method="POST")
            answer.begin()
            text = answer.read().decode()
            sender.join(30)
            return answer.status, text


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo that is up; the tests of this module share it, and none ends it."""
    site = Running(tmp_path_factory.mktemp("running")).wait_until_ready()
    yield site
    site.stop()


@pytest.fixture
def start(running: Running, tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Starts a site of this test's own, over a copy of the demo's data."""
    started: list[Running] = []

    def begin() -> Running:
        data = tmp_path / "data"
        if not data.exists():
            data.mkdir()
            with contextlib.closing(sqlite3.connect(running.data / "newsite.db")) as database:
                database.execute("VACUUM INTO ?", (str(data / "newsite.db"),))
        started.append(Running(tmp_path, data=data).wait_until_ready())
        return started[-1]

    yield begin
    for site in started:
        if site.process.poll() is None:
            site.process.kill()
            site.process.wait()


def test_a_demo_is_up_with_one_command(running: Running) -> None:
    status, body = running.get("/")
    assert status == 200
    assert b"The Loading Bay" in body
    style = re.search(rb'href="(/static/[^"]+\.css)"', body)
    assert style is not None
    assert running.get(style[1].decode())[0] == 200
    assert running.get("/", Host="evil.example")[0] == 400
    assert running.get("/healthz", Host="10.0.0.9")[0] == 200


def test_the_sign_in_is_printed_once_and_works(running: Running) -> None:
    found = re.findall(r"as (\S+) with the password (\S+)", running.printed())
    assert len(found) == 1
    jar, login = {}, "/desk/login"
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", login)
        answer = connection.getresponse()
        token = re.search(rb'name="csrf_token"[^>]* value="([^"]+)"', answer.read())
        assert token is not None
        jar["Cookie"] = str(answer.headers["Set-Cookie"]).partition(";")[0]
        email, password = found[0]
        form = f"csrf_token={token[1].decode()}&email={email}&password={password}"
        kind = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        connection.request("POST", login, body=form, headers=jar | kind)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
        assert str(answer.headers["Location"]).endswith("/desk/")


def test_every_line_after_the_greeting_is_json_without_a_readers_address(running: Running) -> None:
    running.get("/no/such/page?name=Ann", **{"User-Agent": "Mozilla/5.0 (Ann)"})
    wait_for(lambda: "/no/such/page" in running.printed(), running.printed)
    lines = [line for line in running.printed().splitlines() if line.startswith("{")]
    assert len(lines) == len(running.printed().splitlines()) - 2  # the sign-in and the greeting
    requests = [entry for entry in map(json.loads, lines) if "path" in entry]
    (missing,) = [entry for entry in requests if entry["path"] == "/no/such/page"]
    assert missing["status"] == 404
    assert {entry["address"] for entry in requests} == {"127.0.0.0"}
    assert "Ann" not in running.printed()


def test_no_process_has_the_database_open_before_the_fork(running: Running) -> None:
    running.get("/")
    open_in = {
        pid: any("newsite.db" in target for target in open_files(pid)) for pid in running.family()
    }
    (master,) = [pid for pid in children({running.process.pid}) if "gunicorn" in command_line(pid)]
    assert not open_in[master]
    assert not any("newsite.db" in target for target in open_files(running.process.pid))
    assert any(open_in[pid] for pid in children({master}))


def test_a_body_in_broken_pieces_is_a_400_page(running: Running) -> None:
    head = "/desk/login HTTP/1.1"
    pieces = {
        "a size that is none": b"zz\r\nemail=a\r\n0\r\n\r\n",
        "a piece without its end": b"5\r\nemailXXXX\r\n0\r\n\r\n",
    }
    for what, sent in pieces.items():
        status, text = running.post(
            head, lambda line, sent=sent: line.sendall(b"Transfer-Encoding: chunked\r\n\r\n" + sent)
        )
        assert (status, what) == (400, what)
        assert "<h1>" in text


def test_a_body_that_breaks_off_is_a_400_page(running: Running) -> None:
    def hang_up(line: socket.socket) -> None:
        line.sendall(b"Transfer-Encoding: chunked\r\n\r\n5\r\nemail\r\n")
        line.shutdown(socket.SHUT_WR)

    status, text = running.post("/desk/login HTTP/1.1", hang_up)
    assert status == 400
    assert "<h1>" in text


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_hundred_megabytes_are_refused_and_kept_nowhere(
    running: Running, is_chunked: bool
) -> None:
    def send(line: socket.socket) -> None:
        size, piece = 100 * MB, b"a" * 65_536
        with contextlib.suppress(OSError):  # the server has hung up: good
            if is_chunked:
                line.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
            else:
                line.sendall(f"Content-Length: {size}\r\n\r\n".encode())
            for _ in range(size // len(piece)):
                line.sendall(b"10000\r\n" + piece + b"\r\n" if is_chunked else piece)

    before = {pid: memory(pid) for pid in running.family()}
    status, text = running.post("/desk/login HTTP/1.1", send)
    assert status == 413
    assert "<h1>That was too much at once</h1>" in text
    for pid, bytes_before in before.items():
        assert memory(pid) - bytes_before < 16 * MB, command_line(pid)
    assert running.is_ready()


def test_it_stops_when_asked_and_a_second_start_adds_nothing(start: Callable[[], Running]) -> None:
    site = start()
    before = articles(site)
    # The first worker answers before the second is there.
    wait_for(lambda: len(site.family()) == 4, site.printed)
    family = site.family()
    assert site.stop(signal.SIGINT) == 0
    assert not [pid for pid in family if lives(pid)]

    again = start()
    assert articles(again) == before
    assert "with the password" not in again.printed()
    family = again.family()
    assert stop_while_a_form_is_under_way(again) == 303  # to the page with the form, and a cookie
    assert again.process.wait(PATIENCE) == 0
    assert not [pid for pid in family if lives(pid)]
    assert "Traceback" not in again.printed()


def stop_while_a_form_is_under_way(site: Running) -> int:
    """The status of the answer to a form whose second half came after the site was told to stop."""

    def send(line: socket.socket) -> None:
        line.sendall(b"Content-Length: 7\r\n\r\nemail=")
        time.sleep(0.5)
        site.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(b"a")

    return site.post("/desk/login HTTP/1.1", send)[0]


def test_whoever_is_killed_takes_the_others_along(start: Callable[[], Running]) -> None:
    site = start()
    family = site.family()
    site.process.kill()
    site.process.wait()
    wait_for(lambda: not [pid for pid in family if lives(pid)], site.printed)

    site = start()
    family = site.family()
    (master,) = [pid for pid in children({site.process.pid}) if "gunicorn" in command_line(pid)]
    os.kill(master, signal.SIGKILL)
    assert site.process.wait(PATIENCE) == 128 + signal.SIGKILL
    wait_for(lambda: not [pid for pid in family if lives(pid)], site.printed)


def test_a_worker_that_is_killed_is_replaced_and_a_reload_replaces_all(
    start: Callable[[], Running],
) -> None:
    site = start()
    first = workers(site)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(workers(site)) == 1 and workers(site) != first, site.printed)

    before = set(site.family())
    site.process.send_signal(signal.SIGHUP)

    def is_renewed() -> bool:
        family = set(site.family())
        return len(family) == 4 and len(family & before) == 1  # gunicorn's master stays

    wait_for(is_renewed, site.printed)
    assert site.wait_until_ready().stop() == 0


def test_the_demo_tidies_within_its_first_seconds(running: Running) -> None:
    query = "SELECT count(*) FROM outbox WHERE kind = 'tidy' AND done_at IS NOT NULL"
    wait_for(lambda: ask(running, query) >= 1, running.printed)


@pytest.mark.parametrize(
    ("break_it", "code", "sentence"),
    [
        ({"NEWSITE_SITE_URL": "nonsense"}, 2, "NEWSITE_SITE_URL is “nonsense”"),
        ({"NEWSITE_DATA": "/proc/nowhere"}, 2, "NEWSITE_DATA: the folder /proc/nowhere"),
        (
            {"NEWSITE_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
            1,
            "The database cannot be used: unable to open database file.",
        ),
    ],
)
def test_what_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, break_it: dict[str, str], code: int, sentence: str
) -> None:
    result = subprocess.run(
        [*NEWSITE, "serve", "--demo", "--bind", f"127.0.0.1:{free_port()}"],
        env=environment(tmp_path / "data") | break_it,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.returncode == code, result.stderr
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_gunicorn_by_itself_serves_the_same_site(running: Running, tmp_path: Path) -> None:
    root, port = Path(__file__).parents[2], free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "wsgi:app"]
    ours = {"NEWSITE_SITE_URL": f"http://127.0.0.1:{port}"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=root, env=environment(running.data) | ours, stdout=log, stderr=log
        )

    def answers() -> bool:
        assert process.poll() is None, (tmp_path / "log").read_text()
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/")
                return b"The Loading Bay" in connection.getresponse().read()
        return False

    try:
        wait_for(answers, (tmp_path / "log").read_text)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_gunicorn_by_itself_says_what_is_wrong_in_a_sentence(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}", "wsgi:app"],
        cwd=root,
        env=environment(tmp_path) | {"NEWSITE_SITE_URL": "nonsense"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.returncode == 1
    assert "NEWSITE_SITE_URL is “nonsense”" in result.stderr
    assert "Traceback" not in result.stderr


def environment(data: Path) -> dict[str, str]:
    """This process's, without the settings of another site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSITE_")}
    return kept | {"NEWSITE_DATA": str(data), "PYTHONUTF8": "1"}


def wait_for(fact: Callable[[], bool], printed: Callable[[], str]) -> None:
    until = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < until, printed()[-4_000:]
        time.sleep(0.1)


def children(parents: set[int]) -> set[int]:
    found = set()
    for pid in (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()):
        with contextlib.suppress(OSError):
            state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) in parents and state != "Z":
                found.add(pid)
    return found


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def open_files(pid: int) -> list[str]:
    found = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(path.readlink()))
    return found


def memory(pid: int) -> int:
    """The most bytes that the process ever had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def workers(site: Running) -> set[int]:
    """The processes that do what is done after the answer: one, or for a moment none."""
    return {pid for pid, command in site.family().items() if "newsite.cli worker" in command}


def articles(site: Running) -> int:
    return ask(site, "SELECT count(*) FROM articles")


def ask(site: Running, query: str) -> int:
    with contextlib.closing(sqlite3.connect(site.data / "newsite.db", timeout=10)) as database:
        count: int = database.execute(query).fetchone()[0]
        return count
