"""What tests stand on: a fresh database for each, the people of the desk, and a client that checks pages."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import migrated
import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from mail_server import PostOffice, running
from pages import Pages
from photographs import photograph
from postgres_server import IN_CI, POSTGRES, empty_database

from newsite import create_app
from newsite.accounts import actions as accounts
from newsite.accounts import passwords
from newsite.accounts.models import Role, User
from newsite.articles import actions as articles
from newsite.articles.drafts import Draft
from newsite.articles.models import Article
from newsite.config import Settings
from newsite.db import db
from newsite.mail import office
from newsite.media import actions as media
from newsite.media.models import Picture
from newsite.site.models import Site
from newsite.web import assets
from newsite.web.context import reserved
from newsite.web.pagecache import layer

# A busy machine is no failure: what a test takes is not what it says.
settings.register_profile("newsite", deadline=None)
settings.load_profile("newsite")

pytest_plugins = ["measuring", "papers"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs every test that touches the database on each engine that is there."""
    if "engine" in metafunc.fixturenames:
        engines = ["sqlite"]
        if POSTGRES in os.environ or IN_CI:
            engines.append("postgresql")
        metafunc.parametrize("engine", engines, scope="session")


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed in no time: as in life it takes 50 ms, and most tests have somebody who signs in."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", cheap)
        yield


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: to look through it for garbage a thousand times is a tenth of the time."""
    gc.collect()
    gc.freeze()


class Compiled(BytecodeCache):
    """Templates as they were compiled for the first app of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """The files of static/ and the templates are the same for every app, and take a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "packed", cache(assets.packed))
        patch.setitem(Flask.jinja_options, "bytecode_cache", Compiled())
        yield


@pytest.fixture(scope="session")
def make_settings(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Settings]:
    """Settings for a test's own app; anything may be given."""

    def make(**given: Any) -> Settings:
        data = given.pop("data", None) or tmp_path_factory.mktemp("data")
        values: dict[str, Any] = {
            "data": data,
            "database_url": "sqlite://",
            "secret_key": "0123456789abcdef" * 4,
            "site_url": "http://127.0.0.1:8000",
        }
        return Settings(**(values | given))

    return make


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """An empty PostgreSQL database for this process alone. Skips, or fails in CI, where there is none."""
    with empty_database(f"newsite_{worker_id}") as url:
        yield url


@pytest.fixture
def new_database(tmp_path: Path, worker_id: str) -> Iterator[Callable[[str], str]]:
    """Makes an empty database of the engine that is named, for this test alone; its address."""
    with ExitStack() as made:
        numbers = count()

        def make(engine: str) -> str:
            number = next(numbers)
            if engine == "sqlite":
                return f"sqlite:///{tmp_path / f'{number}.db'}"
            return made.enter_context(empty_database(f"newsite_{worker_id}_{number}"))

        yield make


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process."""
    return getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]


@pytest.fixture(scope="session")
def _made_app(
    engine: str, make_settings: Callable[..., Settings], request: pytest.FixtureRequest
) -> Iterator[tuple[Flask, Callable[[], None]]]:
    url = "sqlite://" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    app = create_app(make_settings(database_url=url))
    with app.app_context():
        migrated.upgrade()
        db.session.remove()
        renew = _renew_sqlite() if engine == "sqlite" else migrated.empty
    yield app, renew
    with app.app_context():
        db.engine.dispose()


def _renew_sqlite() -> Callable[[], None]:
    """The database as it was after the migrations, put back in a fraction of a millisecond."""

    def driver() -> Any:
        with db.engine.connect() as connection:
            return connection.connection.driver_connection

    kept = driver().serialize()

    def renew() -> None:
        # Into a new connection: a cursor that a failed test left half read would be reset, whenever it is thrown
        # away, in memory that is the other database's, and the process with it.
        db.engine.dispose()
        driver().deserialize(kept)

    return renew


@pytest.fixture
def app(_made_app: tuple[Flask, Callable[[], None]]) -> Iterator[Flask]:
    """The app over an empty database, in its context; its clock stands at `now`."""
    app, renew = _made_app
    app.config["NEWSITE_CLOCK"] = lambda: NOW
    app.extensions[layer.KEY].clear()
    app.extensions[layer.KEY].freshness.every = 0  # what a test changes, it sees at once
    with app.app_context():
        renew()
        yield app
        db.session.remove()


@pytest.fixture
def post(app: Flask) -> Iterator[PostOffice]:
    """The server that the app's mail goes to."""
    made = PostOffice()
    with running(made) as found:
        office.use(found)
        yield made
        office.use(None)


