import os
import stat
import struct
import tracemalloc
import zipfile

import pytest
from places import forge, seal_up

from newsite.backup import archive, seal
from newsite.backup.refusals import ArchiveDamaged, BackupRefused


def look(path):
    """What reading all of an archive does."""
    with archive.opened(path) as opened:
        opened.verify(lambda *told: None)


def test_a_whole_archive_gives_back_what_is_in_it(kept, paper):
    with archive.opened(kept) as opened:
        opened.verify(lambda *told: None)
        rows = {name: list(opened.rows(name)) for name in opened.manifest.tables}
        assert b"".join(opened.content("media/2026/a.png")) == b"picture"
    assert rows == paper.rows()


def test_progress_is_told_every_thousand_rows(kept):
    def grow(manifest, members):
        line = members["tables/article_tags.jsonl"].splitlines(keepends=True)[0]
        members["tables/article_tags.jsonl"] = line * 2_500
        manifest["tables"]["article_tags"]["rows"] = 2_500

    forge(kept, grow, honest=True)
    told = []
    with archive.opened(kept) as opened:
        opened.verify(lambda *progress: told.append(progress))
    assert told == [
        ("checking article_tags", 1_000, 2_500),
        ("checking article_tags", 2_000, 2_500),
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BackupRefused, match=r"no\.zip cannot be read: No such file"):
        look(tmp_path / "no.zip")
    with pytest.raises(BackupRefused, match="cannot be read: Is a directory"):
        look(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\0" * 99, b"words" * 99])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ArchiveDamaged, match="is no backup of newsite"):
        look(tmp_path / "a.zip")


def test_any_byte_that_changes_and_any_end_that_is_missing_is_refused(kept, tmp_path):
    whole, damaged = kept.read_bytes(), tmp_path / "damaged.zip"
    places = [*range(0, len(whole), len(whole) // 40), len(whole) - 1]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 0x10
        damaged.write_bytes(changed)
        with pytest.raises(ArchiveDamaged):
            look(damaged)
        damaged.write_bytes(whole[:place])
        with pytest.raises(ArchiveDamaged):
            look(damaged)


def drop(name):
    return lambda manifest, members: members.pop(name)


def put(name, content):
    return lambda manifest, members: members.update({name: content})


def tell(entries, name, **given):
    return lambda manifest, members: manifest[entries][name].update(given)


def change_line(manifest, members):
    members["tables/tags.jsonl"] = members["tables/tags.jsonl"].replace(b'"id":1,', b'"id":8,')


def cut_line(manifest, members):
    members["tables/tags.jsonl"] = members["tables/tags.jsonl"][:-1]


@pytest.mark.parametrize(
    ("change", "honest", "sentence"),
    [
        (drop("tables/tags.jsonl"), False, "lacks a part: 'tables/tags.jsonl'"),
        (drop("secret_key"), False, "lacks a part: 'secret_key'"),
        (put("more", b""), False, "a part that its manifest does not name: 'more'"),
        (put("../more", b""), False, "a part that its manifest does not name: '../more'"),
        (put("/etc/cron.d/x", b""), False, "does not name: '/etc/cron.d/x'"),
        (put("media/b.png", b""), False, "does not name: 'media/b.png'"),
        (put("secret_key", b"short"), False, "a part of another size .*: secret_key"),
        (change_line, False, "a part that is not what was written: tables/tags.jsonl"),
        (cut_line, True, "ends within a row in tables/tags.jsonl"),
        (tell("tables", "tags", rows=3), False, "rows of tags where 3 belong"),
        (tell("tables", "tags", columns={"id": "integer"}), False, "a row that cannot be read"),
        (tell("tables", "tags", bytes=2**62), False, "a part of another size"),
        (put("tables/tags.jsonl", b"{}\n"), True, "a row that cannot be read"),
        (put("tables/tags.jsonl", b"\0"), True, "ends within a row"),
    ],
)
def test_an_archive_that_is_sealed_and_yet_not_whole_is_refused(kept, change, honest, sentence):
    forge(kept, change, honest=honest)
    with pytest.raises(ArchiveDamaged, match=sentence):
        look(kept)


def test_a_row_without_end_is_refused_before_it_fills_the_memory(kept, monkeypatch):
    monkeypatch.setattr(archive, "MOST_LINE_BYTES", 2 * 1024**2)
    forge(kept, put("tables/tags.jsonl", b"0" * 40 * 1024**2), honest=True)
    assert kept.stat().st_size < 1024**2
    tracemalloc.start()
    with pytest.raises(ArchiveDamaged, match=r"a row in tables/tags.jsonl that is too long"):
        look(kept)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 1024**2


def test_a_manifest_without_end_is_refused(tmp_path):
    seal_up(tmp_path / "a.zip", [("manifest.json", b" " * (archive.MOST_MANIFEST_BYTES + 1))])
    with pytest.raises(ArchiveDamaged, match="a manifest that is too large"):
        look(tmp_path / "a.zip")


def test_an_archive_without_a_manifest_is_refused(tmp_path):
    seal_up(tmp_path / "a.zip", [("a", b"")])
    with pytest.raises(ArchiveDamaged, match="has no manifest"):
        look(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path):
    seal_up(tmp_path / "a.zip", [("manifest.json", b"{}"), ("manifest.json", b"[]")])
    with pytest.raises(ArchiveDamaged, match="two parts of one name"):
        look(tmp_path / "a.zip")


def info(name, **given):
    made = zipfile.ZipInfo(name)
    for key, value in given.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    "strange",
    [
        info("media/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16),
        info("media/pipe", external_attr=(stat.S_IFIFO | 0o777) << 16),
        info("media/folder/", external_attr=(stat.S_IFDIR | 0o777) << 16),
        info("media/lzma", compress_type=zipfile.ZIP_LZMA),
    ],
    ids=lambda strange: strange.filename,
)
def test_a_part_that_is_no_plain_file_is_refused(tmp_path, strange):
    seal_up(tmp_path / "a.zip", [("manifest.json", b"{}"), (strange, b"/etc/passwd")])
    with pytest.raises(ArchiveDamaged, match="a part that is no plain file"):
        look(tmp_path / "a.zip")


def resealed(path, content):
    """The file with other bytes in its middle, and a seal that is right."""
    path.write_bytes(content)
    with path.open("r+b") as file:
        seal.close(file)


def test_a_part_that_is_encrypted_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    seal_up(path, [("manifest.json", b"{}")])
    content = bytearray(path.read_bytes())
    flags = content.index(b"PK\x01\x02") + 8
    content[flags : flags + 2] = struct.pack("<H", 1)
    resealed(path, content)
    with pytest.raises(ArchiveDamaged, match="a part that is no plain file"):
        look(path)


def test_a_part_that_cannot_be_unpacked_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    seal_up(path, [("manifest.json", os.urandom(2_000))])
    content = bytearray(path.read_bytes())
    content[500:600] = bytes(100)
    resealed(path, content)
    with pytest.raises(ArchiveDamaged, match=r"cannot be read at manifest\.json"):
        look(path)


def test_a_file_with_a_seal_that_is_no_zip_file_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    resealed(path, b"words" * 50 + b"newsite sha256 " + b"0" * 64)
    with pytest.raises(ArchiveDamaged, match="is no backup of newsite: File is not a zip file"):
        look(path)
