from datetime import UTC, datetime, timedelta

import migrated
import pytest
import sqlalchemy as sa

from newsite import create_app
from newsite.articles.models import Article
from newsite.backup.refusals import ArchiveDamaged
from newsite.cli import soundness
from newsite.cli.soundness import Wrong
from newsite.comments import actions
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.media import renditions, storage


def test_a_whole_database_is_whole(article):
    assert soundness.whole() == "nothing is broken or lost"
    assert soundness.counted() == "as many as the articles say"
    assert soundness.threaded() == "no reply answers itself"
    assert soundness.listed() == "articles stand where their times say, and months count them right"


def test_an_article_that_no_search_finds_is_counted(article):
    assert soundness.found() == "every article can be found"
    db.session.execute(sa.text("DELETE FROM articles_fts"))
    db.session.commit()
    with pytest.raises(Wrong, match=r"1 articles are missing .* newsite search rebuild"):
        soundness.found()


def test_a_search_that_hears_of_no_deletion_is_named(newsite, inside):
    db.session.execute(sa.text("DROP TRIGGER articles_fts_deleted"))
    db.session.commit()
    with pytest.raises(Wrong, match="does not hear of what is deleted"):
        soundness.found()


def test_an_article_that_counts_wrongly_is_named(article):
    article.reply_count = 3
    db.session.commit()
    with pytest.raises(Wrong, match=rf"article {article.id} says 3 and has 0\. {soundness.MEND}"):
        soundness.counted()


def test_of_many_that_count_wrongly_some_are_named(make_article):
    for number in range(soundness.MOST_NAMED + 1):
        make_article(f"Article {number}")
    db.session.execute(sa.update(Article).values(reply_count=1))
    db.session.commit()
    with pytest.raises(Wrong) as raised:
        soundness.counted()
    assert str(raised.value).count("says 1 and has 0") == soundness.MOST_NAMED


def test_replies_that_answer_each_other_in_a_circle_are_named(article, now):
    sent = [NewReply(name, f"{name}@example.org", "", "Hello.") for name in ("Ann", "Bo")]
    ann, bo = (actions.submit_reply(article, one, now=now) for one in sent)
    db.session.flush()
    ann.parent_id, bo.parent_id = bo.id, ann.id
    db.session.commit()
    circle = rf"in a circle: {ann.id}, {bo.id}, {ann.id}\. {soundness.MEND}"
    with pytest.raises(Wrong, match=circle):
        soundness.threaded()


def test_an_article_that_stands_elsewhere_is_named_and_so_is_a_month(article):
    article.listed_at = None
    db.session.commit()
    with pytest.raises(Wrong) as raised:
        soundness.listed()
    month = f"{article.published_at:%Y-%m}"
    assert str(raised.value) == (
        f"article {article.id} is not where its time says; {month} is counted wrongly. {soundness.MEND}"
    )


def test_a_row_that_refers_to_nothing_is_named(newsite, inside):
    db.session.commit()
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("INSERT INTO article_tags (article_id, tag_id) VALUES (99, 98)")
    with pytest.raises(Wrong, match=r"of article_tags refers to .* that is gone"):
        soundness.whole()


def test_a_file_that_is_broken_is_named(newsite, inside, data):
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as connection:
        root = connection.scalar(
            sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'uq_tags_slug' OR "
                    "name = 'sqlite_autoindex_tags_1'")
        )  # fmt: skip
        connection.execute(sa.text("INSERT INTO tags VALUES (1, 'a', 'A'), (2, 'b', 'B')"))
        connection.commit()
        size = connection.scalar(sa.text("PRAGMA page_size"))
        connection.connection.driver_connection.execute("ROLLBACK")
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    content = bytearray((data / "newsite.db").read_bytes())
    page = content[(root - 1) * size : root * size]
    content[(root - 1) * size : root * size] = page.replace(b"b\x02", b"c\x02")
    (data / "newsite.db").write_bytes(content)
    with pytest.raises(Wrong, match=r"index .*\. Keep what is there, and restore a backup\."):
        soundness.whole()


def test_a_constraint_that_was_never_checked_is_named(make_settings, new_database):
    later = "ALTER TABLE credits ADD CONSTRAINT later CHECK (position > 99) NOT VALID"
    with create_app(make_settings(database_url=new_database("postgresql"))).app_context():
        migrated.upgrade()
        db.session.execute(sa.text(later))
        with pytest.raises(Wrong, match=r"^constraint later\. Keep"):
            soundness.whole()
        db.session.remove()
        db.engine.dispose()


def test_an_old_backup_is_told_from_a_fresh_one(newsite, tmp_path):
    file = tmp_path / "site.zip"
    assert newsite("backup", str(file)).exit_code == 0
    now = datetime.now(UTC)
    for days in (None, 1):
        assert soundness.backed_up(file, days, now).startswith(f"{file} is whole")
    with pytest.raises(Wrong, match=r"site\.zip was made at .* UTC, more than 1 days ago"):
        soundness.backed_up(file, 1, now + timedelta(days=1, minutes=5))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ArchiveDamaged):
        soundness.backed_up(file, None, now)


def test_pictures_and_files_that_are_missing_are_named(make_picture, monkeypatch):
    picture = make_picture()
    renditions.make(picture.id)
    db.session.commit()
    count = 1 + len(picture.renditions)
    assert soundness.pictured() == f"{count} files are where they should be"
    storage.current().clear(picture.key)
    with pytest.raises(Wrong, match=f"{count} of {count} files are missing"):
        soundness.pictured()

    def away(name: str) -> int:
        raise OSError("S3 says AccessDenied")

    monkeypatch.setattr(storage.current(), "size", away)
    with pytest.raises(Wrong, match=r"does not answer \(S3 says AccessDenied\)"):
        soundness.pictured()
