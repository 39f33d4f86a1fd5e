"""newsite behind Varnish, set up from deploy/varnish.vcl."""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from fronts import (
    Host,
    Program,
    believing,
    beside,
    program,
    schedule,
    start_nginx,
    start_varnish,
    wait_for,
)
from photographs import photograph
from ports import free_port
from reader import Reader
from served import PASSWORD

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions as replies
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.media import actions as media
from newsite.media import storage
from newsite.outbox import Claim

TOLD_TWICE = 2.5  # seconds after a change, when Varnish has been told for the second time
MB = 1024**2
LARGE = photograph("JPEG") + bytes(6 * MB)  # drawn in no time
PDF = b"%PDF-1.7\n" + bytes(6 * MB) + b"%%EOF\n"
TOLD = (
    "Content-Type",
    "Cache-Control",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Content-Disposition",
    "Cross-Origin-Resource-Policy",
    "ETag",
)
STRANGER, OTHER = "127.0.7.1", "127.0.7.2"  # addresses that are neither a proxy's nor a host's


@dataclass
class Site:
    """newsite, and Varnish in front of it."""

    folder: Path
    port: int
    host: Host
    varnish: Program
    email: str
    article: str = ""  # the path of one that stays as it is
    changed_at: float = 0.0
    numbers: Iterator[int] = field(default_factory=count)

    def reader(self, source: str = STRANGER) -> Reader:
        return Reader(self.port, source=source)

    def publish(self, title: str) -> str:
        return self.changing(
            lambda: schedule(self.host, title, datetime.now(UTC) - timedelta(days=1))
        )

    def changing(self, change: Callable[[], Any]) -> Any:
        """Makes a change of which Varnish will be told; what it returned."""
        done = change()
        self.changed_at = time.monotonic()
        return done

    def settle(self, *paths: str) -> None:
        """Asks for pages until all of them are Varnish's, and nothing is told any more of what was before."""
        time.sleep(max(0.0, self.changed_at + TOLD_TWICE - time.monotonic()))
        for path in paths:
            wait_for(lambda path=path: self.reader().get(path).fate.endswith("varnish; hit"))

    def form(self, path: str) -> tuple[str, dict[str, str]]:
        page = self.reader().get(path).text
        action = re.search(r'action="(/articles/\d+/replies)"', page)
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert action
        assert token
        email = f"ann{next(self.numbers)}@example.org"  # one is asked not to hurry
        return action[1], {"csrf_token": token[1], "author": "Ann", "email": email}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site behind Varnish, whose second host was never there."""
    program("varnishd")
    folder, port = tmp_path_factory.mktemp("varnish"), free_port()
    host = Host(folder / "host", f"http://127.0.0.1:{port}", PURGE_URLS=f"http://127.0.0.1:{port}/")
    try:
        email = host.add_editor()
        varnish = start_varnish(folder, port, (host.port, free_port()))
        try:
            site = Site(folder, port, host, varnish, email)
            wait_for(lambda: site.reader().get("/readyz").status == 200)
            site.article = site.publish("Night shift votes")
            yield site
        finally:
            varnish.stop()
    finally:
        host.stop()


def test_a_page_is_varnishs_and_nobody_sees_by_which_keys(site: Site) -> None:
    path = site.article
    site.settle(path)
    kept = site.reader().get(path, Cookie="analytics=1; newsite_desk=x")
    assert (kept.status, kept.fate) == (200, "newsite; fwd=miss, varnish; hit")
    assert kept.headers["Cache-Control"] == "public, max-age=0, s-maxage=0"
    shown = {name.lower() for name in kept.headers}
    assert shown.isdisjoint({"surrogate-key", "xkey", "x-varnish", "via", "set-cookie"})
    direct = site.host.reader.get(path).headers
    assert "s-maxage=300" in direct["Cache-Control"]
    assert "site" in direct["Surrogate-Key"].split()


def test_approving_a_reply_drops_the_pages_that_show_it_and_no_others(site: Site) -> None:
    shown, others = site.publish("Strike ballot"), ["/house-rules/", "/atom.xml", "/corrections/"]
    site.settle(shown, *others)

    def approve() -> None:
        now = datetime.now(UTC)
        article = db.session.scalars(sa.select(Article).where(Article.path == shown)).one()
        by = db.session.scalars(sa.select(User)).one()
        sent = NewReply("Ann", "ann@example.org", "", "Well said by Ann", None)
        replies.approve(replies.submit_reply(article, sent, now=now), by=by, now=now)

    site.changing(lambda: beside(site.host, approve))
    wait_for(lambda: "Well said by Ann" in site.reader().get(shown).text)
    fates = [site.reader().get(path).fate for path in others]
    assert fates == ["newsite; fwd=miss, varnish; hit"] * 3


def test_a_file_that_was_deleted_is_gone_from_varnish_too(site: Site) -> None:
    key, now = "0c" * 16, datetime.now(UTC)
    beside(site.host, lambda: storage.put(f"{key}/minutes.pdf", BytesIO(b"%PDF-56789")))
    path = f"/media/{key}/minutes.pdf"
    site.settle(path)
    gone = Claim(1, media.CLEAR, "", {"key": key}, 1, now)
    beside(site.host, lambda: media.clear(gone, now))
    wait_for(lambda: site.reader().get(path).status == 404)


def test_every_coding_has_a_copy_of_its_own_and_all_go_at_once(site: Site) -> None:
    path = site.article
    site.settle(path)
    plain = site.reader().get(path)
    assert plain.headers["Content-Encoding"] is None
    small = site.reader().get(path, Accept_Encoding="gzip, deflate, br")
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.body) == plain.body
    packed = site.reader().get(path, Accept_Encoding="gzip, br;q=0")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert small.headers["ETag"] != packed.headers["ETag"]
    purge(site, "site")
    for coding in ("br", "gzip"):  # the plain one is the gzip one, unpacked
        assert site.reader().get(path, Accept_Encoding=coding).fate.endswith("varnish; fwd=miss")


def test_who_asks_for_less_gets_less(site: Site) -> None:
    path = site.article
    site.settle(path)
    whole = site.reader().get(path, Accept_Encoding="br")
    same = site.reader().get(path, Accept_Encoding="br", If_None_Match=whole.headers["ETag"])
    assert (same.status, same.body) == (304, b"")
    assert same.headers["Cache-Control"] == "public, max-age=0, s-maxage=0"
    head = site.reader().ask("HEAD", path, Accept_Encoding="br")
    assert (head.status, head.body, head.headers["Content-Length"]) == (
        200,
        b"",
        str(len(whole.body)),
    )
    part = site.reader().get(path, Accept_Encoding="br", Range="bytes=0-99")
    assert (part.status, part.body) in [(206, whole.body[:100]), (200, whole.body)]


def test_what_is_one_persons_own_is_kept_by_nobody(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    for path in ("/desk/", "/desk/articles/"):
        answers = [desk.get(path), desk.get(path)]
        assert [answer.status for answer in answers] == [200, 200]
        assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
        assert all(answer.fate == "varnish; fwd=miss" for answer in answers)
    assert "Edith" in desk.get("/desk/").text
    assert site.reader().get("/desk/").status == 303
    assert "Edith" not in desk.get("/").text


def test_a_reply_arrives_with_its_readers_address_and_no_invented_one(site: Site) -> None:
    action, fields = site.form(site.article)
    sent = site.reader(OTHER).post(action, fields | {"comment": "From the night shift."})
    assert sent.status == 303
    own = site.reader(OTHER).get(sent.headers["Location"])
    assert (own.status, own.headers["Cache-Control"]) == (200, "private, no-store")
    tries = [
        site.reader(OTHER).post(action, {}, X_Forwarded_For=f"203.0.{number}.9").status
        for number in range(5)
    ]
    assert tries == [422] * 4 + [429]  # five a minute from one address, whatever it says of itself
    # The server with TLS in front is believed: its readers are counted one by one.
    proxy = site.reader("127.0.0.1")
    named = [
        proxy.post(action, {}, X_Forwarded_For=f"203.0.113.{number}").status for number in range(7)
    ]
    assert named == [422] * 7


def test_only_the_sites_own_hosts_may_purge(site: Site) -> None:
    path = site.article
    site.settle(path)
    assert site.reader().ask("PURGE", "/", Surrogate_Key="site").status == 405
    through = site.reader("127.0.0.1").ask(
        "PURGE", "/", Surrogate_Key="site", X_Forwarded_For="203.0.113.1"
    )
    assert through.status == 405
    assert site.reader("127.0.0.1").ask("PURGE", "/").status == 400
    assert site.reader().ask("BAN", "/").status == 405
    assert site.reader().get("/metrics").status == 404
    assert site.reader().get(path).fate.endswith("varnish; hit")
    purge(site, "front article:999999 site")
    assert site.reader().get(path).fate.endswith("varnish; fwd=miss")


def test_with_nginx_before_it_only_varnish_keeps_pages(site: Site) -> None:
    folder, port = site.folder / "nginx", free_port()
    folder.mkdir()
    path = site.publish("With nginx before it")
    nginx = start_nginx(folder, port, site.port)
    try:
        host = f"127.0.0.1:{site.port}"  # the site's name, which all pass on

        def reader(source: str) -> Reader:
            return Reader(port, host=host, tls=believing(folder), source=source)

        site.settle(path)
        for _ in range(2):
            answer = reader("127.0.8.1").get(path)
            assert answer.fate.startswith("newsite; fwd=miss, varnish; hit")
            assert "nginx; hit" not in answer.fate
        purge(site, "site")
        assert "varnish; fwd=miss" in reader("127.0.8.1").get(path).fate
        assert reader("127.0.8.1").ask("PURGE", "/", Surrogate_Key="site").status == 405
        action, _ = site.form(path)
        tries = [reader("127.0.8.1").post(action, {}).status for _ in range(6)]
        assert tries == [422] * 5 + [429]
        assert reader("127.0.8.2").post(action, {}).status == 422  # counted by itself
    finally:
        nginx.stop()


def test_a_page_ends_when_a_scheduled_article_appears(site: Site) -> None:
    at = datetime.now(UTC) + timedelta(seconds=7)
    path = schedule(site.host, "The count at dawn", at)
    hits = 0
    while True:
        front = site.reader().get("/")
        if datetime.now(UTC) >= at:
            break
        assert "The count at dawn" not in front.text
        hits += front.fate.endswith("varnish; hit")
        time.sleep(0.1)
    assert hits
    wait_for(lambda: "The count at dawn" in site.reader().get("/").text)
    wait_for(lambda: site.reader().get(path).status == 200)


def test_slow_lines_are_varnishs_and_take_no_thread_of_newsites(site: Site) -> None:
    action, fields = site.form(site.article)
    with contextlib.ExitStack() as lines:
        for _ in range(24):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", site.port), 30))
            line.sendall(
                f"POST {action} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
                "Sec-Fetch-Site: same-origin\r\nContent-Length: 4000\r\n\r\ncomment=S".encode()
            )
        sent = site.reader("127.0.9.1").post(action, fields | {"comment": "Nobody waits."})
        assert sent.status == 303
        assert site.host.reader.get("/readyz").status == 200


def test_too_much_is_refused(site: Site) -> None:
    action, _ = site.form(site.article)
    own = site.reader("127.0.9.2").post(action, {"comment": "x" * 300_000})
    assert (own.status, "<h1" in own.text) == (413, True)


def test_pictures_and_files_are_sent_and_kept_once(site: Site) -> None:
    desk = site.reader().sign_in(site.email, PASSWORD)
    sent = desk.upload("/desk/pictures/", "files", "gate.jpg", LARGE, Accept="application/json")
    assert sent.status == 200, sent.text
    picture = json.loads(sent.text)["pictures"][0]["src"]
    sent = desk.upload("/desk/pictures/files/", "file", "minutes.pdf", PDF)
    assert sent.status == 303, sent.text
    found = re.search(r"/media/[0-9a-f]{32}/minutes\.pdf", desk.get("/desk/pictures/files/").text)
    assert found
    for address in (picture, found[0]):
        direct = site.host.reader.get(address)
        asked = [site.reader().get(address, Accept_Encoding=wish) for wish in ("br", "gzip", "")]
        assert [one.fate for one in asked] == ["varnish; fwd=miss", "varnish; hit", "varnish; hit"]
        for answer in asked:
            assert (answer.status, answer.body) == (200, direct.body)
            told = {name: direct.headers[name] for name in TOLD}
            # Nobody tells caches beyond this one what was deleted: they are to ask each time.
            told["Cache-Control"] = told["Cache-Control"].replace("s-maxage=300", "s-maxage=0")
            assert {name: answer.headers[name] for name in TOLD} == told
    assert direct.body == PDF
    assert direct.headers["Content-Disposition"] == "attachment; filename=minutes.pdf"
    part = site.reader().get(found[0], Range="bytes=0-7")
    assert (part.status, part.body) == (206, PDF[:8])


def test_readers_read_on_while_newsite_is_down(site: Site) -> None:
    paths = [site.publish("Kept for bad times"), "/"]
    site.settle(*paths)
    before = [site.reader().get(path).body for path in paths]
    lost = "/nothing/was/here/yet/"
    assert site.reader().get(lost).status == 404
    purge(site, "site", Soft="1")  # as a worker does when it starts: it cannot know what it missed
    site.host.kill()
    for _ in range(2):
        answers = [site.reader().get(path) for path in paths]
        assert [(one.status, one.body) for one in answers] == [(200, body) for body in before]
        assert {one.fate for one in answers} == {"newsite; fwd=miss, varnish; hit; detail=stale"}
        time.sleep(3)  # the second time, Varnish has noticed by itself
    unknown = site.reader().get("/nobody/asked/for/this/")
    assert (unknown.status, unknown.headers["Retry-After"]) == (503, "30")
    assert "Try again in half a minute" in unknown.text
    assert site.reader().post("/articles/1/replies", {}).status == 503
    wait_for(lambda: site.reader().get(lost).status == 503)  # who knows what is there by now
    site.host.start()
    wait_for(lambda: site.reader().get("/nobody/asked/for/this/").status == 404)
    wait_for(lambda: site.reader().get("/").fate.endswith("varnish; hit"))


def purge(site: Site, keys: str, **headers: str) -> None:
    """Tells Varnish of keys, as a worker does."""
    answer = Reader(site.port).ask("PURGE", "/", Surrogate_Key=keys, **headers)
    assert answer.status == 200, answer.text
