"""newsite behind nginx, set up from deploy/nginx.conf."""

import contextlib
import json
import re
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fronts import (
    DEPLOY,
    Host,
    Program,
    believing,
    is_answering,
    program,
    schedule,
    start_nginx,
    wait_for,
)
from photographs import photograph
from ports import free_port
from reader import Reader
from served import PASSWORD

MB = 1024**2
LARGE = photograph("JPEG") + bytes(6 * MB)  # drawn in no time
PDF = b"%PDF-1.7\n" + bytes(6 * MB) + b"%%EOF\n"
MEDIA_HEADERS = {
    "Content-Type": "image/jpeg",
    "Cache-Control": "public, max-age=31536000, immutable, s-maxage=300",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Disposition": None,
}
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
    media: Path  # the folder of pictures, which nginx serves
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
def site() -> Iterator[Site]:
    """A site behind nginx; who ends it starts it again."""
    program("nginx")
    port = free_port()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="newsite-nginx-")))
        folder.chmod(0o755)  # nginx is another user
        media = folder / "media"
        settings = {"MEDIA_URL": f"file://{media}"}
        host = Host(folder / "host", f"https://127.0.0.1:{port}", **settings)
        running.callback(host.stop)
        email = host.add_editor()
        article = schedule(host, "Night shift votes", datetime.now(UTC) - timedelta(days=1))
        nginx = start_nginx(folder, port, host.port, media)
        running.callback(nginx.stop)
        yield Site(host, nginx, port, believing(folder), email, article, media)


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


def test_pictures_are_sent_and_served_by_nginx_with_the_headers_of_newsites(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    sent = desk.upload("/desk/pictures/", "files", "gate.jpg", LARGE, Accept="application/json")
    assert sent.status == 200, sent.text
    address = json.loads(sent.text)["pictures"][0]["src"]
    own = site.reader().get(address)
    assert (own.status, own.fate) == (200, "")  # nobody was asked
    (site.media.parent / address[1:]).chmod(0o600)  # what nginx may not read, newsite serves
    wishes = ("br", "gzip", "")
    asked = [site.reader().get(address, Accept_Encoding=wish) for wish in wishes]
    assert [one.fate.rpartition("nginx; ")[2] for one in asked] == ["fwd=miss", "hit", "hit"]
    for answer in (own, *asked):
        assert answer.body == own.body
        assert {name: answer.headers[name] for name in MEDIA_HEADERS} == MEDIA_HEADERS
    gone = site.reader().get(f"/media/{'0a' * 16}/full.jpg")
    assert (gone.status, "immutable" in gone.headers["Cache-Control"]) == (404, False)


def test_files_are_sent_and_served_by_newsite_to_be_saved(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    sent = desk.upload("/desk/pictures/files/", "file", "minutes.pdf", PDF)
    assert sent.status == 303, sent.text
    found = re.search(r"/media/[0-9a-f]{32}/minutes\.pdf", desk.get("/desk/pictures/files/").text)
    assert found
    asked = [site.reader().get(found[0], Accept_Encoding=wish) for wish in ("br", "gzip")]
    assert [one.fate.rpartition("nginx; ")[2] for one in asked] == ["fwd=miss", "hit"]
    for answer in asked:
        assert answer.body == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=minutes.pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "length", "sentence"),
    [
        ("/articles/1/replies", 6_000_000, "at most 5 MB can be sent"),
        ("/desk/pictures/", 110_000_000, "a picture or a file may have 25 MB"),
    ],
)
def test_too_much_is_refused_with_a_sentence(
    site: Site, path: str, length: int, sentence: str
) -> None:
    action, _ = site.form()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: {length}\r\n\r\n"
    )
    plain = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    with site.tls.wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(head.encode())
        answer = b""
        while sentence.encode() not in answer and (piece := line.recv(4096)):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 413")
    assert sentence.encode() in answer
    own = site.reader().post(action, {"comment": "x" * 300_000})  # nginx lets it pass
    assert (own.status, "<h1" in own.text) == (413, True)


HUGE = 200 * 1024**2  # bytes of one upload
PICTURES = "a picture or a file may have 25 MB, and one upload about 100 MB in all"


def test_too_many_pictures_are_refused_with_a_sentence_of_their_own(site: Site) -> None:
    plain = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    with site.tls.wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(upload(site, Reader(site.port)))
        answer = b"".join(iter(lambda: line.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert PICTURES in answer


def test_whoever_really_sends_too_much_without_nginx_reads_the_sentence(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    piece, sent = bytes(1024**2), 0
    with socket.create_connection(("127.0.0.1", site.host.port), timeout=30) as line:
        line.sendall(upload(site, desk))
        while sent < HUGE:
            sent += len(piece)
            line.sendall(piece)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert PICTURES in answer.replace("A picture", "a picture")


def upload(site: Site, desk: Reader) -> bytes:
    """The head of an upload that claims 200 MB."""
    cookies = "; ".join(f"{name}={value}" for name, value in desk.cookies.items())
    return (
        f"POST /desk/pictures/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nCookie: {cookies}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Length: {HUGE}\r\n\r\n"
    ).encode()


def test_what_is_not_for_readers_is_not_passed_on(site: Site) -> None:
    assert site.reader().ask("PURGE", "/", Surrogate_Key="site").status == 405
    assert site.reader().ask("DELETE", "/").status == 405
    assert site.reader().get("/metrics").status == 404
    assert Reader(site.port, host="evil.example", tls=site.tls).get("/").status == 400


def test_a_scheduled_article_is_there_when_its_time_has_come(site: Site) -> None:
    at = datetime.now(UTC) + timedelta(seconds=5)
    path = schedule(site.host, "The count at dawn", at)
    while True:
        is_told, status = (
            "The count at dawn" in site.reader().get("/").text,
            site.reader().get(path).status,
        )
        if datetime.now(UTC) >= at:
            break
        assert (is_told, status) == (False, 404)
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


def test_the_service_may_write_where_nginx_looks_for_pictures() -> None:
    assert "\nReadWritePaths=-/srv/newsite/media\n" in (DEPLOY / "newsite.service").read_text()
    assert "root /srv/newsite;" in (DEPLOY / "nginx.conf").read_text()


def connections(port: int) -> int:
    """How many connections to a port of this machine are open."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(
        1 for line in lines if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01"
    )
