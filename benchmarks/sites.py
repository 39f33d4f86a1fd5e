"""Sites to measure: each a data folder, kept between runs, and a database with a corpus of some size."""

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from benchmarks import corpus
from benchmarks.corpus import Size
from newsite import create_app, migrations
from newsite.config import Settings
from newsite.db import db

URL = (
    "http://127.0.0.1:8000"  # the site's own name: readers send it as Host, whatever port is asked
)
SECRET = "0123456789abcdef" * 4
FOLDER = Path(tempfile.gettempdir()) / "newsite-benchmarks"


@dataclass(frozen=True)
class Site:
    """A site with a corpus."""

    size: Size
    data: Path
    database_url: str

    @property
    def engine(self) -> str:
        """The name of its database."""
        return "SQLite" if self.database_url.startswith("sqlite") else "PostgreSQL"

    def app(self) -> Flask:
        """The site in this process."""
        return create_app(
            Settings(
                data=self.data,
                database_url=self.database_url,
                secret_key=SECRET,
                site_url=URL,
                limits=False,
            )
        )

    def environment(self) -> dict[str, str]:
        """The environment of a server of this site; rate limits are off."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSITE_")}
        return kept | {
            "NEWSITE_DATA": str(self.data),
            "NEWSITE_DATABASE_URL": self.database_url,
            "NEWSITE_SITE_URL": URL,
            "NEWSITE_SECRET_KEY": SECRET,
            "NEWSITE_LIMITS": "off",
        }


def site(size: Size, postgres: str | None = None, folder: Path = FOLDER) -> Site:
    """The site of this size, made if it is not there yet, or of another version.

    `postgres` is the address of a database beside which another one is made for it.
    """
    name = f"{size.articles}-{size.replies}" + ("-postgresql" if postgres else "")
    data = folder / name
    if postgres:
        database = f"newsite_benchmarks_{size.articles}_{size.replies}"
        url = make_url(postgres).set(database=database).render_as_string(hide_password=False)
    else:
        url = f"sqlite:///{data / 'newsite.db'}"
    made = Site(size, data, url)
    mark = data / "made"
    if not mark.exists() or mark.read_text() != _version():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        if postgres:
            _empty(postgres, make_url(url).database or "")
        _fill(made)
        mark.write_text(_version())
    return made


def copied(made: Site, folder: Path) -> Site:
    """A copy of a site on SQLite, in which things may be stored."""
    shutil.copytree(made.data, folder / "data")
    return Site(made.size, folder / "data", f"sqlite:///{folder / 'data' / 'newsite.db'}")


def _version() -> str:
    steps = sorted(path.name for path in (migrations.FOLDER / "versions").glob("*.py"))
    return f"{corpus.VERSION} {steps[-1]}"


def _empty(server: str, name: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()


def _fill(made: Site) -> None:
    begun = time.monotonic()
    print(f"making {made.size} on {made.engine} …", flush=True)
    app = made.app()
    with app.test_request_context():
        migrations.upgrade()
        corpus.fill(made.size)
        db.session.remove()
        db.engine.dispose()
    print(f"made in {time.monotonic() - begun:.0f} s", flush=True)
