"""newsite behind nginx, set up from deploy/nginx.conf."""

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fronts import (
    Host,
    Program,
    believing,
    is_answering,
    program,
    schedule,
    start_nginx,
    wait_for,
)
from ports import free_port
from reader import Reader
from served import PASSWORD

SLOW = 24  # lines that are slow at once: more than newsite has threads


@dataclass
class Site:
    """newsite, and nginx in front of it."""

    host: Host
    nginx: Program
    port: int
    tls: ssl.SSLContext
    email: str
    article: str  # the path of one
    numbers: Iterator[int] = field(default_factory=count)

    def reader(self, source: str = "127.0.0.1") -> Reader:
        return Reader(self.port, tls=self.tls, source=source)

    def form(self) -> tuple[str, dict[str, str]]:
        """Where the article's form is sent, and what it sends when it is filled in."""
        page = self.reader().get(self.article).text
        action = re.search(r'action="(/articles/\d+/replies)"', page)
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert action
        assert token
        email = f"ann{next(self.numbers)}@example.org"  # one is asked not to hurry
        return action[1], {"csrf_token": token[1], "author": "Ann", "email": email}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site behind nginx; who ends it starts it again."""
    program("nginx")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with ExitStack() as running:
        host = Host(folder / "host", f"https://127.0.0.1:{port}")
        running.callback(host.stop)
        email = host.add_editor()
        article = schedule(host, "Night shift votes", datetime.now(UTC) - timedelta(days=1))
        nginx = start_nginx(folder, port, host.port)
        running.callback(nginx.stop)
        yield Site(host, nginx, port, believing(folder), email, article)


def test_a_page_is_nginxs_for_a_second(site: Site) -> None:
    def hit() -> bool:
        return site.reader().get(site.article).fate.endswith("nginx; hit")

    wait_for(hit)
    wait_for(lambda: not hit())  # its second is over: newsite is asked
    wait_for(hit)


def test_every_coding_has_a_copy_of_its_own(site: Site) -> None:
    wishes = {"gzip, deflate, br": "br", "gzip;q=0.8, br;q=0": "gzip", "deflate": None}
    for _ in range(2):
        for wish, coding in wishes.items():
            answer = site.reader().get(site.article, Accept_Encoding=wish)
            assert answer.headers["Content-Encoding"] == coding


def test_who_asks_for_less_gets_less(site: Site) -> None:
    whole = site.reader().get(site.article)
    same = site.reader().get(site.article, If_None_Match=whole.headers["ETag"])
    assert (same.status, same.body) == (304, b"")
    head = site.reader().ask("HEAD", site.article)
    assert (head.status, head.body, head.headers["Content-Length"]) == (
        200, b"", whole.headers["Content-Length"],
    )  # fmt: skip
    part = site.reader().get(site.article, Range="bytes=0-99")
    assert (part.status, part.body) in [(206, whole.body[:100]), (200, whole.body)]


def test_what_is_one_persons_own_is_kept_by_nobody(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    for path in ("/desk/", "/desk/articles/", "//desk/"):
        for _ in range(2):
            answer = desk.get(path)
            assert "nginx" not in answer.fate
            assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Edith" in desk.get("/desk/").text
    stranger = site.reader().get("/desk/")
    assert stranger.status == 303
    assert "Edith" not in stranger.text
    assert "Edith" not in site.reader().get("/").text


def test_styles_and_the_favicon_are_nginxs_for_good(site: Site) -> None:
    page = site.reader().get("/").text
    for pattern in (r'href="(/static/[^"]+\.css)"', r'href="(/theme-[^"]+\.css)"'):
        found = re.search(pattern, page)
        assert found
        site.reader().get(found[1])
        kept = site.reader().get(found[1])
        assert kept.fate.endswith("nginx; hit")
        assert "immutable" in kept.headers["Cache-Control"]
        assert kept.headers["X-Content-Type-Options"] == "nosniff"


def test_a_reply_arrives_with_its_readers_address_and_no_invented_one(site: Site) -> None:
    action, fields = site.form()
    first = site.reader("127.0.7.1").post(action, fields | {"comment": "From the night shift."})
    assert first.status == 303
    own = site.reader("127.0.7.1").get(first.headers["Location"])
    assert (own.status, own.headers["Cache-Control"]) == (200, "private, no-store")
    assert "nginx" not in own.fate
    tries = [
        site.reader("127.0.7.2")
        .post(action, {}, X_Forwarded_For=f"203.0.{number}.9", X_Real_IP=f"203.0.{number}.9")
        .status
        for number in range(6)
    ]
    assert tries == [422] * 5 + [429]  # five a minute from one address, whatever it says of itself
    assert site.reader("127.0.7.3").post(action, {}).status == 422  # another one is another


def test_slow_lines_are_nginxs_and_take_no_thread_of_newsites(site: Site) -> None:
    action, fields = site.form()
    before = connections(site.host.port)
    with contextlib.ExitStack() as lines:
        for _ in range(SLOW):
            line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
            line = lines.enter_context(site.tls.wrap_socket(line, server_hostname="127.0.0.1"))
            line.sendall(
                f"POST {action} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                "Sec-Fetch-Site: same-origin\r\nContent-Length: 4000\r\n\r\ncomment=S".encode()
            )
            line.sendall(b"l")
        assert connections(site.host.port) <= before
        sent = site.reader("127.0.11.1").post(action, fields | {"comment": "Nobody waits."})
        assert sent.status == 303
        assert site.reader().get("/archive/").status == 200


def test_too_much_is_refused_with_a_sentence(site: Site) -> None:
    action, _ = site.form()
    head = (
        f"POST {action} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: 6000000\r\n\r\n"
    )
    plain = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    with site.tls.wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(head.encode())
        answer = b"".join(iter(lambda: line.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "at most 5 MB can be sent" in answer
    own = site.reader().post(action, {"comment": "x" * 300_000})  # nginx lets it pass
    assert (own.status, "<h1" in own.text) == (413, True)


def test_what_is_not_for_readers_is_not_passed_on(site: Site) -> None:
    assert site.reader().ask("PURGE", "/", Surrogate_Key="site").status == 405
    assert site.reader().ask("DELETE", "/").status == 405
    assert site.reader().get("/metrics").status == 404
    assert Reader(site.port, host="evil.example", tls=site.tls).get("/").status == 400


def test_a_scheduled_article_is_there_when_its_time_has_come(site: Site) -> None:
    at = datetime.now(UTC) + timedelta(seconds=5)
    path = schedule(site.host, "The count at dawn", at)
    while datetime.now(UTC) < at - timedelta(seconds=1):
        assert "The count at dawn" not in site.reader().get("/").text
        assert site.reader().get(path).status == 404
        time.sleep(0.2)
    wait_for(lambda: "The count at dawn" in site.reader().get("/").text)
    wait_for(lambda: site.reader().get(path).status == 200)


def test_readers_read_on_while_newsite_is_down(site: Site) -> None:
    before = site.reader().get(site.article)
    site.host.kill()
    try:
        wait_for(lambda: "nginx; hit; detail=stale" in site.reader().get(site.article).fate)
        after = site.reader().get(site.article)
        assert (after.status, after.body) == (200, before.body)
        other = site.reader().get("/nobody/asked/for/this/")
        assert (other.status, other.headers["Retry-After"]) == (503, "30")
        assert "Try again in half a minute" in other.text
    finally:
        site.host.start()
    wait_for(lambda: site.reader().get("/nobody/asked/for/this/").status == 404)


def test_the_secrets_in_addresses_are_not_written_down(site: Site, tmp_path: Path) -> None:
    site.reader().get("/replies/a-secret-of-a-reader")
    folder = site.nginx.folder
    written = "".join(path.read_text() for path in (folder / "log", folder / "errors"))
    assert "a-secret-of-a-reader" not in written
    assert is_answering(site.port)


def connections(port: int) -> int:
    """How many connections to a port of this machine are open."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(
        1 for line in lines if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01"
    )
