"""What the filter sees of a reply."""

import sys

import pytest

from newsite.comments.spam.features import (
    BUCKETS,
    LINK,
    MOST_CHARS,
    Suspect,
    host_bucket,
    host_of,
    pair_bucket,
    read,
    word_bucket,
)


def test_a_reply_is_words_pairs_and_hosts() -> None:
    traits = read(Suspect("See my channel: https://www.Example.org/a?b=c, it is GREAT"))
    assert traits.words == ["see", "my", "channel", LINK, "it", "is", "great"]
    assert traits.hosts == ["example.org"]
    assert word_bucket("great") in traits.buckets
    assert pair_bucket("my", "channel") in traits.pairs
    assert host_bucket("example.org") in traits.buckets
    assert set(traits.pairs) < traits.buckets


def test_no_number_is_beyond_the_tables_and_the_same_reply_has_the_same() -> None:
    suspect = Suspect("Ceci n’est pas une réponse. 返信", "Ann", "ann@example.org", "a.org")
    assert all(0 <= bucket < BUCKETS for bucket in read(suspect).buckets)
    assert read(suspect) == read(suspect)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("https://a.example/x http://b.example", ["a.example", "b.example"]),
        ("www.example.org.", ["example.org"]),
        ("go to (murdev.com) now", ["murdev.com"]),
        ("murdev.com/path?x=1, or a.b.co.uk!", ["murdev.com", "a.b.co.uk"]),
        ('<a href="http://a.example/">buy</a>', ["a.example"]),
        ("<a href=http://a.example/ title=x>buy</a>", ["a.example"]),
        ("end of line.Next line", []),  # a space was forgotten
        ("3.5 per cent, readme.md, ann@example", []),
        ("company.", []),
        ("https://", []),
    ],
)
def test_addresses_are_found_as_people_write_them(text: str, hosts: list[str]) -> None:
    traits = read(Suspect(text))
    assert traits.hosts == hosts
    assert traits.words.count(LINK) == len(hosts)


def test_tags_entities_and_what_cannot_be_seen_hide_nothing() -> None:
    plain = read(Suspect("check out my channel"))
    for disguise in (
        "check <b>out</b> my<br />channel",
        "check&#32;out&nbsp;my channel",
        "che\u200bck out my chan\u00adnel",
        "ｃｈｅｃｋ ｏｕｔ ｍｙ ｃｈａｎｎｅｌ",
        "Check OUT my Channel",
    ):
        assert read(Suspect(disguise)).words == plain.words


def test_a_reply_cannot_pretend_to_have_links() -> None:
    assert read(Suspect(f"a {LINK} b &#1; c")).words == ["a", "b", "c"]


def test_the_shape_of_a_reply_counts() -> None:
    calm, loud = read(Suspect("this is the way")), read(Suspect("THIS IS THE WAY!!!"))
    assert calm.words == loud.words
    assert calm.buckets != loud.buckets


def test_the_sender_counts_but_the_mailbox_does_not() -> None:
    ann = Suspect("Hello", "Ann", "ann@example.org", "https://ann.example/")
    bob = Suspect("Hello", "Ann", "bob@example.org", "https://ann.example/about")
    assert read(ann).buckets == read(bob).buckets
    assert host_bucket("ann.example") in read(ann).buckets
    assert read(ann).buckets != read(Suspect("Hello", "Bob", ann.email, ann.website)).buckets
    assert read(ann).buckets != read(Suspect("Hello", "Ann", "ann@example.net")).buckets


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Example.org/path", "example.org"),
        ("example.org:8080", "example.org"),
        ("  http://example.org?x ", "example.org"),
        ("", ""),
        ("https://", ""),
    ],
)
def test_a_host_has_one_name(address: str, host: str) -> None:
    assert host_of(address) == host


def test_nothing_at_all_has_a_shape_only() -> None:
    traits = read(Suspect(""))
    assert (traits.words, traits.hosts, traits.pairs) == ([], [], [])
    assert traits.buckets


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 half a character",
        "a\x00b",
        "&#xD800;&#1114112;&#99999999999;",
        "<" * 5_000,
        "<a" * 2_500,
        "ﷺ" * 5_000,  # becomes eighteen characters
        "x" * 1_000_000,
    ],
)
def test_whatever_is_sent_has_a_bounded_number_of_traits(text: str) -> None:
    traits = read(Suspect(text, author=text, email=text, website=text))
    assert len(traits.buckets) <= 2 * MOST_CHARS


@pytest.mark.parametrize(
    "piece",
    ["a.", "a-", "http://", "www.", "<a ", "&#", "a.com ", ".", "-", "e\u0301", "&amp;", "@"],
)
def test_reading_twice_as_much_takes_twice_the_steps(piece: str) -> None:
    half, whole = (read_calls(piece * (count // len(piece))) for count in (2_000, 4_000))
    assert whole <= 2 * half + 100


def read_calls(text: str) -> int:
    """How many functions are called to read a text. What a pattern does inside is bounded by its shape."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        read(Suspect(text))
    finally:
        sys.setprofile(before)
    return count
