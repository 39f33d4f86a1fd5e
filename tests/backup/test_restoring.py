import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from awkward import reply
from places import forge

from newsite import migrations
from newsite.articles.models import Tag
from newsite.backup import archive, restoring
from newsite.backup.refusals import ArchiveDamaged, ArchiveNewer, BackupRefused, NotEmpty
from newsite.backup.restoring import Target
from newsite.changes import ChangeCounter
from newsite.comments.models import Comment
from newsite.db import db
from newsite.migrations import steps as alembic_steps

FIRST = Path(__file__).parent / "made-at-0001.zip"
LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "{head}", None, None


def upgrade():
    with op.batch_alter_table("tags") as batch:
        batch.add_column(sa.Column("colour", sa.String()))
    op.execute("UPDATE tags SET colour = 'red, as ' || name")
"""


@pytest.fixture
def target(make_place, engine):
    """An empty place, on each engine."""
    return make_place(engine)


def first(table, **given):
    """Changes the first row of a table."""

    def change(manifest, members):
        member = f"tables/{table}.jsonl"
        line, *rest = members[member].splitlines(keepends=True)
        changed = json.dumps(json.loads(line) | given).encode() + b"\n"
        members[member] = b"".join([changed, *rest])

    return change


def twice(manifest, members):
    members["tables/tags.jsonl"] *= 2
    manifest["tables"]["tags"]["rows"] *= 2


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


def told(**given):
    return lambda manifest, members: manifest.update(given)


def last_id(number):
    return lambda manifest, members: manifest["tables"]["tags"].update(last_id=number)


def rename_table(manifest, members):
    manifest["tables"]["labels"] = manifest["tables"].pop("tags")
    members["tables/labels.jsonl"] = members.pop("tables/tags.jsonl")


def forget_table(manifest, members):
    del manifest["tables"]["outbox"]
    del members["tables/outbox.jsonl"]


def forget_column(manifest, members):
    del manifest["tables"]["logos"]["columns"]["width"]
    members["tables/logos.jsonl"] = b""
    manifest["tables"]["logos"]["rows"] = 0


@pytest.mark.parametrize(
    ("change", "refusal", "sentence"),
    [
        (told(revision="9999"), ArchiveNewer, "made by a newer newsite .* at 9999"),
        (told(revision="head"), ArchiveNewer, "whose database is at head"),
        (told(revision="00"), ArchiveNewer, "whose database is at 00"),
        (told(format=2), ArchiveNewer, "made by a newer newsite"),
        (rename_table, ArchiveDamaged, "does not fit .* labels differs"),
        (forget_table, ArchiveDamaged, "does not fit .* outbox differs"),
        (forget_column, ArchiveDamaged, "does not fit .* logos differs"),
        (twice, BackupRefused, "does not take: .*Nothing was changed"),  # two of one id
        (first("tags", name=None), BackupRefused, "does not take: .*"),
        (first("credits", article_id=2**30), BackupRefused, "credits"),  # refers to nothing
        (first("tags", name=5), ArchiveDamaged, "a row that cannot be read"),
        (
            first("tags", name="\ud800"),
            ArchiveDamaged,
            "a row that cannot be read: .*half a character",
        ),
        (
            first("comments", spam_score=10**400),
            ArchiveDamaged,
            "cannot be read: .*number that is too large",
        ),
        (first("outbox", payload=nested(900)), ArchiveDamaged, "cannot be read: .*nested too deep"),
        (told(made_at="2026-11-22T12:00:00"), ArchiveDamaged, "used: .*without a zone"),
        (told(newsite="\ud800"), ArchiveDamaged, "used: .*half a character"),
        (told(sequence=2**63 - 1), ArchiveDamaged, "used: .*no number left"),
    ],
)
def test_what_cannot_be_restored_changes_nothing(kept, target, change, refusal, sentence):
    forge(kept, change, honest=True)
    with pytest.raises(refusal, match=sentence):
        target.restore(kept)
    assert target.names() == set()
    assert {path.name for path in target.data.iterdir()} <= {"secret_key", "static"}


@pytest.mark.parametrize(
    "change",
    [first("tags", name="a\0b"), first("articles", reply_count=2**31), last_id(2**63 - 1)],
    ids=["NUL", "a large number", "a large number that was given out"],
)
def test_what_postgresql_cannot_hold_is_said_by_name(kept, make_place, change):
    place = make_place("postgresql")
    forge(kept, change, honest=True)
    with pytest.raises(BackupRefused, match="holds a row that this database does not take: "):
        place.restore(kept)
    assert place.names() == set()


def test_a_site_that_is_there_stays_unless_it_may_go(kept, filled, paper):
    with filled.inside():
        tag_id = db.session.scalar(sa.select(sa.func.min(Tag.id)))
        db.session.execute(sa.update(Tag).where(Tag.id == tag_id).values(name="Mine"))
        db.session.execute(sa.update(ChangeCounter).values(sequence=2**50))
        db.session.commit()
    before = filled.rows()
    with pytest.raises(NotEmpty):
        filled.restore(kept)
    assert filled.rows() == before != paper.rows()
    filled.restore(kept, replace=True)
    assert filled.rows() == paper.rows()
    with filled.inside():  # the numbers of the change log go on
        assert db.session.get_one(ChangeCounter, 1).sequence == 2**50


def test_a_restore_that_fails_at_the_end_leaves_the_site_that_was_there(kept, filled, monkeypatch):
    def fail(connection, number):
        raise RuntimeError("power cut")

    before = filled.rows()
    monkeypatch.setattr(restoring, "_begin_anew", fail)
    with pytest.raises(RuntimeError):
        filled.restore(kept, replace=True)
    assert filled.rows() == before
    assert not (filled.data / "media").exists()


def test_somebody_who_stops_it_leaves_the_database_empty(kept, target):
    def stop(what, done, of):
        raise KeyboardInterrupt

    with target.inside(), archive.opened(kept) as opened:
        where = Target(db.engine, target.data, target.media, takes_secret=True, replace=False)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(opened, where, migrations, stop)
    assert target.names() == set()
    target.restore(kept)  # and it can be run again


def test_keys_are_enforced_as_before_when_all_is_there(kept, target):
    target.restore(kept)
    with target.inside():
        lost = sa.insert(Comment).values(**reply(10**6, 10**6), created_at=sa.func.now())
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(lost)


def test_rows_arrive_a_few_at_a_time(kept, target, monkeypatch):
    monkeypatch.setattr(restoring, "ROWS_AT_ONCE", 10)
    seen = []
    with target.inside(), archive.opened(kept) as opened:
        where = Target(db.engine, target.data, target.media, takes_secret=True, replace=False)
        restoring.restore(opened, where, migrations, lambda *told: seen.append(told))
        count = opened.manifest.tables["comments"].rows
    assert [told for told in seen if told[0] == "comments"][:2] == [
        ("comments", 10, count),
        ("comments", 20, count),
    ]


def test_a_number_that_was_given_out_is_not_given_again(make_place, tmp_path):
    """A reply that was deleted had links in somebody's mail; the next one must not answer to them."""
    old, new = make_place("postgresql"), make_place("postgresql")
    with old.inside():
        migrations.upgrade()
        for name in ("a", "b", "c"):
            db.session.add(Tag(slug=name, name=name))
            db.session.flush()
        db.session.execute(sa.delete(Tag).where(Tag.slug == "c"))
        db.session.commit()
    manifest = old.backup(tmp_path / "site.zip")
    assert manifest.tables["tags"].last_id == 3
    assert manifest.tables["logos"].last_id is None
    new.restore(tmp_path / "site.zip")
    with new.inside():
        tag = Tag(slug="d", name="d")
        db.session.add(tag)
        db.session.commit()
        assert tag.id == 4


