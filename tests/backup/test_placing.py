import os
import shutil
from types import SimpleNamespace

import migrated
import pytest
from places import forge

from newsite.backup import archive, placing
from newsite.backup.refusals import BackupRefused, NotEmpty
from newsite.media.folder import Folder
from newsite.media.stored import Stored

KEY = "0123456789abcdef" * 2  # of a picture


def put(path, data, *, media=None, secret=True, replace=False, within=lambda: None):
    storage = media or Folder(data / "media")
    with (
        archive.opened(path) as opened,
        placing.placed(opened, data, storage, secret=secret, replace=replace),
    ):
        within()


@pytest.fixture
def data(tmp_path):
    """A data folder with a secret of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secret_key").write_text("own")
    return folder


@pytest.fixture
def closed():
    """What this process makes is closed to others, as under deploy/newsite.service."""
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.fixture
def kept(place, tmp_path):
    """An archive of a site with one picture, and hardly a row."""
    with place.inside():
        migrated.upgrade()
    (place.data / "media" / "2026").mkdir(parents=True)
    (place.data / "media" / "2026" / "a.png").write_bytes(b"picture")
    place.backup(tmp_path / "kept.zip")
    return tmp_path / "kept.zip"


def listed(data):
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file()
    }


def test_pictures_and_secret_are_put_where_they_were(kept, data, place):
    put(kept, data)
    assert listed(data) == {
        "secret_key": place.secret.encode(),
        "media/2026/a.png": b"picture",
    }
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in data.iterdir()} == {"secret_key", "media"}


def test_a_secret_that_is_not_wanted_stays_away(kept, data):
    put(kept, data, secret=False)
    assert listed(data) == {"secret_key": b"own", "media/2026/a.png": b"picture"}


def test_pictures_that_are_there_stay_unless_they_may_go(kept, data):
    (data / "media").mkdir()
    put(kept, data)  # an empty folder is nobody's loss
    for there in (KEY, "2026", ".restoring-killed"):
        (data / "media" / there).mkdir(exist_ok=True)
        (data / "media" / there / "mine.png").write_bytes(b"mine")
        with pytest.raises(NotEmpty, match="There are pictures in"):
            put(kept, data)
        assert (data / "media" / there / "mine.png").exists()
        put(kept, data, replace=True)
        assert listed(data).keys() == {"secret_key", "media/2026/a.png"}
        shutil.rmtree(data / "media" / "2026")


def test_all_is_as_it_was_if_the_rows_cannot_follow(kept, data):
    def fail():
        assert listed(data)["secret_key"] != b"own"
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        put(kept, data, within=fail)
    assert listed(data) == {"secret_key": b"own"}
    (data / "media" / KEY).mkdir(parents=True)
    (data / "media" / KEY / "mine.png").write_bytes(b"mine")
    with pytest.raises(RuntimeError):
        put(kept, data, replace=True, within=fail)
    assert listed(data) == {"secret_key": b"own", f"media/{KEY}/mine.png": b"mine"}
    assert {path.name for path in data.iterdir()} == {"secret_key", "media"}


def test_files_that_do_not_fit_are_refused_before_one_is_written(kept, data, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=20))
    with pytest.raises(BackupRefused, match="The backup's files need 0 MB; 0 MB are free"):
        put(kept, data)
    assert listed(data) == {"secret_key": b"own"}


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(kept, data):
    def clash(manifest, members):  # a picture where another one needs a folder
        members["media/2026"] = b""
        manifest["files"]["media/2026"] = manifest["files"]["secret_key"].copy()

    forge(kept, clash, honest=True)
    with pytest.raises(BackupRefused, match="The files cannot be put into"):
        put(kept, data)
    assert listed(data) == {"secret_key": b"own"}
    assert {path.name for path in data.iterdir()} == {"secret_key"}


def test_a_data_folder_that_is_none_is_named(kept, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupRefused, match="Not a directory"):
        put(kept, tmp_path / "file")


def test_pictures_go_where_the_site_keeps_them_open_to_a_web_server(kept, data, tmp_path, closed):
    elsewhere = tmp_path / "srv" / "media"
    put(kept, data, media=Folder(elsewhere))
    assert listed(elsewhere) == {"2026/a.png": b"picture"}
    assert listed(data).keys() == {"secret_key"}
    modes = [path.stat().st_mode & 0o777 for path in (elsewhere, *sorted(elsewhere.rglob("*")))]
    assert modes == [0o755, 0o755, 0o644]


def test_a_folder_that_is_a_disk_of_its_own_is_emptied_and_stays(kept, data, tmp_path):
    elsewhere = tmp_path / "disk"
    (elsewhere / KEY).mkdir(parents=True)
    (elsewhere / KEY / "b.png").write_bytes(b"old")
    number = elsewhere.stat().st_ino
    put(kept, data, media=Folder(elsewhere), replace=True)
    assert listed(elsewhere) == {"2026/a.png": b"picture"}
    assert elsewhere.stat().st_ino == number


def test_what_a_disk_of_its_own_has_in_it_is_no_picture_and_stays(kept, data, tmp_path):
    """As `mkfs.ext4` makes it: root's, so that whoever runs the site may neither look into it nor move it."""
    found = tmp_path / "disk" / "lost+found"
    found.mkdir(parents=True)
    number = found.stat().st_ino
    for replace in (False, True):
        put(kept, data, media=Folder(found.parent), replace=replace)
        assert {path.name for path in found.parent.iterdir()} == {"lost+found", "2026"}
        assert found.stat().st_ino == number


