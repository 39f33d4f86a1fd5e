"""A reply of 400 characters, from POST to 303, at 50 a second on SQLite; and readers meanwhile."""

import http.client
import os
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks import programs, sites, table
from benchmarks.arrivals import Request, Sent, percentile, send
from benchmarks.corpus import FIFTY
from benchmarks.plan import Plan
from benchmarks.programs import HOST, Server
from benchmarks.sets.kept import ACCEPT, APP
from benchmarks.sites import URL, Site
from benchmarks.table import Row
from benchmarks.words import Words
from newsite.articles.models import Article

RATE, READERS = 50.0, 100.0  # a second
CHARS = 400
MOST_MS, MOST_READERS = 15.0, 2.0
ARTICLES = 60  # that are read, and answered
_TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')


class Stretch(NamedTuple):
    """What came of some seconds of replies, of readers, or of both at once."""

    replied: Sent
    read: Sent
    cpu: float  # seconds of it that the server used


def run(plan: Plan) -> list[Row]:
    """On a copy of the small site, since replies stay. Readers, replies, and both at once follow one another."""
    seconds = max(5.0, plan.seconds * 5)
    rounds = max(2, plan.bursts // 3)
    with tempfile.TemporaryDirectory(dir=plan.folder) as folder:
        site = sites.copied(plan.small(), Path(folder))
        articles = _articles(site)
        with programs.gunicorn(APP, site.environment(), plan.log("newsite")) as server:
            reads = [Request("GET", path, 200, headers=ACCEPT) for _, path in articles]
            send(server.port, reads * 3, READERS, 0)  # every worker has made them
            many = [reads[at % len(reads)] for at in range(int(READERS * seconds))]
            each = int(RATE * seconds)
            posts = _replies(server.port, articles, (2 * rounds + 1) * each)
            send(server.port, posts[:each], RATE, rounds)  # every thread has its connection
            idle, alone, both = [], [], []
            for seed in range(rounds):
                first = (2 * seed + 1) * each
                idle.append(_stretch(server, [], many, seed))
                alone.append(_stretch(server, posts[first:][:each], [], seed))
                both.append(_stretch(server, posts[first + each :][:each], many, seed))
            stored = _stored(site)
        flush = _flushes(Path(folder))
    wrong = [one for each in (*idle, *alone, *both) for one in each.replied.wrong + each.read.wrong]
    return [
        *_rows_of_replies(alone, both, flush),
        *_rows_of_readers(idle, both),
        table.limit("answered otherwise than they should", "requests", len(wrong), most=0),
        table.limit("replies sent and not stored", "replies", len(posts) - stored, most=0),
    ]


def _stretch(server: Server, posts: list[Request], reads: list[Request], seed: int) -> Stretch:
    """Each load is sent by a process of its own."""
    used = server.cpu()
    with ProcessPoolExecutor(2) as pool:
        replying = pool.submit(send, server.port, posts, RATE, seed)
        reading = pool.submit(send, server.port, reads, READERS, seed)
        replied, read = replying.result(), reading.result()
    return Stretch(replied, read, server.cpu() - used)


def _rows_of_replies(alone: list[Stretch], both: list[Stretch], flush: list[float]) -> list[Row]:
    """Times are medians of the stretches: one in which the machine did something else does not decide."""
    count = len(alone[0].replied.took)
    name = f"a reply of {CHARS} characters, {RATE:g} a second, {len(alone)} times {count:,}"
    cpu, load = (
        median(values) / count * 1000
        for values in ([one.cpu for one in alone], [one.replied.cpu for one in alone])
    )
    beside = _ms([one.replied for one in both], 0.95)
    return [
        Row(f"{name}: median", f"{_ms([one.replied for one in alone], 0.5):.1f} ms"),
        table.limit(f"{name}: p95", "ms", _ms([one.replied for one in alone], 0.95), most=MOST_MS),
        Row(f"{name}: p95 while {READERS:g} pages a second are read", f"{beside:.1f} ms"),
        Row("CPU of the server for each, and of the load", f"{cpu:.1f} ms, {load:.1f} ms"),
        Row(
            "4 kB written to this disk and flushed: p95", f"{percentile(flush, 0.95) * 1000:.1f} ms"
        ),
    ]


def _rows_of_readers(idle: list[Stretch], both: list[Stretch]) -> list[Row]:
    name = f"a kept page for readers, {READERS:g} a second, replies coming in or not"
    rows = []
    for words, part in (("median", 0.5), ("p95", 0.95)):
        pair = (_ms([one.read for one in both], part), _ms([one.read for one in idle], part))
        rows.append(table.ratio(f"{name}: {words}", "ms", pair, most=MOST_READERS))
    return rows


def _ms(stretches: list[Sent], part: float) -> float:
    return median(percentile(one.took, part) for one in stretches) * 1000


def _articles(site: Site) -> list[tuple[int, str]]:
    """Ids and addresses of the newest articles, the one with 50 replies among them."""
    engine = sa.create_engine(site.database_url)
    with engine.connect() as connection:
        query = sa.select(Article.id, Article.path).order_by(Article.published_at.desc())
        found = [(row.id, str(row.path)) for row in connection.execute(query.limit(ARTICLES))]
    engine.dispose()
    assert FIFTY in [path for _, path in found]
    return found


def _replies(port: int, articles: list[tuple[int, str]], count: int) -> list[Request]:
    """Replies by different people, with the tokens that stand on the pages."""
    words = Words(2)
    tokens = {article_id: _token(port, path) for article_id, path in articles}
    requests = []
    for number in range(count):
        article_id, _ = articles[number % len(articles)]
        sent = {
            "csrf_token": tokens[article_id],
            "comment": f"{number}: {words.text(CHARS)}"[:CHARS],
            "author": words.name(),
            "email": f"poster{number}@example.org",
            "url": "",
            "subject": "",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": URL}
        path = f"/articles/{article_id}/replies"
        requests.append(Request("POST", path, 303, urlencode(sent), headers))
    return requests


def _token(port: int, path: str) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", path, headers={"Host": HOST})
    found = _TOKEN.search(line.getresponse().read())
    line.close()
    assert found is not None, path
    return found[1].decode()


def _stored(site: Site) -> int:
    engine = sa.create_engine(site.database_url)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM comments WHERE email LIKE 'poster%'"
        stored: int = connection.execute(sa.text(query)).scalar_one()
    engine.dispose()
    return stored


def _flushes(folder: Path) -> list[float]:
    """Seconds that the disk itself takes, written to as often as by replies."""
    took = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(100):
            begun = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begun)
            time.sleep(1 / RATE)
    return took
