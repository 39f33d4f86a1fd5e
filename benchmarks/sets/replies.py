"""A reply of 400 characters, from POST to 303, at 50 a second on SQLite; and readers meanwhile."""

import http.client
import os
import re
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks import programs, table
from benchmarks.arrivals import Request, percentile, send
from benchmarks.corpus import FIFTY
from benchmarks.plan import Plan
from benchmarks.programs import HOST
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


def run(plan: Plan) -> list[Row]:
    """On a copy of the small site, since replies stay. Idle and busy stretches follow one another."""
    seconds = max(5.0, plan.seconds * 4)
    rounds = max(2, plan.bursts // 3)
    with tempfile.TemporaryDirectory(dir=plan.folder) as folder:
        site = _copy(plan.small(), Path(folder))
        articles = _articles(site)
        with programs.gunicorn(APP, site.environment(), plan.log("newsite")) as server:
            reads = [Request("GET", path, 200, headers=ACCEPT) for _, path in articles]
            send(server.port, reads * 3, READERS, 0)  # every worker has made them
            posts = iter(_replies(server.port, articles, int(RATE * seconds * rounds)))
            idle, busy, took, wrong = [], [], [], []
            with ProcessPoolExecutor(1) as pool:
                for seed in range(rounds):
                    many = [reads[at % len(reads)] for at in range(int(READERS * seconds))]
                    idle += pool.submit(send, server.port, many, READERS, seed).result().took
                    reading = pool.submit(send, server.port, many, READERS, seed)
                    now = [next(posts) for _ in range(int(RATE * seconds))]
                    replied, read = send(server.port, now, RATE, seed), reading.result()
                    took += replied.took
                    busy += read.took
                    wrong += replied.wrong + read.wrong
            stored = _stored(site)
        flush = _flushes(Path(folder))
    rows = _rows(took, idle, busy, flush)
    lost = len(took) - len(wrong) - stored
    return [
        *rows,
        table.limit("answered otherwise than they should", "requests", len(wrong), most=0),
        table.limit("replies answered with 303 and not stored", "replies", max(0, lost), most=0),
    ]


def _rows(took: list[float], idle: list[float], busy: list[float], flush: list[float]) -> list[Row]:
    def ms(values: list[float], part: float) -> float:
        return percentile(values, part) * 1000

    name = f"a reply of {CHARS} characters at {RATE:g} a second ({len(took):,} of them)"
    reader = f"a kept page for readers, {READERS:g} a second, replies coming in or not"
    return [
        Row(f"{name}: median", f"{ms(took, 0.5):.1f} ms"),
        table.limit(f"{name}: p95", "ms", ms(took, 0.95), most=MOST_MS),
        Row(
            "for comparison, 4 kB written to this disk and flushed: p95",
            f"{ms(flush, 0.95):.1f} ms",
        ),
        table.ratio(f"{reader}: median", "ms", (ms(busy, 0.5), ms(idle, 0.5)), most=MOST_READERS),
        table.ratio(f"{reader}: p95", "ms", (ms(busy, 0.95), ms(idle, 0.95)), most=MOST_READERS),
    ]


def _copy(site: Site, folder: Path) -> Site:
    shutil.copytree(site.data, folder / "data")
    database = folder / "data" / "newsite.db"
    return Site(site.size, folder / "data", f"sqlite:///{database}")


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
