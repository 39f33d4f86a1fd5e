import shutil
from types import SimpleNamespace

import pytest
from places import forge

from newsite.backup import archive, placing
from newsite.backup.refusals import BackupRefused, NotEmpty


def put(path, data, *, secret=True, replace=False, within=lambda: None):
    with (
        archive.opened(path) as opened,
        placing.placed(opened, data, secret=secret, replace=replace),
    ):
        within()


@pytest.fixture
def data(tmp_path):
    """A data folder with a secret of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secret_key").write_text("own")
    return folder


def listed(data):
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file()
    }


def test_pictures_and_secret_are_put_where_they_were(kept, data, paper):
    put(kept, data)
    assert listed(data) == {
        "secret_key": paper.secret.encode(),
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
    (data / "media" / "mine.png").write_bytes(b"mine")
    with pytest.raises(NotEmpty, match="There are pictures in"):
        put(kept, data)
    assert (data / "media" / "mine.png").exists()
    put(kept, data, replace=True)
    assert listed(data).keys() == {"secret_key", "media/2026/a.png"}


def test_all_is_as_it_was_if_the_rows_cannot_follow(kept, data):
    def fail():
        assert listed(data)["secret_key"] != b"own"
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        put(kept, data, within=fail)
    assert listed(data) == {"secret_key": b"own"}
    (data / "media").mkdir()
    (data / "media" / "mine.png").write_bytes(b"mine")
    with pytest.raises(RuntimeError):
        put(kept, data, replace=True, within=fail)
    assert listed(data) == {"secret_key": b"own", "media/mine.png": b"mine"}
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
