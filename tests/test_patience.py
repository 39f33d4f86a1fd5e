"""Nobody waits for ever for a PostgreSQL that does not answer."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from newsite import db, patience


@pytest.fixture
def engine_of_postgres(postgres_url: str) -> Iterator[Engine]:
    engine = sa.create_engine(postgres_url, pool_size=1, max_overflow=0)
    db.set_up_postgresql(engine)
    yield engine
    engine.dispose()


def sleep(engine: Engine, seconds: float) -> int:
    """The number of the server's process that slept."""
    with engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_sleep(seconds)))
        number = connection.scalar(sa.select(sa.func.pg_backend_pid()))
        assert isinstance(number, int)
        return number


def test_an_answer_is_waited_for_so_long_and_the_connection_given_up(
    engine_of_postgres: Engine,
) -> None:
    first = sleep(engine_of_postgres, 0)
    with patience.at_most(0.2), pytest.raises(OperationalError) as caught:
        sleep(engine_of_postgres, 30)
    assert caught.value.connection_invalidated
    assert sleep(engine_of_postgres, 0) != first


def test_whoever_set_no_end_waits(engine_of_postgres: Engine) -> None:
    with patience.at_most(0.2):
        pass
    assert sleep(engine_of_postgres, 0.5) == sleep(engine_of_postgres, 0)


def test_a_failure_in_good_time_costs_no_connection(engine_of_postgres: Engine) -> None:
    first = sleep(engine_of_postgres, 0)
    with patience.at_most(20), engine_of_postgres.connect() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(sa.select(sa.func.pg_sleep(30)))
    assert sleep(engine_of_postgres, 0) == first


def test_it_holds_for_a_thread_until_something_else_is_said(engine_of_postgres: Engine) -> None:
    patience.have(0.2)
    try:
        with pytest.raises(OperationalError):
            sleep(engine_of_postgres, 30)
    finally:
        patience._seconds.set(None)
