import json
from dataclasses import replace

import pytest

from newsite.backup import manifest
from newsite.backup.manifest import FileEntry, Manifest, TableEntry
from newsite.backup.refusals import ArchiveDamaged, ArchiveNewer

SUM = "0" * 64
WHOLE = Manifest(
    format=1,
    newsite="0.1.0",
    revision="0001",
    engine="sqlite",
    made_at="2026-11-22T12:00:00+00:00",
    epoch="abc",
    sequence=3,
    secret="abc",
    tables={"tags": TableEntry(2, 30, SUM, {"id": "integer"}, None)},
    left_out={"sessions": "because"},
    files={"secret_key": FileEntry(64, SUM), "media/a b/ö.png": FileEntry(1, SUM)},
)


def test_a_manifest_is_read_as_it_was_written():
    assert manifest.read(WHOLE.written()) == WHOLE
    counted = replace(WHOLE, tables={"tags": TableEntry(2, 30, SUM, {"id": "integer"}, 7)})
    assert manifest.read(counted.written()) == counted


def test_a_manifest_names_every_member():
    assert WHOLE.members().keys() == {"tables/tags.jsonl", "secret_key", "media/a b/ö.png"}
    assert WHOLE.rows == 2


def test_a_newer_form_is_told_apart_from_damage():
    with pytest.raises(ArchiveNewer, match=r"made by a newer newsite \(9\.0\)"):
        manifest.read(b'{"format": 2, "newsite": "9.0", "anything": "else"}')


@pytest.mark.parametrize("name", sorted(json.loads(WHOLE.written())))
@pytest.mark.parametrize("value", [None, True, "x", -1, [], {"x": 1}])
def test_a_manifest_with_nonsense_in_it_is_refused(name, value):
    strings = ("newsite", "revision", "engine", "epoch", "secret")
    if name in strings and value == "x":
        return  # any words will do
    told = json.loads(WHOLE.written())
    if value == -1 and name == "format":
        value = 0.5
    with pytest.raises(ArchiveDamaged, match="manifest cannot be used"):
        manifest.read(json.dumps(told | {name: value}).encode())
    del told[name]
    with pytest.raises(ArchiveDamaged):
        manifest.read(json.dumps(told).encode())


@pytest.mark.parametrize(
    ("entries", "name", "field", "value"),
    [
        ("tables", "tags", "rows", -1),
        ("tables", "tags", "rows", 2**63),
        ("tables", "tags", "bytes", "1"),
        ("tables", "tags", "sha256", "0" * 63),
        ("tables", "tags", "columns", {}),
        ("tables", "tags", "columns", {"id": "program"}),
        ("tables", "tags", "columns", ["id"]),
        ("tables", "tags", "last_id", -1),
        ("files", "secret_key", "sha256", 1),
    ],
)
def test_a_part_with_nonsense_in_it_is_refused(entries, name, field, value):
    told = json.loads(WHOLE.written())
    told[entries][name][field] = value
    with pytest.raises(ArchiveDamaged):
        manifest.read(json.dumps(told).encode())


@pytest.mark.parametrize("written", [b"", b"[]", b"\xff", b"1", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(written):
    with pytest.raises(ArchiveDamaged):
        manifest.read(written)


@pytest.mark.parametrize("table", ["", "Tags", "a" * 64, "tags; DROP TABLE tags", "../tags"])
def test_a_table_has_a_name_of_a_table(table):
    told = json.loads(WHOLE.written())
    told["tables"][table] = told["tables"]["tags"]
    with pytest.raises(ArchiveDamaged):
        manifest.read(json.dumps(told).encode())


@pytest.mark.parametrize(
    "name",
    [
        "",
        "media",
        "media/",
        "/media/a",
        "media//a",
        "media/../a",
        "media/./a",
        "../media/a",
        "newsite.db",
        "static/a.js",
        "media/a\\b",
        "C:/media/a",
        "media/a\nb",
        "media/a\0",
        "media/" + "ö" * 128,
        "media/\ud800",
    ],
)
def test_a_file_that_would_lie_elsewhere_is_refused(name):
    told = json.loads(WHOLE.written())
    told["files"][name] = told["files"]["secret_key"]
    with pytest.raises(ArchiveDamaged):
        manifest.read(json.dumps(told).encode())


def test_only_the_secret_and_pictures_may_be_put_back():
    assert manifest.is_safe("secret_key")
    assert manifest.is_safe("media/2026/Größe (1).png")
    assert not manifest.is_safe("secret_key/a")
