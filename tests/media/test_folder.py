import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsite.media.folder import Folder

NAME = f"{'0a' * 16}/full.jpg"


class Broken(io.BytesIO):
    """Something that ends in the middle, as on a full disk."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise OSError("No space left on device")
        return super().read(size)


def test_what_could_not_be_written_leaves_nothing_behind(tmp_path: Path):
    folder = Folder(tmp_path)
    with pytest.raises(OSError, match="No space"):
        folder.put(NAME, Broken(b"x" * 100_000))
    assert list(tmp_path.rglob("*")) == []


def test_what_is_there_already_survives_a_full_disk(tmp_path: Path):
    folder = Folder(tmp_path)
    folder.put(NAME, io.BytesIO(b"before"))
    with pytest.raises(OSError, match="No space"):
        folder.put(NAME.replace("full.jpg", "640.webp"), Broken(b"x" * 100_000))
    assert [path.name for path in tmp_path.rglob("*.*")] == ["full.jpg"]


@pytest.fixture
def closed() -> Iterator[None]:
    """What this process makes is closed to others, as under deploy/newsite.service."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_a_web_server_may_read_the_files(tmp_path: Path, closed: None):
    folder = Folder(tmp_path / "srv" / "media")
    folder.put(NAME, io.BytesIO(b"x"))
    path = folder.root / NAME
    assert path.stat().st_mode & 0o777 == 0o644
    for parent in (path.parent, folder.root, folder.root.parent):
        assert parent.stat().st_mode & 0o777 == 0o755


def test_the_rights_of_a_folder_that_was_there_are_its_owners_affair(tmp_path: Path, closed: None):
    (tmp_path / "media").mkdir(mode=0o700)
    Folder(tmp_path / "media").put(NAME, io.BytesIO(b"x"))
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700


def test_what_is_half_written_has_no_name(tmp_path: Path):
    folder = Folder(tmp_path)
    folder.put(NAME, io.BytesIO(b"x"))
    (tmp_path / NAME).with_name(".partial").write_bytes(b"half")
    assert list(folder.names()) == [NAME]


def test_a_part_ends_where_a_file_was_cut_short_meanwhile(tmp_path: Path):
    folder = Folder(tmp_path)
    folder.put(NAME, io.BytesIO(b"0123456789"))
    found = folder.open(NAME)
    assert found is not None
    (tmp_path / NAME).write_bytes(b"01")
    assert b"".join(found.pieces) == b"01"
