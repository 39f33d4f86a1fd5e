"""PostgreSQL on a bad day: gone, restarted in the middle, and hanging."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bad_day
import pytest
from bad_day import HIT, MADE, NAME, STALE, Answer, Site

SCRIPT = Path(__file__).parents[2] / ".ci" / "postgres"
UNKEPT = ("/archive/", "/corrections/", "/tag/strike/", "/sitemap.xml")
SORRY = "The site is catching its breath"


class Cluster:
    """A PostgreSQL of this module's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = self.run("start").strip()

    def run(self, action: str) -> str:
        done = subprocess.run(
            ["bash", str(SCRIPT), action, str(self.folder)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def hang(self) -> None:
        """Holds all its processes up where they are: they are connected to, and do not answer."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        for pid in (first, *children(first)):
            os.kill(pid, number)


def children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in found.split()]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if not (shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL server is installed")
        pytest.skip("no PostgreSQL server: install the system's package")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:  # a socket's name must be short
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder) / "cluster")
        try:
            yield made
        finally:
            made.run("stop")


@pytest.fixture(scope="module")
def site(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with bad_day.site(tmp_path_factory.mktemp("site"), database_url=cluster.url) as made:
        yield made


def is_sorry(answer: Answer) -> bool:
    """Whether it is the site's own page for a database that is away."""
    assert answer.headers["Retry-After"] == "30"
    return (answer.status, bad_day.heading(answer), NAME in answer.text) == (503, SORRY, True)


def test_while_postgresql_is_gone_readers_read_on_and_words_come_back(
    site: Site, cluster: Cluster
) -> None:
    form = site.get(site.path).form
    assert site.get(site.path).fate == HIT
    cluster.run("stop")
    site.wait_for(lambda: site.get(site.path).fate == STALE)
    assert site.get(site.path).status == 200
    assert all(is_sorry(site.get(path)) for path in UNKEPT)
    assert (site.get(site.picture).status, site.get("/favicon.ico").status) == (200, 302)
    refused = site.reply("We were there.", form)
    assert is_sorry(refused)
    assert refused.form["comment"] == "We were there."
    assert (site.get("/healthz").status, site.get("/readyz").status) == (200, 503)

    cluster.run("again")
    site.wait_for(lambda: site.get("/archive/").status == 200)
    assert site.get(site.path).fate in {HIT, MADE}
    assert site.reply("We were there.", refused.form).status == 303
    assert site.replies() == ["We were there."]


def test_a_restart_between_two_requests_is_noticed_by_nobody(site: Site, cluster: Cluster) -> None:
    form = site.get(site.path).form
    cluster.run("stop")
    cluster.run("again")
    assert site.reply("We were there too.", form).status == 303
    assert [site.get(path).status for path in UNKEPT] == [200] * len(UNKEPT)
    assert "We were there too." in site.replies()


def test_while_postgresql_hangs_everybody_is_answered(site: Site, cluster: Cluster) -> None:
    form = site.get(site.path).form
    site.wait_for(lambda: site.get(site.path).fate == HIT)
    cluster.hang()
    try:
        with ThreadPoolExecutor(36) as crowd:  # a worker has eight threads
            replies = [crowd.submit(site.reply, f"Words {n}", form) for n in range(12)]
            unkept = [crowd.submit(site.get, f"/archive/{2000 + n}/11/") for n in range(12)]
            kept = [crowd.submit(site.get, site.path) for _ in range(12)]
            pictures = [crowd.submit(site.get, site.picture) for _ in range(12)]
        assert {answer.result().status for answer in (*kept, *pictures)} == {200}
        assert all(is_sorry(answer.result()) for answer in unkept)
        assert all(is_sorry(answer.result()) for answer in replies)
        assert [answer.result().form["comment"] for answer in replies] == [
            f"Words {n}" for n in range(12)
        ]
        assert site.get(site.path).fate == STALE
    finally:
        cluster.go_on()
    site.wait_for(lambda: site.get("/archive/").status == 200)
    assert site.reply("It goes on.", form).status == 303
    assert "It goes on." in site.replies()
    assert not [words for words in site.replies() if words.startswith("Words")]
