"""Databases of the tests' own, on the PostgreSQL that NEWSITE_TEST_POSTGRES names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

POSTGRES = "NEWSITE_TEST_POSTGRES"
IN_CI = os.environ.get("CI") == "true"


@contextmanager
def empty_database(name: str, like: str = "template1") -> Iterator[str]:
    """The address of an empty database, or a copy of another, until the end.

    Skips, or fails in CI, where there is no PostgreSQL.
    """
    given = os.environ.get(POSTGRES)
    if given is None:
        if IN_CI:
            pytest.fail(f"{POSTGRES} is not set")
        pytest.skip(
            f"no PostgreSQL: set {POSTGRES} to the address of a database to make others beside"
        )
    # Without a pool: where something fails below, no connection is left open.
    server = sa.create_engine(given, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    try:
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
