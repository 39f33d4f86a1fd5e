import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsite import text

anything = st.text(st.characters(exclude_categories=()), max_size=200)  # lone surrogates too


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  Ann  \n Lee\t", "Ann Lee"),
        ("cafe\u0301", "café"),  # NFC
        ("Ann\x00\x1b\x85Lee", "Ann Lee"),  # a control character goes, a line end is a space
        ("\ud83d Ann \udc00", "Ann"),  # halves of characters
        ("evil\u202egnp.exe\u202c", "evilgnp.exe"),  # cannot be read backwards
        ("\u2067Ann\u2069", "Ann"),
        ("\ufeffAnn\ufffe\U0001ffff\ufdd0", "Ann"),
        ("e\ufeff\u0301", "é"),  # composed once what stood between is gone
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs its joiners
        ("👩\u200d🏭", "👩\u200d🏭"),  # and so do emoji
        ("שלום\u200f!", "שלום\u200f!"),
        ("10\u00a0% de hausse", "10\u00a0% de hausse"),  # one unusual space is meant
        ("one\u2028two", "one two"),
        ("\u200b\u200d \u3164\u2800", ""),  # a name that nobody can see is no name
        ("\ue000", "\ue000"),  # somebody's private characters are there to be seen
    ],
)
def test_a_line_is_what_a_person_meant_to_type(typed, line):
    assert text.tidy_line(typed) == line


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("\r\n one  two  \r\nthree\r", "one  two\nthree"),
        ("one\n \n\t\n\n\n\n\ntwo", "one\n\n\ntwo"),  # two blank lines at most
        ("if x:\n\tpass\n", "if x:\n\tpass"),
        ("a\x0cb\u2029c", "a\nb\nc"),
        ("\u202eabc\u202c\u0000", "abc"),
        ("\u200b\n\u200b", ""),
    ],
)
def test_a_text_keeps_its_lines(typed, tidied):
    assert text.tidy_text(typed) == tidied


@given(anything)
def test_tidying_twice_changes_nothing_more(typed):
    for tidy in (text.tidy_characters, text.tidy_line, text.tidy_text):
        once = tidy(typed)
        assert tidy(once) == once
        assert once.encode().decode() == once
        assert unicodedata.is_normalized("NFC", once)
        assert "\r" not in once
        assert "\x00" not in once


@given(anything)
def test_a_tidied_line_is_one_line_and_trimmed(typed):
    line = text.tidy_line(typed)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line


@given(anything)
def test_a_tidied_text_has_at_most_two_blank_lines_in_a_row(typed):
    assert "\n\n\n\n" not in text.tidy_text(typed)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        (
            "Amazon workers take historic strike action",
            "amazon-workers-take-historic-strike-action",
        ),
        ("Ünïon: 50% “up”!", "union-50-up"),
        ("Профсоюз", "profsoiuz"),
        ("✊✊✊", "12"),
        ("", "12"),
        ("word " * 30, "-".join(["word"] * 16)),  # 79 characters: the next would not fit
        ("x" * 100, "x" * 80),
    ],
)
def test_a_slug_is_readable_and_short(title, slug):
    assert text.slugify(title, "12") == slug


@given(anything)
def test_a_slug_is_always_fit_for_an_address(title):
    slug = text.slugify(title, "fallback")
    assert 0 < len(slug) <= 80
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug == slug.strip("-")


def test_plain_text_has_a_line_for_each_block():
    html = (
        "<h2>Strike</h2><p>Fish &amp; <em>ch</em>ips<br>at\n noon</p><ul><li>One</li><li>Two</ul>"
        "<script>ignore()</script><style>p { }</style>after"
    )
    assert text.plain(html) == "Strike\nFish & chips\nat noon\nOne\nTwo\nafter"


def test_a_short_text_is_its_own_excerpt():
    assert text.excerpt("<p>Twenty words</p><p>or fewer.</p>") == "Twenty words or fewer."


def test_an_excerpt_ends_with_a_whole_word():
    assert text.excerpt("<p>one two three</p>", limit=8) == "one two…"
    assert text.excerpt("<p>one two three</p>", limit=7) == "one…"
    assert text.excerpt("<p>one, two three</p>", limit=8) == "one…"


def test_a_word_that_fills_the_excerpt_is_cut():
    assert text.excerpt("<p>" + "x" * 300 + "</p>", limit=10) == "x" * 9 + "…"


@given(anything, st.integers(min_value=2, max_value=50))
def test_an_excerpt_is_never_longer_than_asked(words, limit):
    assert len(text.excerpt(words.replace("<", ""), limit)) <= limit


def test_words_are_counted_without_tags_and_dashes():
    assert text.word_count("<p>One – two</p><p>three<em>fold</em> 4</p>") == 4


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (100, 1), (440, 2), (2200, 10)])
def test_reading_takes_at_least_a_minute(words, minutes):
    assert text.reading_minutes("<p>" + "word " * words + "</p>") == minutes


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("coventry voice", "C"),
        ("“éclair”", "É"),
        ("38 Degrees", "3"),
        ("ßtadt", "S"),
        ("★", "N"),
        ("", "N"),
    ],
)
def test_a_sites_icon_has_its_first_letter(name, letter):
    assert text.initial(name) == letter
