import json
import os
import resource
import threading
import zipfile
from contextvars import Context
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from places import NOW

from newsite import migrations
from newsite.accounts.models import User
from newsite.articles.models import Tag
from newsite.backup import archive, tables, writing
from newsite.backup.refusals import BackupRefused
from newsite.db import db
from newsite.site.models import Logo


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "site.zip"


def members(path):
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def test_an_archive_says_what_is_in_it(filled, engine, path):
    manifest = filled.backup(path)
    found = members(path)
    assert json.loads(found["manifest.json"]) == json.loads(manifest.written())
    assert manifest.engine == engine
    assert manifest.at == NOW
    assert manifest.sequence == 2**40
    assert manifest.left_out == tables.LEFT_OUT
    assert manifest.tables.keys() == tables.carried().keys()
    site = json.loads(found["tables/site.jsonl"])
    assert site["name"] == "The Loading Bay"
    assert site["header_menu"][0].keys() == {"label", "address"}
    users = [json.loads(line) for line in found["tables/users.jsonl"].splitlines()]
    assert [user["role"] for user in users] == ["admin", "editor", "writer"]
    assert (manifest.tables["tags"].last_id is None) is (engine == "sqlite")


def test_an_archive_is_readable_by_its_owner_alone(filled, path):
    os.umask(os.umask(0o022))
    filled.backup(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["site.zip"]


def test_the_secret_is_in_it_unless_it_is_to_stay_out(filled, path, tmp_path):
    manifest = filled.backup(path)
    assert members(path)["secret_key"].decode() == filled.secret
    assert manifest.secret == writing.fingerprint(filled.secret)
    assert filled.secret.encode() not in manifest.written()
    filled.backup(tmp_path / "other.zip", keeps_secret=False)
    assert "secret_key" not in members(tmp_path / "other.zip")


def test_nobody_is_signed_in_by_a_backup(filled, path):
    filled.backup(path)
    assert "tables/sessions.jsonl" not in members(path)


def test_the_pictures_are_in_it_and_nothing_that_only_points_elsewhere(filled, path):
    media = filled.data / "media"
    (media / "2026").mkdir(parents=True)
    (media / "2026" / "a.png").write_bytes(b"a" * 3_000_000)
    (media / "b.png").write_bytes(b"")
    (media / "passwd").symlink_to("/etc/passwd")
    (media / "2026" / ".half").write_bytes(b"a")  # on its way at this moment
    (media / ".restoring-x").mkdir()
    (media / ".restoring-x" / "c.png").write_bytes(b"a")
    manifest = filled.backup(path)
    assert manifest.files.keys() == {"secret_key", "media/2026/a.png", "media/b.png"}
    assert members(path)["media/2026/a.png"] == b"a" * 3_000_000


def test_a_picture_that_is_deleted_meanwhile_is_left_out(filled, path, monkeypatch):
    (filled.data / "media").mkdir()
    (filled.data / "media" / "a.png").write_bytes(b"a")
    monkeypatch.setattr(writing, "_chunks", lambda file: (filled.data / "no").open())
    assert filled.backup(path).files.keys() == {"secret_key"}


def test_a_picture_that_could_not_be_put_back_is_named(filled, path):
    (filled.data / "media").mkdir()
    (filled.data / "media" / "a\nb.png").write_bytes(b"a")
    with pytest.raises(BackupRefused, match="Rename it"):
        filled.backup(path)
    assert list(path.parent.iterdir()) == []


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(filled, path):
    """Somebody adds a tag before every table that is read, and renames everybody: none of it is there."""
    before = filled.rows()
    count = 0

    def write(what, done, of):
        nonlocal count
        count += 1
        with db.engine.begin() as connection:
            connection.execute(sa.insert(Tag), [{"slug": f"t{count}", "name": "x"}])
            connection.execute(sa.update(User).values(name=f"Somebody {count}"))

    def meanwhile(*told):
        # As another process does: in a thread, since this one says that it only reads.
        thread = threading.Thread(target=Context().run, args=(inside, *told))
        thread.start()
        thread.join()

    def inside(*told):
        with filled.app.app_context():
            write(*told)

    manifest = filled.backup(path, progress=meanwhile)
    assert count > 5
    with archive.opened(path) as opened:
        assert {name: list(opened.rows(name)) for name in manifest.tables} == before
    assert len(filled.rows()["tags"]) == len(before["tags"]) + count


def test_rows_are_read_a_few_at_a_time(filled, path, monkeypatch):
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 7)
    seen = []
    filled.backup(path, progress=lambda what, done, of: seen.append((what, done)))
    comments = [done for what, done in seen if what == "comments"]
    assert comments[:3] == [7, 14, 21]


def test_a_file_that_is_there_stays_unless_it_may_go(filled, path):
    path.write_text("mine")
    with pytest.raises(BackupRefused, match="is there already"):
        filled.backup(path)
    assert path.read_text() == "mine"
    filled.backup(path, overwrite=True)
    assert zipfile.is_zipfile(path)


def test_a_file_that_appears_meanwhile_stays(filled, path):
    with pytest.raises(BackupRefused, match="is there already"):
        filled.backup(path, progress=lambda *told: path.write_text("mine"))
    assert path.read_text() == "mine"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_no_file(filled, path):
    with pytest.raises(BackupRefused, match="is a folder"):
        filled.backup(path.parent, overwrite=True)


def test_a_folder_that_is_not_there_is_named(filled, path):
    with pytest.raises(BackupRefused, match=r"cannot be written to .*No such file"):
        filled.backup(path.parent / "no" / "site.zip")


def test_a_disk_that_fills_up_leaves_nothing_behind(filled, path):
    filled.backup(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    try:
        with pytest.raises(BackupRefused, match=r"File too large\. Nothing was left behind\."):
            filled.backup(path.with_name("other.zip"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(path.parent.iterdir()) == [path]


def test_somebody_who_stops_it_finds_nothing_left_behind(filled, path):
    def stop(*told):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.backup(path, progress=stop)
    assert list(path.parent.iterdir()) == []


def test_a_value_that_nobody_can_read_is_named_with_its_table(place, path):
    with place.inside():
        migrations.upgrade()
        known = {"sha256": "0", "content": b"", "width": "1", "height": 1}
        db.session.execute(sa.insert(Logo).values(**known))
        db.session.execute(sa.text("UPDATE logos SET content = 'words'"))
        db.session.execute(sa.text("INSERT INTO outbox VALUES (1,'a','a','{',0,'x','x',NULL,'')"))
        db.session.commit()
    with pytest.raises(BackupRefused, match="The table outbox holds a value"):
        place.backup(path)
    assert list(path.parent.iterdir()) == []


def test_a_backup_cannot_write(filled):
    with filled.inside(), writing.snapshot(db.engine) as connection:
        connection.execute(sa.select(Tag.id)).all()
        if connection.dialect.name == "postgresql":
            assert connection.scalar(sa.text("SHOW transaction_read_only")) == "on"
        else:
            with db.engine.connect() as other:  # nor does it keep anybody from it
                other.connection.driver_connection.execute("BEGIN IMMEDIATE")


def test_the_time_is_written_in_utc(filled, path):
    now = datetime.fromisoformat("2026-11-22T13:00:00+01:00")
    assert filled.backup(path, now=now).made_at == "2026-11-22T12:00:00+00:00"
    assert now.astimezone(UTC) == NOW
