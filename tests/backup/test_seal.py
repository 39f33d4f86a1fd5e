import io
import zipfile
from pathlib import Path

import pytest
from places import seal_up

from newsite.backup import seal
from newsite.backup.refusals import ArchiveDamaged

PATH = Path("site.zip")


@pytest.fixture
def sealed(tmp_path):
    seal_up(tmp_path / "a.zip", [("a", b"words" * 100), ("b", b"")])
    return (tmp_path / "a.zip").read_bytes()


def test_a_sealed_file_is_a_zip_file_that_anybody_can_open(sealed):
    seal.check(io.BytesIO(sealed), PATH)
    with zipfile.ZipFile(io.BytesIO(sealed)) as zipped:
        assert zipped.testzip() is None
        assert zipped.comment.startswith(b"newsite sha256 ")


def test_any_byte_that_changes_is_noticed(sealed):
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        with pytest.raises(ArchiveDamaged):
            seal.check(io.BytesIO(changed), PATH)


def test_any_end_that_is_missing_is_noticed(sealed):
    for length in range(len(sealed)):
        with pytest.raises(ArchiveDamaged):
            seal.check(io.BytesIO(sealed[:length]), PATH)


def test_a_byte_more_is_noticed(sealed):
    with pytest.raises(ArchiveDamaged, match=r"site\.zip is no backup of newsite"):
        seal.check(io.BytesIO(sealed + b"\0"), PATH)