@pytest.fixture
def now() -> datetime:
    """The time at which every test takes place."""
    return NOW


@pytest.fixture
def site(app: Flask) -> Site:
    """A founded site without content."""
    site = Site(id=1, name="The Test Paper", tagline="Paper of the tests", founded_at=NOW)
    db.session.add(site)
    db.session.commit()
    return site


@pytest.fixture
def make_user(site: Site) -> Callable[..., User]:
    """Makes somebody of the desk; every password is `a long enough password`."""

    def make(name: str, role: Role) -> User:
        email = f"{name.lower()}@example.org"
        user = accounts.create_user(email=email, name=name, role=role, password=PASSWORD, now=NOW)
        db.session.commit()
        return user

    return make


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    """Ada may do everything."""
    return make_user("Ada", Role.admin)


@pytest.fixture
def editor(make_user: Callable[..., User]) -> User:
    """Edith publishes and moderates."""
    return make_user("Edith", Role.editor)


@pytest.fixture
def writer(make_user: Callable[..., User]) -> User:
    """Will drafts."""
    return make_user("Will", Role.writer)


@pytest.fixture
def make_article(app: Flask, site: Site) -> Callable[..., Article]:
    """Makes a published article; a Draft's fields may be given, and `by`, `kind`, `publish`."""

    def make(title: str = "Night shift votes", **given: Any) -> Article:
        given.setdefault("body", "The count was at six.\n\n## What follows\n\nA meeting.")
        given.setdefault("published_at", NOW - timedelta(days=2))
        how = {name: given.pop(name) for name in ("kind", "by") if name in given}
        publish = given.pop("publish", True)
        with app.test_request_context():
            around = {"site": site, "reserved": reserved(), "now": NOW}
            article = articles.create(
                Draft(title=title, **given), by=how.pop("by", None), **how, **around
            )
            if publish:
                articles.publish(article, by=None, **around)
        db.session.commit()
        return article

    return make


@pytest.fixture
def article(make_article: Callable[..., Article]) -> Article:
    """A published article that takes replies."""
    return make_article()


@pytest.fixture
def make_picture(app: Flask, site: Site) -> Callable[..., Picture]:
    """Makes a picture as an upload does, each time another; what is said about it may be given."""
    numbers = count(1)

    def make(kind: str = "JPEG", *, by: User | None = None, **said: Any) -> Picture:
        upload = photograph(kind, size=(400 + next(numbers), 300))
        taken = media.take_in(upload, f"photograph.{kind.lower()}", now=NOW)
        picture = media.add(taken, by=by, now=NOW)
        for name, value in said.items():
            setattr(picture, name, value)
        db.session.commit()
        return picture

    return make


@pytest.fixture
def pages(app: Flask, site: Site) -> Pages:
    """A reader's browser that checks every page it is shown."""
    return Pages(app)


@pytest.fixture
def desk(app: Flask, admin: User) -> Pages:
    """The browser of an admin who is signed in."""
    return Pages(app).sign_in(admin, PASSWORD)


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    """The folder that holds `seed/` and `fixtures/`. Skips, or fails in CI, where there is none."""
    given = os.environ.get("NEWSITE_FIXTURES")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared"
    if not (folder / "fixtures").is_dir():
        if IN_CI:
            pytest.fail(f"no fixtures in {folder}")
        pytest.skip(
            "no fixtures: set NEWSITE_FIXTURES to the folder that holds seed/ and fixtures/"
        )
    return folder
