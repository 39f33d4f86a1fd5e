"""A Redis, and a site that counts in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import migrated
import pytest
import redis_server
from flask import Flask
from redis_server import RedisServer

from newsite import create_app
from newsite.config import Settings
from newsite.db import db


@pytest.fixture(scope="session")
def _shared_redis() -> Iterator[RedisServer]:
    with redis_server.running() as server:
        yield server


@pytest.fixture
def redis(_shared_redis: RedisServer) -> Iterator[RedisServer]:
    """A Redis that counts nothing yet; it runs again after a test that stopped it."""
    with _shared_redis.client() as client:
        client.flushall()
    yield _shared_redis
    if _shared_redis.process is None:
        _shared_redis.start()
    _shared_redis.go_on()
    _shared_redis.fill("0")


@pytest.fixture
def counting(
    redis: RedisServer, make_settings: Callable[..., Settings], tmp_path: Path
) -> Iterator[Flask]:
    """A site on SQLite that counts in Redis, in its context."""
    url = f"sqlite:///{tmp_path / 'counting.db'}"
    app = create_app(make_settings(database_url=url, redis_url=redis.url))
    with app.app_context():
        migrated.upgrade()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()
