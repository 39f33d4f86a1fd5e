"""Memory of gunicorn's master and two workers under load, their page memory full."""

import json
import threading

import sqlalchemy as sa

from benchmarks import programs, table
from benchmarks.plan import Plan
from benchmarks.programs import Server
from benchmarks.references import COUNTS
from benchmarks.sets.kept import ACCEPT, APP
from benchmarks.sites import Site
from benchmarks.table import Row
from newsite.articles.models import Article
from newsite.paging import Cursor
from newsite.web.pagecache.store import MAX_BYTES

MOST_MB = 150.0
EVERY = 0.25  # seconds between two looks
BURST = 5.0  # seconds
REQUESTS = 4_000  # enough for each worker to make many more pages than it may keep
CONFIG = "benchmarks.references.gunicorn_counting"
# A line for each request: on lines that stay open, one worker may get most of them.
HEADERS = ACCEPT | {"Connection": "close"}
_SCRIPT = """local paths, at = {{ {} }}, 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def run(plan: Plan) -> list[Row]:
    """The most that was seen while all articles and half as many lists were read, sixteen at once."""
    site = plan.small()
    script, counts = plan.folder / "all-articles.lua", plan.folder / "workers.jsonl"
    paths = _paths(site)
    script.write_text(_SCRIPT.format(", ".join(f'"{path}"' for path in paths)))
    counts.write_text("")
    environment = site.environment() | {COUNTS: str(counts)}
    with programs.gunicorn(APP, environment, plan.log("newsite"), config=CONFIG) as server:
        begun, answered = server.memory(), 0
        with _Looking(server) as looking:
            while answered < REQUESTS:
                load = programs.wrk(server, headers=HEADERS, seconds=BURST, script=script)
                answered += load.requests
    workers = [json.loads(line) for line in counts.read_text().splitlines()]
    shares = " and ".join(f"{one['requests']:,}" for one in workers)
    kept = [one["kept"] / MAX_BYTES for one in workers]
    name = f"gunicorn and two workers, {shares} requests for {len(paths):,} pages"
    return [
        Row("gunicorn and two workers, just started: PSS", f"{begun:.0f} MB"),
        Row("the emptier of their page memories", f"{min(kept):.0%} full"),
        table.limit(f"{name}: most PSS", "MB", looking.most, most=MOST_MB),
    ]


class _Looking:
    """Looks at a server's memory again and again."""

    def __init__(self, server: Server) -> None:
        self.server, self.most = server, 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "_Looking":
        self._thread.start()
        return self

    def __exit__(self, *given: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(EVERY):
            self.most = max(self.most, self.server.memory())


def _paths(site: Site) -> list[str]:
    """Every article, and after each second one the list that begins with it: these share a memory of their own."""
    engine = sa.create_engine(site.database_url)
    with engine.connect() as connection:
        query = sa.select(Article.path, Article.published_at, Article.id).where(
            Article.path.is_not(None), Article.kind == "article", Article.published_at.is_not(None)
        )
        found = connection.execute(query).all()
    engine.dispose()
    paths = [[str(path), f"/?before={Cursor(at, number)}"] for path, at, number in found if at]
    return [one for at, pair in enumerate(paths) for one in pair[: 1 + at % 2]]
