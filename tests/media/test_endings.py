import io
import struct
import zipfile

import pytest
from photographs import animation, photograph, saved, scene

from newsite.media import endings

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("run.me", "a program")
        made.comment = b"with words of its own"
    return stream.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "behind",
    [
        b"<script>alert(1)</script>",
        b"\n<!DOCTYPE HTML>",
        b"<?php system($_GET[0]);",
        b"<svg onload=x>",
        b"%PDF-1.7",
        archive(),
    ],
)
def test_a_picture_with_something_behind_it_is_something_else(kind: str, behind: bytes):
    content = photograph(kind)
    assert not endings.is_something_else(content, kind)
    assert endings.is_something_else(content + behind, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_phones_put_behind_a_picture_is_no_harm(kind: str):
    film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40 + b"SEFH"
    assert not endings.is_something_else(photograph(kind) + film, kind)


def test_a_script_in_a_comment_is_no_other_document():
    # It is in front of the picture, where nothing runs it, and it does not survive drawing.
    assert b"<script>" in photograph("JPEG")
    assert not endings.is_something_else(photograph("JPEG"), "JPEG")


def test_a_pdf_begins_within_its_first_thousand_bytes():
    content = photograph("JPEG")
    comment = b"\xff\xfe" + struct.pack(">H", 11) + b"%PDF-1.7\n"
    assert endings.is_something_else(content[:2] + comment + content[2:], "JPEG")


def test_an_archive_is_read_from_its_end_whatever_stands_before():
    assert endings.is_something_else(photograph("JPEG") + archive(), "MPO")
    half = photograph("JPEG") + b"PK\x05\x06"
    assert not endings.is_something_else(half, "JPEG")
    far = b"PK\x05\x06" + b"\0" * 16 + b"\xff\xff" + b"\0" * 50
    assert not endings.is_something_else(photograph("JPEG") + far, "JPEG")


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_half_a_file_is_its_end(kind: str):
    half = photograph(kind)[:200]
    assert endings._end(half, kind) <= len(half)
    assert endings._end(b"", kind) == 0


def test_the_ends_of_rarer_forms_are_found():
    for content, kind in [
        (animation("GIF", 4), "GIF"),
        (saved(scene(mode="L"), "GIF"), "GIF"),
        (saved(scene(), "JPEG", progressive=True), "JPEG"),
    ]:
        assert endings._end(content + b"behind", kind) == len(content)
    wide = b"\0\0\0\x01mdat" + struct.pack(">Q", 20) + b"four"
    assert endings._avif(wide + b"\0\0\0\x02bad!") == 20
    assert endings._end(b"\xff\xd8\xff\xda nothing that ends", "JPEG") == 22
