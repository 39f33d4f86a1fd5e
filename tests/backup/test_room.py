import pytest
import sqlalchemy as sa

from newsite import migrations
from newsite.articles.models import Tag
from newsite.backup import room
from newsite.backup.refusals import NotEmpty
from newsite.changes import ChangeCounter
from newsite.db import db

SEARCH = (
    "CREATE VIRTUAL TABLE words_fts USING fts5(title)",
    "INSERT INTO words_fts VALUES ('words')",
)


@pytest.fixture
def place(make_place, engine):
    made = make_place(engine)
    with made.inside():
        migrations.upgrade()
        yield made


def make(*, replace=False):
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            return room.make(connection, replace=replace)


def tables():
    return sa.inspect(db.engine).get_table_names()


def test_a_database_that_was_only_prepared_is_empty(place):
    db.session.execute(sa.update(ChangeCounter).values(sequence=7))
    db.session.commit()
    assert make() == 7
    assert tables() == []
    assert make() == 0


def test_a_database_without_its_counter_has_no_last_number(place):
    db.session.execute(sa.delete(ChangeCounter))
    db.session.commit()
    assert make() == 0


def test_a_site_that_is_there_stays_unless_it_may_go(place):
    db.session.add(Tag(slug="a", name="A"))
    db.session.commit()
    with pytest.raises(NotEmpty, match="The database holds a site already"):
        make()
    assert db.session.scalar(sa.select(Tag.name)) == "A"
    db.session.remove()
    make(replace=True)
    assert tables() == []


def test_what_somebody_else_keeps_there_stays_in_any_case(place):
    db.session.execute(sa.text("CREATE TABLE letters (id INTEGER)"))
    db.session.commit()
    for replace in (False, True):
        with pytest.raises(NotEmpty, match=r"that are not newsite's: letters\."):
            make(replace=replace)
    assert "letters" in tables()


def test_what_belongs_to_search_goes_with_what_it_searches(make_place):
    with make_place("sqlite").inside():
        migrations.upgrade()
        for statement in SEARCH:
            db.session.execute(sa.text(statement))
        db.session.commit()
        assert make() == 0
        assert tables() == []
