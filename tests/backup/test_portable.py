import json
import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsite.backup import portable
from newsite.backup.refusals import ArchiveDamaged
from newsite.db import Base, Ordered, UTCDateTime

# A table of its own, with a column of every kind.
FOLDERS = sa.Table(
    "portable_folders",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("words", sa.String),
    sa.Column("ordered", Ordered),
    sa.Column("is_good", sa.Boolean),
    sa.Column("number", sa.BigInteger),
    sa.Column("share", sa.Float(53)),
    sa.Column("at", UTCDateTime),
    sa.Column("day", sa.Date),
    sa.Column("content", sa.LargeBinary),
    sa.Column("told", sa.JSON),
)
KINDS = {column.name: portable.kind(column) for column in FOLDERS.columns}

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
numbers = st.integers(-(2**63), 2**63 - 1)
shares = st.floats(allow_nan=False, allow_infinity=False)
told = st.recursive(
    st.none() | st.booleans() | st.integers() | shares | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=8,
)
# Not a number by itself: SQLite keeps one as a number, and 0.0 comes back as 0.
documents = st.none() | st.lists(told) | st.dictionaries(words, told)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])
times = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)
rows = st.fixed_dictionaries(
    {
        "id": st.integers(1, 2**31 - 1),
        "words": st.none() | words,
        "ordered": st.none() | words,
        "is_good": st.none() | st.booleans(),
        "number": st.none() | numbers,
        "share": st.none() | shares,
        "at": st.none() | times,
        "day": st.none() | st.dates(),
        "content": st.none() | st.binary(),
        "told": documents,
    }
)
PLAIN = dict.fromkeys(KINDS, None) | {"id": 1}


def nested(depth):
    """Lists in dictionaries in lists, so many."""
    found = []
    for number in range(depth - 1):
        found = {"more": found} if number % 2 else [found]
    return found


@pytest.fixture(scope="module")
def table(engine, request, tmp_path_factory):
    """The table on each engine, and the way of a row out of one database and into it."""
    postgres = engine == "postgresql"
    folder = tmp_path_factory.mktemp("rows")
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{folder / 'rows.db'}"
    made = sa.create_engine(url)
    FOLDERS.create(made)
    yield made
    FOLDERS.drop(made)
    made.dispose()


def stored(made, row):
    """The row as it comes out of the database again, written as `restore` writes."""
    columns = [
        sa.column(column.name, portable.type_for(KINDS[column.name], is_nullable=True))
        for column in FOLDERS.columns
    ]
    with made.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.insert(sa.table(FOLDERS.name, *columns)), [row])
        query = sa.select(*map(portable.stored, FOLDERS.columns))
        found = dict(connection.execute(query).mappings().one())
        transaction.rollback()
    return found


@given(row=rows)
@example(row=PLAIN | {"told": {"half": "\ud800", "whole": 10**40}})
@example(row=PLAIN | {"at": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), "words": "\u2028\n"})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_row_comes_out_of_a_database_as_it_went_in(table, row):
    line = portable.line(row)
    assert line.count(b"\n") == 1
    read = portable.row(line[:-1], KINDS)
    assert read == row
    found = stored(table, read)
    assert found == row
    assert [type(value) for value in found.values()] == [type(value) for value in read.values()]
    if row["share"] is not None:
        assert math.copysign(1, found["share"]) == math.copysign(1, row["share"])


def test_a_line_can_be_read_by_eye():
    row = PLAIN | {
        "words": "Zoë",
        "at": datetime(2026, 11, 22, 13, 0, tzinfo=timezone(timedelta(hours=1))),
        "day": date(1848, 2, 21),
        "content": b"\0\xff",
    }
    told = json.loads(portable.line(row))
    assert told["words"] == "Zoë"
    assert told["content"] == "AP8="
    assert told["day"] == "1848-02-21"
    assert "Zoë".encode() in portable.line(row)


@pytest.mark.parametrize(
    "name",
    [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
    ],
)
def test_every_column_of_the_site_can_be_carried(name):
    table, _, column = name.partition(".")
    assert portable.kind(Base.metadata.tables[table].c[column]) in portable.NAMES


def test_a_column_that_cannot_be_carried_is_named():
    for type_ in (sa.Interval, sa.DateTime, sa.Numeric):
        with pytest.raises(TypeError, match="length"):
            portable.kind(sa.Column("length", type_))


def test_nothing_where_there_may_be_nothing_is_no_value():
    assert portable.type_for("json", is_nullable=True).none_as_null
    assert not portable.type_for("json", is_nullable=False).none_as_null


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "1"),
        ("id", True),
        ("id", 1.0),
        ("number", 2**63),  # larger than any number of either engine
        ("words", 1),
        ("is_good", 1),
        ("share", "1"),
        ("share", 10**400),  # larger than any such number
        ("at", "2026-11-22T12:00:00"),  # does not say where
        ("at", "0001-01-01T00:00:00+14:00"),  # before the first day that there is
        ("at", "yesterday"),
        ("day", "2026-02-30"),
        ("content", "a"),
        ("content", "ä"),
        ("told", nested(portable.MOST_DEPTH + 1)),
        ("told", nested(900)),  # can be read just so, and not be written again
    ],
)
def test_a_value_of_another_kind_is_refused(column, value):
    line = json.dumps(PLAIN | {column: value}).encode()
    with pytest.raises(ArchiveDamaged, match="a row that cannot be read"):
        portable.row(line, KINDS)


def test_what_is_nested_deeply_is_carried_up_to_a_bound():
    row = PLAIN | {"told": nested(portable.MOST_DEPTH)}
    assert portable.row(portable.line(row), KINDS) == row


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[1]",
        b'{"id": 1}',  # the others are missing
        b"\xff",
        json.dumps(PLAIN | {"more": 1}).encode(),
        b"[" * 100_000,  # deeper than anybody can follow
    ],
)
def test_a_line_that_is_no_row_is_refused(line):
    with pytest.raises(ArchiveDamaged):
        portable.row(line, KINDS)
