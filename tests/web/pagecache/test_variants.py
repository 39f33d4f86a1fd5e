"""One answer in several forms."""

import gzip

import brotli
import pytest

from newsite.web.pagecache.variants import chosen, is_known, size, variants

HTML = [("Content-Type", "text/html; charset=utf-8"), ("ETag", '"flask"'), ("Content-Length", "1")]
BODY = b"<p>The count was at six.</p>" * 50


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),  # a program that says nothing understands nothing
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),  # not a wish
        ("gzip;q=0.5, br;q=0.4", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("*", "br"),
        ("identity;q=0", None),  # nothing else is left to send
        ("deflate", None),
    ],
)
def test_a_reader_gets_the_smallest_form_that_is_understood(
    accepted: str, coding: str | None
) -> None:
    headers = dict(chosen(variants(BODY, HTML), accepted).headers)
    assert headers.get("Content-Encoding") == coding


def test_the_same_bytes_have_the_same_tag_and_the_same_packing() -> None:
    first, again = variants(BODY, HTML), variants(BODY, HTML)
    assert first == again
    assert len({one.etag for one in first.values()}) == 3
    assert variants(BODY + b" ", HTML)["br"].etag != first["br"].etag
    assert gzip.decompress(first["gzip"].body) == BODY
    assert brotli.decompress(first["br"].body) == BODY


@pytest.mark.parametrize("times", [50, 5_000], ids=["remembered", "too large to be remembered"])
def test_who_understands_no_packing_gets_the_same_bytes_unpacked(times: int) -> None:
    body = b"<p>The count was at six.</p>" * times
    forms = variants(body, HTML)
    plain = chosen(forms, "")
    assert plain.body == plain.body == body
    assert dict(plain.headers)["Content-Length"] == str(len(body))
    assert plain.kept is forms["gzip"].body  # the plain form is in memory no longer


def test_what_is_packed_by_brotli_only_is_kept_plain_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip, "compress", lambda body, *given, **named: body + b"larger")
    forms = variants(BODY, HTML)
    assert set(forms) == {"identity", "br"}
    assert forms["identity"].body is BODY


def test_a_kept_page_does_not_say_when_it_was_made() -> None:
    plain = variants(BODY, [*HTML, ("Date", "Sun, 22 Nov 2026 12:00:00 GMT")])["identity"]
    assert "Date" not in dict(
        plain.headers
    )  # the server says when it answers; caches count from it


def test_what_would_not_get_smaller_is_not_packed() -> None:
    assert list(variants(b"short", HTML)) == ["identity"]
    assert list(variants(BODY, [("Content-Type", "image/png")])) == ["identity"]
    noise = bytes(range(256)) * 2
    assert set(variants(noise[:300], [])) <= {"identity", "gzip", "br"}


def test_each_form_says_what_it_is_once() -> None:
    packed = variants(BODY, HTML)["gzip"]
    names = [name for name, _ in packed.headers]
    assert sorted(names) == sorted(set(names))
    assert dict(packed.headers)["Content-Length"] == str(len(packed.body))
    assert [name for name, _ in packed.short_headers] == ["ETag", "Vary"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [('"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False), ("", False)],
)
def test_a_tag_is_compared_weakly(known: str, expected: bool) -> None:
    assert is_known('"a"', known) is expected


def test_memory_counts_what_is_kept_once_and_all_headers() -> None:
    forms = variants(BODY, HTML)
    packed = len(forms["gzip"].body) + len(forms["br"].body)
    assert packed + 50 * 6 < size(forms) < packed + len(BODY)
