"""What is made before the fork, and that a worker shares nothing with its master that is not all workers'."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import migrated
import pytest
from paper import Paper
from sqlalchemy.exc import OperationalError

from newsite import create_app
from newsite.articles import queries
from newsite.config import Settings
from newsite.db import db
from newsite.site.models import Site
from newsite.web import warming

HEAVY = ("alembic", "mako", "PIL", "pygments", "redis", "sqlalchemy.dialects.postgresql")


@pytest.fixture
def paper(
    engine: str, make_settings: Callable[..., Settings], new_database: Callable[[str], str]
) -> Iterator[Paper]:
    """A site in a database that was just made."""
    made = Paper(create_app(make_settings(database_url=new_database(engine))))
    made.do(migrated.upgrade)
    made.do(lambda: db.session.add(Site(id=1, name="P", tagline="", founded_at=made.now)))
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture
def asked(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of which the app makes a page, and whether it can."""
    inner = paper.cache.inner
    found: list[str] = []

    def noted(environ, start_response):
        def begin(status, *given):
            found.append(f"{environ['PATH_INFO']} {status}")
            return start_response(status, *given)

        return inner(environ, begin)

    monkeypatch.setattr(paper.cache, "inner", noted)
    return found


def test_the_front_page_and_the_newest_article_are_made_before_the_fork(paper, asked):
    paper.publish("The day before yesterday")
    _, path = paper.publish("Für alle", path="/für-alle/", published_at=None)
    warming.warm_up(paper.app)
    assert asked == ["/ 200 OK", f"{path.encode().decode('latin-1')} 200 OK"]


def test_a_site_without_articles_has_its_front_page_made(paper, asked):
    warming.warm_up(paper.app)
    assert asked == ["/ 200 OK"]


def test_a_worker_begins_without_pages_or_connections_of_its_master(paper, asked):
    paper.publish("News")
    warming.warm_up(paper.app)
    assert len(asked) == 2
    assert paper.cache.store.bytes == 0
    assert paper.cache.kept_site.latest is None
    assert paper.cache.freshness.asked_at == float("-inf")
    with paper.app.app_context():
        assert db.engine.pool.checkedin() == db.engine.pool.checkedout() == 0


def test_a_server_without_a_site_has_nothing_to_make(paper, asked):
    paper.do(lambda: db.session.delete(db.session.get_one(Site, 1)))
    warming.warm_up(paper.app)
    assert asked == []


def test_a_server_whose_database_is_away_begins_all_the_same(paper, asked, monkeypatch):
    def away(*given, **named):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "latest", away)
    warming.warm_up(paper.app)
    assert asked == []


@pytest.mark.parametrize("name", HEAVY)
def test_a_server_carries_nothing_that_no_page_needs(loaded_by_a_server, name):
    assert name not in loaded_by_a_server


@pytest.fixture(scope="module")
def loaded_by_a_server() -> set[str]:
    """The modules in memory once a server has been imported, of a site on SQLite."""
    program = "import sys, newsite.web.server, newsite.web.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(done.stdout.decode().split())
