import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsite.errors import BadText
from newsite.sanitize import MAX_ARTICLE_CHARS, article_html, desk, markdown_html

# Everything that a parser moves, closes, ignores or reads differently; ␣ is a space within a piece.
PIECES = """
<p> </p> <table> </table> <tr> <td> </td> <th> <caption> <li> <ul> </ul> <dt> <dd> <div> <figure>
<em> </em> <strong> <b> </b> <code> </code> <a␣href='https://a.org'> </a> <a>
<a␣title='"&amp;'␣href=/>
<h1> </h1> <h2> </h2> <h5> <pre> </pre> <details> <figcaption> <hr> <br> </br> <template> <form>
<svg> <math> <style> </style> <script> </script> <title> <textarea> <select> <button> <nobr> <rt>
<!-- --> <! <? ]]> <![CDATA[ </ <x = > " ' & &#10 &amp; &lt; &amp;lt; &#x202e; &quot; &copy;
&NewLine; <img␣src=https://x.org/y␣alt='q"z'> http://a.org/x https://b.org). text e&#x301; ␣
"""
OTHER_PIECES = ["\n", "\n\n", "&lt\u037e"]  # the last is a Greek question mark: a semicolon in NFC
soup = st.lists(st.sampled_from(PIECES.split() + OTHER_PIECES), max_size=14).map(
    lambda pieces: "".join(pieces).replace("␣", " ")
)
anything = st.text(st.characters(exclude_categories=()), max_size=100)


@settings(max_examples=400)
@given(st.one_of(soup, anything))
def test_cleaning_twice_changes_nothing_more(html):
    once = article_html(html)
    assert article_html(once) == once


@pytest.mark.parametrize(
    "html",
    [
        "<table><li>a<table><li>b<tr><td>c<li>d",
        "<figure><h1><dt><a href='#x'>a<h2>b<dt></p>",
        "<code>x</code><h5><a></code><h2>y",  # takes a pass more
        "<ul><table><li><em><td><table><tr><li>x</table></ul></em>",
    ],
)
def test_what_a_parser_moves_comes_to_rest(html):
    once = article_html(html)
    assert article_html(once) == once


def test_what_never_comes_to_rest_is_laid_flat(monkeypatch):
    monkeypatch.setattr(desk, "MAX_PASSES", 0)
    html = article_html("<h2>a</h2><table><tr><td>b</table>")
    assert "<table" not in html
    assert "<h2" not in html
    assert "a" in html
    assert "b" in html


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        ("x" * (MAX_ARTICLE_CHARS + 1), "at most 200,000 characters"),
        ("<p>" * 12_001, "at most 12,000 opening angle brackets"),
        ("<em>" * 61, "more than 60 deep"),
        ("<br>" * 8_001, "more than 8,000 tags"),
        ("".join(f"<p><em x={i}>" for i in range(30)) + "<p>x" * 5_000, "more than 8,000 tags"),
        ("a <b " + "c " * 200, "more than 100 attributes"),
    ],
)
def test_an_article_that_would_cost_too_much_is_refused_with_advice(attack, sentence):
    with pytest.raises(BadText, match=sentence) as refused:
        article_html(attack)
    assert refused.value.field == "body"
    assert len(refused.value.message.split(". ")) == 2  # what is wrong, and what to do


def test_a_long_honest_article_passes():
    html = ("<p>" + "lorem <em>ipsum</em> dolor " * 20 + "</p>") * 95
    assert len(html) > 40_000
    assert article_html(html) == html


@pytest.mark.parametrize(
    "unit", ["&", "&#11111111", "http://(((", "\x00", "\ud800", "\u202e", "[", "\u0301", "a\u200f"]
)
def test_a_hundred_thousand_of_anything_are_taken(unit):
    html = article_html((unit * 100_000)[:100_000])
    assert html.encode().decode() == html


def test_an_entity_with_thousands_of_digits_is_words():
    digits = "&#" + "1" * 5_000 + ";"
    assert article_html(digits) == digits.replace("&", "&amp;")
    assert article_html(f'<a href="{digits}">x</a>') == "x"


def test_markdown_is_an_article_too():
    html = markdown_html(
        '# Title\n\n*a* ~~b~~ "c" -- https://d.org\n\n|a|b|\n|-|-|\n|1|2|\n\n<script>x</script>'
    )
    assert "<h2>Title</h2>" in html
    assert '<em>a</em> <s>b</s> "c" -- <a href="https://d.org" rel="noopener">' in html
    assert "<td>1</td>" in html
    assert "script" not in html


def test_markdown_code_is_shown_and_not_run():
    assert markdown_html("`<script>&amp;`") == "<p><code>&lt;script&gt;&amp;amp;</code></p>\n"


def test_markdown_links_lead_where_articles_may():
    assert markdown_html("[a](/b/) [c](javascript:1) ![d](https://e.org/f)") == (
        '<p><a href="/b/">a</a> [c](javascript:1) '
        '<a href="https://e.org/f" rel="noopener">d</a></p>\n'
    )


def test_too_much_markdown_is_refused():
    with pytest.raises(BadText, match="at most 100,000 characters"):
        markdown_html("x" * 100_001)