def test_an_older_archive_is_brought_up_to_date(kept, target, paper, tmp_path, monkeypatch):
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "later.py").write_text(LATER.format(head=migrations.revisions()[-1]))

    def configuration(old=alembic_steps.configuration):
        config = old()
        config.set_main_option("version_locations", f"{migrations.FOLDER / 'versions'}:{steps}")
        return config

    monkeypatch.setattr(alembic_steps, "configuration", configuration)
    known = [*migrations.revisions(), "later"]
    monkeypatch.setattr(migrations, "revisions", lambda: known)
    target.restore(kept)
    with target.inside():
        migrations.check()
        query = sa.text("SELECT colour FROM tags ORDER BY id")
        colours = db.session.scalars(query).all()
    assert colours == [f"red, as {tag['name']}" for tag in paper.rows()["tags"]]


def test_an_archive_of_the_first_version_can_still_be_restored(target):
    target.restore(FIRST)
    rows = target.rows()
    assert [site["name"] for site in rows["site"]] == ["The Loading Bay"]
    with archive.opened(FIRST) as opened:
        counts = {name: entry.rows for name, entry in opened.manifest.tables.items()}
    assert {name: len(rows[name]) for name in counts} == counts
    with target.inside():
        migrations.check()
        client = target.app.test_client()
        answer = client.get("/about/", base_url="http://127.0.0.1:8000")
        assert answer.status_code == 200


def test_an_archive_may_be_restored_without_its_secret(kept, target):
    (target.data / "secret_key").write_text("own")
    target.restore(kept, takes_secret=False)
    assert (target.data / "secret_key").read_text() == "own"
    shutil.rmtree(target.data / "media")
    target.restore(kept, replace=True)
    assert (target.data / "secret_key").read_text() == target.secret
