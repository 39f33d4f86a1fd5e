"""A site whose page cache asks as often as a test says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import migrated
import pytest
from paper import NOW, Paper

from newsite import create_app
from newsite.config import Settings
from newsite.db import db
from newsite.site.models import Site


@pytest.fixture
def paper(
    engine: str,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    request: pytest.FixtureRequest,
) -> Iterator[Paper]:
    sqlite = f"sqlite:///{tmp_path / 'paper.db'}"
    url = sqlite if engine == "sqlite" else request.getfixturevalue("postgres_url")
    told = getattr(request, "param", ())  # the HTTP caches in front that are told of changes
    app = create_app(make_settings(database_url=url, purge_urls=told))
    made = Paper(app)
    app.config["NEWSITE_CLOCK"] = lambda: made.now
    made.cache.freshness.clock = lambda: made.seconds
    made.cache.freshness.every = 0
    with app.app_context():
        migrated.upgrade()
        migrated.empty()
        db.session.add(Site(id=1, name="The Test Paper", tagline="", founded_at=NOW))
        db.session.commit()
        db.session.remove()
    yield made
    with app.app_context():
        db.session.remove()
        if engine == "postgresql":  # other tests use it
            migrated.empty()
        db.engine.dispose()
