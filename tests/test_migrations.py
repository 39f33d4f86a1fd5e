"""The database's shape, and how it is brought there."""

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from newsite import create_app, migrations
from newsite.articles import search
from newsite.config import Settings
from newsite.db import Base, Ordered, UTCDateTime, connection, db
from newsite.migrations import steps

LOSES_TRIGGERS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "0001", None, None


def upgrade():
    with op.batch_alter_table("tags", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String()))
"""


@pytest.fixture
def empty(make_settings: Callable[..., Settings], tmp_path: Path) -> Flask:
    """An app over a database file in which there is nothing yet."""
    return create_app(make_settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": steps.include_name, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_what_the_models_compare_byte_by_byte_is_so_in_the_database(
    app: Flask, engine: str
) -> None:
    """Alembic does not compare it. SQLite does so with every text."""
    ordered = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.type is Ordered
    ]
    assert ("comments", "fingerprint") in ordered
    found = sa.inspect(db.engine)
    for table, name in ordered if engine == "postgresql" else []:
        (column,) = [one for one in found.get_columns(table) if one["name"] == name]
        assert column["type"].collation == "C", f"{table}.{name}"


def test_an_empty_database_says_what_to_run(empty: Flask) -> None:
    with empty.app_context(), pytest.raises(migrations.DatabaseNotReady, match="newsite upgrade"):
        migrations.check()


def test_the_names_of_the_files_tell_what_alembic_makes_of_them() -> None:
    walked = ScriptDirectory.from_config(steps.configuration()).walk_revisions()
    assert migrations.revisions() == [step.revision for step in walked][::-1]


def test_whoever_writes_a_step_compares_with_the_models_as_the_upgrade_does(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsite.create_app", lambda: empty)
    made = steps.create_app()
    assert made.extensions["migrate"].directory == str(migrations.FOLDER)
    with made.app_context():
        migrations.upgrade()
        flask_migrate.check()  # exits unless the models are the database


def test_upgrading_twice_changes_nothing(empty: Flask) -> None:
    with empty.app_context():
        migrations.upgrade()
        migrations.check()
        migrations.upgrade()
        migrations.check()


def test_keys_are_enforced_again_after_an_upgrade(empty: Flask) -> None:
    with empty.app_context():
        migrations.upgrade()
        assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_a_newer_database_is_left_alone(empty: Flask) -> None:
    with empty.app_context():
        migrations.upgrade()
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'from the future'"))
        db.session.commit()
        for ask in (migrations.check, migrations.upgrade):
            with pytest.raises(migrations.DatabaseNotReady, match="newer newsite"):
                ask()


def test_an_older_database_says_what_to_run(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty.app_context():
        migrations.upgrade()
        ours = migrations.revisions()
        monkeypatch.setattr(migrations, "revisions", lambda: [*ours, "9999"])
        with pytest.raises(migrations.DatabaseNotReady, match="older newsite"):
            migrations.check()


def test_a_step_that_fails_leaves_nothing_behind(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    with empty.app_context():
        monkeypatch.setattr("alembic.operations.Operations.bulk_insert", fail)
        monkeypatch.setattr("alembic.operations.Operations.execute", fail)
        with pytest.raises(RuntimeError):
            migrations.upgrade()
        assert sa.inspect(db.engine).get_table_names() == []


def test_a_step_that_loses_a_trigger_is_undone(empty: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "steps"
    folder.mkdir()
    (folder / "later.py").write_text(LOSES_TRIGGERS)
    config = steps.configuration()
    config.set_main_option("version_locations", f"{migrations.FOLDER / 'versions'}:{folder}")
    trigger = "CREATE TRIGGER kept AFTER INSERT ON tags BEGIN SELECT 1; END"
    with empty.app_context():
        migrations.upgrade()
        command.upgrade(config, "0001")  # nothing to do, and nothing is lost
        db.session.execute(sa.text(trigger))
        db.session.commit()
        with pytest.raises(RuntimeError, match="loses the triggers kept"):
            command.upgrade(config, "later")
        names = db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        assert list(names) == ["articles_fts_deleted", "kept"]
        db.session.rollback()
        migrations.check()  # still at the step before


def test_searchs_own_tables_are_left_to_search() -> None:
    assert not steps.include_name("articles_fts_data", "table", {})
    assert steps.include_name("articles", "table", {})
    assert steps.include_name("ix_fts", "index", {})


def test_a_step_is_written_in_alembics_own_words() -> None:
    column = "sa.DateTime(timezone=True)"
    assert steps.render_item("type", UTCDateTime(), None) == column
    assert steps.render_item("type", sa.String(), None) is False


def test_migrations_name_no_class_of_ours() -> None:
    for step in (migrations.FOLDER / "versions").glob("*.py"):
        assert "newsite" not in step.read_text(), step.name


def test_a_site_of_the_first_version_is_brought_along_with_its_lists_and_replies(
    empty: Flask,
) -> None:
    at = "2026-11-01 00:30:00.000000"  # in New York it is October
    words = "'', '', 'x', 'html', '<p>x</p>', 1, 1, '', 'news'"
    rows = [
        f"(1, 'article', 'published', 1, '/a/', '/a', 'Out', {words}, '{at}', '{at}')",
        f"(2, 'article', 'draft', 1, NULL, NULL, 'Draft', {words}, '{at}', '{at}')",
        f"(3, 'page', 'published', 1, '/c/', '/c', 'Page', {words}, '{at}', '{at}')",
    ]
    filled = (
        (
            "INSERT INTO site (id, name, tagline, description, footer, language, timezone, accent,"
            " path_pattern, header_menu, footer_menu, founded_at) VALUES"
            f" (1, 'P', '', '', '', 'en-GB', 'America/New_York', '#c3122f', '/%slug%/', '[]', '[]', '{at}')"
        ),
        "INSERT INTO tags (id, slug, name) VALUES (1, 't', 'T')",
        "INSERT INTO contributors (id, slug, name, kind, about) VALUES (1, 'c', 'C', 'person', '')",
        "INSERT INTO articles (id, kind, state, version, path, path_key, title, standfirst, source_name,"
        " body, body_format, body_html, body_policy, words, byline, label, published_at, created_at,"
        " first_published_precision, is_old_work, source_url, source_is_original, replies_open,"
        " reply_count, is_sticky, withdrawn_reason, saved_at) VALUES "
        + ", ".join(row[:-1] + f", 'day', 0, '', 0, 1, 1, 0, '', '{at}')" for row in rows),
        "INSERT INTO article_tags (article_id, tag_id) VALUES (1, 1), (2, 1), (3, 1)",
        "INSERT INTO credits (article_id, contributor_id, position) VALUES (1, 1, 0), (2, 1, 0)",
        (
            "INSERT INTO comments (id, article_id, depth, place, status, is_on_page, author_name, email,"
            " email_key, website, body, body_html, body_policy, fingerprint, badge, created_at) VALUES"
            f" (1, 1, 1, 'a', 'approved', 1, 'Ann', '', '', '', 'Hi.', '<p>Hi.</p>', 1, 'f', '', '{at}')"
        ),
    )
    with empty.app_context():
        command.upgrade(steps.configuration(), "0001")
        for statement in filled:
            db.session.execute(sa.text(statement))
        db.session.commit()
        migrations.upgrade()

        def read(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in db.session.execute(sa.text(query))]

        assert read("SELECT id, listed_at FROM articles ORDER BY id") == [
            (1, at),
            (2, None),
            (3, None),
        ]
        assert read("SELECT article_id, listed_at FROM article_tags ORDER BY article_id") == [
            (1, at),
            (2, None),
            (3, None),
        ]
        assert read("SELECT listed_at FROM credits ORDER BY article_id") == [(at,), (None,)]
        assert read("SELECT * FROM months") == [("America/New_York", "2026-10-01", 1)]
        assert [one.id for one in search.find("out x", limit=5)] == [1]
        assert search.wrong(connection()) == 0
        assert read("SELECT block_html, block_mark FROM comments") == [("", "")]
        db.session.commit()
        assert (
            b"<p>Hi.</p>" in empty.test_client().get("/a/", base_url="http://127.0.0.1:8000").data
        )
