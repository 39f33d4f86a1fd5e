"""Memory of gunicorn's master and two workers under load, their page memory full."""

import threading

import sqlalchemy as sa

from benchmarks import programs, table
from benchmarks.plan import Plan
from benchmarks.programs import Server
from benchmarks.sets.kept import ACCEPT, APP
from benchmarks.sites import Site
from benchmarks.table import Row
from newsite.articles.models import Article

MOST_MB = 150.0
EVERY = 0.25  # seconds between two looks
LEAST_SECONDS = 15.0  # enough for each worker to make more pages than it may keep
_SCRIPT = """local paths, at = {{ {} }}, 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def run(plan: Plan) -> list[Row]:
    """The most that was seen while all articles were read, sixteen at once."""
    site = plan.small()
    script = plan.folder / "all-articles.lua"
    script.write_text(_SCRIPT.format(", ".join(f'"{path}"' for path in _paths(site))))
    seconds = max(LEAST_SECONDS, plan.seconds * plan.bursts)
    with programs.gunicorn(APP, site.environment(), plan.log("newsite")) as server:
        begun = server.memory()
        with _Looking(server) as looking:
            load = programs.wrk(server, headers=ACCEPT, seconds=seconds, script=script)
    name = f"gunicorn and two workers, {load.requests:,} requests for {site.size.articles:,} pages"
    return [
        Row("gunicorn and two workers, just started: PSS", f"{begun:.0f} MB"),
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
    engine = sa.create_engine(site.database_url)
    with engine.connect() as connection:
        query = sa.select(Article.path).where(Article.path.is_not(None), Article.kind == "article")
        paths = [str(path) for path in connection.execute(query).scalars()]
    engine.dispose()
    return paths
