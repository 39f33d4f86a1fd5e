"""Pictures and files as readers get them, whatever they ask for."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from pages import Pages

from newsite.media import storage
from newsite.media.folder import Folder
from newsite.media.models import Picture
from newsite.web.context import settings

KEY = "0c" * 16


@pytest.fixture
def pdf(app: Flask) -> str:
    """The address of a PDF of ten bytes."""
    storage.current().clear(KEY)
    storage.put(f"{KEY}/minutes.pdf", io.BytesIO(b"%PDF-56789"))
    return f"/media/{KEY}/minutes.pdf"


def test_a_picture_is_kept_by_browsers_for_ever(
    pages: Pages, make_picture: Callable[..., Picture]
) -> None:
    picture = make_picture()
    address = f"/media/{picture.key}/full.jpg"
    answer = pages.fetch(address)
    assert answer.status_code == 200
    assert len(answer.data) == answer.content_length == picture.bytes
    assert answer.headers["Content-Type"] == "image/jpeg"
    # A browser for a year; a cache that many share asks again, since what is deleted is to go.
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable, s-maxage=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Disposition" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    again = pages.fetch(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = pages.fetch(address, "HEAD")
    assert (head.data, head.content_length) == (b"", picture.bytes)


def test_caches_that_are_told_of_changes_have_a_key_to_drop_it_by(
    pages: Pages, app: Flask, pdf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Surrogate-Key" not in pages.fetch(pdf).headers
    told = replace(settings(), purge_urls=("http://127.0.0.1:6081/",))
    monkeypatch.setitem(app.extensions, "newsite.settings", told)
    assert pages.fetch(pdf).headers["Surrogate-Key"] == f"media:{KEY}"


def test_what_was_deleted_is_not_said_to_be_the_same_as_before(pages: Pages, pdf: str) -> None:
    known = {"If-None-Match": pages.fetch(pdf).headers["ETag"]}
    assert pages.fetch(pdf, headers=known).status_code == 304
    storage.current().clear(KEY)
    assert pages.fetch(pdf, headers=known).status_code == 404


def test_a_file_is_saved_and_never_opened_in_the_site(pages: Pages, pdf: str) -> None:
    answer = pages.fetch(pdf)
    assert answer.data == b"%PDF-56789"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=minutes.pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("bytes=0-4", 206, b"%PDF-", "bytes 0-4/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, b"%PDF-56789", None),
        ("pages=1-2", 200, b"%PDF-56789", None),
        ("bytes=x", 200, b"%PDF-56789", None),
    ],
)
def test_parts_are_given_where_a_part_is_asked_for(
    pages: Pages, pdf: str, asked: str, status: int, body: bytes, said: str | None
) -> None:
    answer = pages.fetch(pdf, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (status, body)
    assert answer.headers.get("Content-Range") == said


@pytest.mark.parametrize(("tag", "status"), [(f'"{KEY}-minutes.pdf"', 206), ('"another"', 200)])
def test_a_part_of_what_has_changed_is_the_whole(
    pages: Pages, pdf: str, tag: str, status: int
) -> None:
    answer = pages.fetch(pdf, headers={"Range": "bytes=0-4", "If-Range": tag})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{KEY}/other.pdf",
        f"/media/{'f' * 32}/full.jpg",
        f"/media/{KEY}/",
        f"/media/{KEY}",
        f"/media/{KEY}/../../newsite.db",
        f"/media/{KEY}/..%2f..%2fsecret_key",
        "/media/../secret_key",
        "/media/%2e%2e/secret_key",
        f"/media/{KEY}/minutes.pdf%00.jpg",
        f"/media/{KEY}/MINUTES.pdf",
        f"/media/{KEY}/minutes.exe",
        f"/media/{KEY}/.hidden.pdf",
        f"/media/{KEY.upper()}/minutes.pdf",
        "/media/" + "g" * 32 + "/minutes.pdf",
        "/media/",
    ],
)
def test_nothing_else_can_be_reached(pages: Pages, pdf: str, path: str) -> None:
    answer = pages.fetch(path)
    assert answer.status_code in (301, 308, 404)
    assert b"%PDF" not in answer.data


class Away(Folder):
    def size(self, name: str) -> int | None:
        raise OSError("S3 cannot be reached: EndpointConnectionError")


class Going(Folder):
    def open(self, name: str, start: int = 0, end: int | None = None) -> None:
        return None


@pytest.fixture
def use(app: Flask) -> Iterator[Callable[[type[Folder]], None]]:
    before = storage.current()
    assert isinstance(before, Folder)
    yield lambda kind: storage.use(kind(before.root))
    storage.use(before)


@pytest.mark.parametrize(("kind", "status"), [(Away, 503), (Going, 404)])
def test_a_storage_that_is_away_is_said_and_not_kept(
    pages: Pages, pdf: str, use: Callable[[type[Folder]], None], kind: type[Folder], status: int
) -> None:
    use(kind)
    answer = pages.fetch(pdf)
    assert answer.status_code == status
    assert "immutable" not in answer.headers["Cache-Control"]
