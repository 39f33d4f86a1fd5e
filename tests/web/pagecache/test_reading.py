"""What counts as read, and that counting costs nobody anything."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from everywhere import everywhere
from paper import NOW, Paper
from sqlalchemy.exc import OperationalError

from newsite.articles import reads
from newsite.articles.models import Article, Reads
from newsite.db import db
from newsite.site.models import Site
from newsite.web.pagecache import layer, reading
from newsite.web.pagecache.layer import HIT, MADE, PageCache
from newsite.web.pagecache.reading import ReadCount

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
TODAY = NOW.date()


def written(paper: Paper) -> dict[tuple[date, int], int]:
    """The numbers in the database, after the worker wrote."""
    paper.cache.readings.write()

    def look() -> dict[tuple[date, int], int]:
        query = sa.select(Reads.day, Reads.article_id, Reads.count)
        return {(day, article): count for day, article, count in db.session.execute(query)}

    return paper.do(look)


def test_an_article_is_read_with_its_page_made_or_kept(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    assert [paper.fate(path), paper.fate(path)] == [MADE, HIT]
    etag = paper.get(path).headers["ETag"]
    assert paper.get(path, If_None_Match=etag).status_code == 304
    assert written(paper) == {(TODAY, number): 4}
    assert written(paper) == {(TODAY, number): 4}


def test_what_nobody_reads_is_not_counted(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    for _ in range(2):  # made, then kept
        paper.get(path, method="HEAD")
        paper.get(path, Sec_Purpose="prefetch;prerender")
        paper.get(path, Purpose="prefetch")
        paper.get(path, User_Agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
        paper.get(path, User_Agent="SomeSpider/1.0")
        paper.get(path, User_Agent="a-crawler")
        paper.get("/tag/strike/")
        paper.get("/nothing/")
        paper.get("/")
    assert written(paper) == {}
    paper.get(path, User_Agent=BROWSER, Sec_Purpose="")
    assert len(written(paper)) == 1


def test_turning_a_page_of_replies_is_not_reading_again(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    paper.get(path)
    paper.get(f"{path}?replies=1")
    paper.get(f"{path}?utm_source=a")  # the page itself, with what nobody asks for
    assert written(paper) == {(TODAY, number): 2}


def test_what_is_withdrawn_or_moved_is_not_read(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    paper.get(path.upper())

    def withdraw() -> None:
        db.session.get_one(Article, number).state = "withdrawn"  # type: ignore[assignment]

    paper.do(withdraw)
    assert paper.get(path).status_code == 410
    assert written(paper) == {}


def test_where_the_site_counts_nothing_nothing_is_counted(paper: Paper) -> None:
    _, path = paper.publish("Strike")

    def off() -> None:
        db.session.get_one(Site, 1).counts_reads = False

    paper.do(off)
    for _ in range(2):
        paper.get(path)
    assert written(paper) == {}


def test_two_workers_add_up(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    paper.get(path)
    assert written(paper) == {(TODAY, number): 1}
    other = PageCache(paper.app, layer.Store(), paper.cache.front)
    for _ in range(2):
        other.readings.note(number, {"REQUEST_METHOD": "GET"})
    other.readings.write()
    assert written(paper) == {(TODAY, number): 3}


def test_threads_lose_nothing(paper: Paper) -> None:
    number, _ = paper.publish("Strike")

    def read() -> None:
        for _ in range(2_000):
            paper.cache.readings.note(number, {"REQUEST_METHOD": "GET"})

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written(paper) == {(TODAY, number): 8_000}


def test_the_day_is_the_sites(paper: Paper) -> None:
    number, path = paper.publish("Strike")

    def move() -> None:
        db.session.get_one(Site, 1).timezone = "Pacific/Auckland"

    paper.do(move)
    paper.get(path)
    assert written(paper) == {(TODAY + timedelta(days=1), number): 1}
    paper.cache.kept_site.clear()  # no page was made yet: then it is the day in UTC
    paper.cache.readings.note(number, {"REQUEST_METHOD": "GET"})
    assert written(paper) == {(TODAY + timedelta(days=1), number): 1, (TODAY, number): 1}


def test_while_the_database_is_away_numbers_are_kept_with_their_day(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    number, path = paper.publish("Strike")
    paper.get(path)

    def away(counted: object) -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    with monkeypatch.context() as patch:
        patch.setattr(reads, "add", away)
        assert written(paper) == {}
        paper.now += timedelta(days=1)
        paper.get(path)
        assert written(paper) == {}
    assert {record.message for record in caplog.records} == {
        "what was read is not written yet: OperationalError"
    }
    paper.get(path)
    assert written(paper) == {(TODAY, number): 1, (TODAY + timedelta(days=1), number): 2}


def test_a_worker_writes_by_itself_and_once_more_when_it_ends(paper: Paper) -> None:
    number, _ = paper.publish("Strike")
    wrote = threading.Event()
    count = ReadCount(paper.app, lambda: TODAY)
    count.every = 0.01
    write = count.write

    def noted() -> None:
        write()
        wrote.set()

    count.write = noted  # type: ignore[method-assign]
    count.note(number, {"REQUEST_METHOD": "GET"})
    count.begin()
    assert wrote.wait(20)
    count.note(number, {"REQUEST_METHOD": "GET"})
    count.end()
    for thread in threading.enumerate():
        if thread.name == reading.NAME:
            thread.join()
    assert written(paper) == {(TODAY, number): 2}


def test_nothing_about_the_reader_is_stored(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    client = paper.app.test_client()
    told: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.77"}}
    headers = {"User-Agent": BROWSER, "Referer": "https://elsewhere.example/", "Cookie": "a=kept"}
    client.get(path, base_url="http://127.0.0.1:8000", headers=headers, **told)
    assert len(written(paper)) == 1
    found = paper.do(everywhere)
    for word in ("203.0.113", "Firefox", "elsewhere.example", "kept"):
        assert word not in found
    assert {column.name for column in Reads.__table__.columns} == {"day", "article_id", "count"}


def test_counting_is_no_change_that_readers_see(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    paper.get(path)
    written(paper)
    assert paper.fate(path) == HIT
