import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from newsite.comments.letters.printing import printed, words_of
from newsite.comments.models import Comment
from newsite.sanitize import POLICY, reply_html
from newsite.text import tidy_line, tidy_text

HOME = "http://127.0.0.1:8000/"
TAGS = {"html", "head", "meta", "title", "body", "hr", "br"}
TAGS |= {"p", "a", "b", "strong", "small", "bdi", "blockquote"}
ATTRIBUTES = {"lang", "dir", "charset", "name", "content", "href"}
LINKS = {"approve": f"{HOME}a", "spam": f"{HOME}b", "trash": f"{HOME}c"}


def letters(name: str, words: str, title: str):
    """Every letter in which words of others stand."""
    shown = {"name": name, "text": words, "address": f"{HOME}articles/1/replies/2"}
    answers = {"title": title, "address": HOME, "replies": [shown], "more": 2, "count": 3}
    answers |= {"link": f"{HOME}replies/t"}
    waiting = {"name": name, "text": words, "title": title, "rule": words, "links": LINKS}
    to, stop = "ann@example.org", "/replies/stop/t"
    yield printed("confirm", to, title=title, address=HOME, link=f"{HOME}replies/t")
    yield printed("answer", to, stop_path=stop, **answers)
    yield printed("thread", to, stop_path=stop, **answers)
    yield printed("decision", to, title=title, status="trash", note=words, link=f"{HOME}replies/t")
    yield printed(
        "moderators",
        to,
        stop_path=stop,
        waiting=2,
        likely_spam=2,
        replies=[waiting],
        desk=f"{HOME}desk/replies/",
        days=7,
    )


def active(html: str) -> list[str]:
    """What in a letter could do anything but be read, or lead elsewhere."""

    def is_active(tag: Tag) -> bool:
        leads_away = tag.name == "a" and not str(tag["href"]).startswith(HOME)
        return tag.name not in TAGS or not set(tag.attrs) <= ATTRIBUTES or leads_away

    return [str(tag) for tag in BeautifulSoup(html, "html.parser").find_all(is_active)]


def reply(body: str, name: str = "Ann") -> Comment:
    html = reply_html(tidy_text(body))
    return Comment(author_name=name, body=body, body_html=html, body_policy=POLICY)


def test_nothing_in_a_letter_does_anything(site, fixtures_folder: Path):
    """Ten vectors a letter: in the name, the words and the title at once."""
    files = sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt"))
    vectors = [
        line
        for file in files
        for line in file.read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    assert len(vectors) > 1000
    for number in range(0, len(vectors), 10):
        some = "\n".join(vectors[number : number + 10])
        comment = reply(some[:5000])
        for letter in letters(tidy_line(some), words_of(comment, 600), tidy_line(some)):
            assert active(letter.html) == [], some
            assert "\n" not in letter.subject


def test_words_that_were_not_even_cleaned_do_nothing(site):
    bad = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>'
    for letter in letters(bad, bad, bad):
        assert active(letter.html) == []
        assert "&lt;script&gt;" in letter.html


@pytest.mark.parametrize("position", range(5))
def test_a_letter_has_no_picture_no_style_and_no_table(site, position):
    letter = list(letters("Ann", "Hello", "Strike"))[position]
    assert not re.search(
        r"<(?:img|style|table|link|script)|style=|https?://(?!127\.0\.0\.1)", letter.html
    )
    assert 'name="color-scheme" content="light dark"' in letter.html
    assert '<html lang="en-GB" dir="ltr">' in letter.html


def test_a_letter_to_a_site_that_runs_right_to_left_does_too(site):
    site.language = "ar"
    letter = printed("test", "ann@example.org")
    assert '<html lang="ar" dir="rtl">' in letter.html


def test_words_of_others_are_quoted_line_by_line(site):
    text = "One line.\n" + "word " * 40
    *_, decision, _ = letters("Ann", text, "Strike")
    quoted = [line for line in decision.text.splitlines() if line.startswith(">")]
    assert quoted[0] == "> One line."
    assert len(quoted) == 4
    assert max(map(len, quoted)) <= 72


def test_a_reply_is_quoted_as_far_as_it_fits():
    assert words_of(reply("Short."), 20) == "Short."
    assert words_of(reply("One two three four five"), 20) == "One two three four…"
    assert words_of(reply("x" * 50), 20) == "x" * 20 + "…"
    many = words_of(reply("\n\n".join(str(number) for number in range(40))), 5000)
    assert many.endswith("28\n29…")


def test_a_letter_says_whose_site_it_is(site):
    letter = printed("test", "ann@example.org")
    assert letter.subject == "A test of the mail of The Test Paper"
    assert letter.text.endswith("-- \nThe Test Paper\nhttp://127.0.0.1:8000/\n")
    assert '<a href="http://127.0.0.1:8000/">The Test Paper</a>' in letter.html


def test_what_a_template_asks_for_and_nobody_gives_is_an_error(site):
    with pytest.raises(Exception, match="title"):
        printed("confirm", "ann@example.org")