def test_what_somebody_else_has_put_into_a_new_folder_stays(kept, data, tmp_path):
    elsewhere = tmp_path / "new"

    def fail():
        (elsewhere / "theirs").write_text("theirs")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        put(kept, data, media=Folder(elsewhere), within=fail)
    assert listed(elsewhere) == {"theirs": b"theirs"}


class Shelf:
    """A storage that is no folder, and what is in it."""

    def __init__(self, **things):
        self.things = {f"{key}/b.png": content for key, content in things.items()}

    def put(self, name, content):
        self.things[name] = content.read()

    def clear(self, key):
        self.things = {k: v for k, v in self.things.items() if not k.startswith(f"{key}/")}

    def names(self):
        yield from self.things

    def open(self, name, start=0, end=None):
        content = self.things[name]
        return Stored(len(content), 0, len(content), iter([content]))

    def size(self, name):
        return len(self.things[name])


class Refusing(Shelf):
    def put(self, name, content):
        raise OSError("S3 says AccessDenied")


def test_pictures_are_put_into_a_bucket_beside_what_is_there(kept, data):
    shelf = Shelf(theirs=b"theirs")
    put(kept, data, media=shelf)
    assert shelf.things == {"theirs/b.png": b"theirs", "2026/a.png": b"picture"}
    assert not (data / "media").exists()


def test_a_bucket_is_as_it_was_if_the_rows_cannot_follow(kept, data):
    def fail():
        raise RuntimeError("power cut")

    empty, same = Shelf(), Shelf(**{"2026": b"mine"})
    for shelf in (empty, same):
        with pytest.raises(RuntimeError):
            put(kept, data, media=shelf, within=fail)
    assert empty.things == {}
    assert same.things["2026/b.png"] == b"mine"  # what has the same key is the same site's
    assert listed(data) == {"secret_key": b"own"}


def test_a_bucket_that_refuses_is_a_sentence_and_changes_nothing(kept, data):
    with pytest.raises(BackupRefused, match="S3 says AccessDenied"):
        put(kept, data, media=Refusing())
    assert listed(data) == {"secret_key": b"own"}


def test_an_archive_without_pictures_takes_none_away(kept, data):
    def forget(manifest, members):
        manifest["left_out"]["media"] = "pictures and files are in s3://our-paper"
        manifest["files"].pop("media/2026/a.png")
        members.pop("media/2026/a.png")

    forge(kept, forget)
    (data / "media").mkdir()
    (data / "media" / "mine.png").write_bytes(b"mine")
    put(kept, data)
    put(kept, data, replace=True)
    assert listed(data)["media/mine.png"] == b"mine"
