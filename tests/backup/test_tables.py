import sqlalchemy as sa

from newsite.backup import tables
from newsite.db import Base


def test_every_table_is_carried_or_left_out_for_a_reason():
    carried = tables.carried()
    assert carried.keys() | tables.LEFT_OUT.keys() == Base.metadata.tables.keys()
    assert carried.keys() & tables.LEFT_OUT.keys() == set()
    assert all(len(reason) > 20 for reason in tables.LEFT_OUT.values())


def test_every_carried_table_has_an_order():
    assert all(len(table.primary_key) for table in tables.carried().values())


def test_what_the_database_computes_is_not_carried():
    made = sa.Table(
        "made",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("twice", sa.Integer, sa.Computed("id * 2")),
    )
    assert [column.name for column in tables.columns(made)] == ["id"]
