"""Bad days of a site on SQLite: a full disk, a Redis that fails, starts at once, and a crowd at one door."""

import asyncio
import contextlib
import resource
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bad_day
import pytest
import redis_server
import sqlalchemy as sa
from bad_day import MADE, NAME, PATIENCE, SECRET, Site
from redis_server import RedisServer
from served import environment
from sqlalchemy.engine import make_url

from newsite import changes
from newsite.articles import keys
from newsite.web.pagecache.freshness import EVERY

READERS = 1_000
WORKERS = 2


class Disk:
    """A disk of a few megabytes, of its own; needs the right to mount one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self) -> None:
        command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"mount: {done.stderr.strip()}")

    def fill(self, site: Site) -> None:
        ballast = self.folder / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(65_536)):
                """As much as there is room for."""

    def make_room(self, site: Site) -> None:
        (self.folder / "ballast").unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class Quota(Disk):
    """A limit to how long the site's files may become; anybody may set one."""

    def mount(self) -> None:
        """Nothing to do: the limit is set on processes that run."""

    def fill(self, site: Site) -> None:
        self._limit(site, 0)

    def make_room(self, site: Site) -> None:
        self._limit(site, resource.RLIM_INFINITY)

    def unmount(self) -> None:
        """Nothing to do: the limit ends with the processes."""

    def _limit(self, site: Site, size: int) -> None:
        for pid in site.family():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("kind", [Disk, Quota])
def test_on_a_full_disk_readers_read_on_and_words_come_back(
    kind: type[Disk], tmp_path: Path
) -> None:
    disk = kind(tmp_path)
    disk.mount()
    try:
        with bad_day.site(tmp_path) as site:
            form = site.get(site.path).form
            with contextlib.closing(sqlite3.connect(site.data / "newsite.db")) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # no room is left in there
                disk.fill(site)
                refused = site.reply("We were there.", form)
                assert (refused.status, NAME in refused.text) == (503, True)
                assert refused.form["comment"] == "We were there."
                assert [site.get(path).status for path in (site.path, "/archive/")] == [200, 200]
                assert site.get("/readyz").status == 200
            disk.make_room(site)
            assert site.reply("We were there.", refused.form).status == 303
            assert site.replies() == ["We were there."]
    finally:
        disk.unmount()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server.running() as server:
        yield server


@pytest.fixture(scope="module")
def site(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with bad_day.site(folder, workers=WORKERS, redis_url=redis.url) as made:
        yield made


def test_a_thousand_readers_of_a_page_just_dropped_have_it_made_once_in_each_worker(
    site: Site,
) -> None:
    for _ in range(20):  # until both workers have it, most likely
        site.get(site.path)
    site.do(lambda: changes.touch(keys.article(site.article)))
    time.sleep(EVERY)  # the next request of each worker asks what changed
    with ThreadPoolExecutor(1) as apart:  # a browser of other tests may have a loop in this one
        answers = apart.submit(lambda: asyncio.run(read_at_once(site))).result()
    assert Counter(status for status, _ in answers) == {"200": READERS}
    made = [fate for _, fate in answers if fate == MADE]
    assert 1 <= len(made) <= WORKERS


async def read_at_once(site: Site) -> list[tuple[str, str]]:
    """Status and fate of the answers to a thousand readers; all have connected before the first asks."""
    lines = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", site.port) for _ in range(READERS))
    )
    request = (
        f"GET {site.path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n\r\n"
    )

    async def read(one: asyncio.StreamReader, to: asyncio.StreamWriter) -> tuple[str, str]:
        to.write(request.encode())
        answer = (await one.read()).decode()
        to.close()
        head = answer.partition("\r\n\r\n")[0].splitlines()
        named = dict(line.split(": ", 1) for line in head[1:])
        return head[0].split()[1], named["Cache-Status"]

    return list(await asyncio.wait_for(asyncio.gather(*(read(*line) for line in lines)), PATIENCE))


def test_replies_are_taken_whatever_becomes_of_redis(site: Site, redis: RedisServer) -> None:
    spoil: dict[str, Callable[[], None]] = {
        "well": lambda: None,
        "full": redis.fill,
        "hung": redis.hang,
        "gone": redis.stop,
    }
    for day, spoil_it in spoil.items():
        spoil_it()
        assert (day, site.reply(f"Redis is {day}").status) == (day, 303)
        assert site.get("/readyz").status == 200
    assert site.replies() == sorted(f"Redis is {day}" for day in spoil)


@pytest.fixture
def empty_database(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database in which there is nothing."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'newsite.db'}"
        return
    beside = make_url(request.getfixturevalue("postgres_url"))
    name = f"{beside.database}_empty"
    server = sa.create_engine(beside, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield beside.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_of_starts_at_the_same_moment_one_founds_the_site(
    empty_database: str, tmp_path: Path
) -> None:
    given = environment(tmp_path, "http://127.0.0.1:8000")
    given |= {"NEWSITE_DATABASE_URL": empty_database, "NEWSITE_SECRET_KEY": SECRET}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "newsite.cli", "upgrade"],
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=PATIENCE) for process in started]
    assert [process.returncode for process in started] == [0] * 2, said
    assert Counter(printed for printed, _ in said) == {
        "The site is founded.\n": 1,
        "The database is up to date.\n": 1,
    }
    database = sa.create_engine(empty_database)
    with database.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM site")) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM articles")) == 4
    database.dispose()
