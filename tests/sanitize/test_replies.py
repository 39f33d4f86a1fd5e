import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsite.errors import BadText
from newsite.sanitize import MAX_REPLY_CHARS, link_count, links, replies, reply_html

anything = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = """
<p> </p> <em> </em> <pre> </pre> <ul> <li> <blockquote> </blockquote> <a␣href='http://a.b'> </a>
x <br> <code> </code> http://a.b/␣ <svg> &amp; ¶ ¶¶
"""
soup = st.lists(st.sampled_from(PIECES.split()), max_size=20).map(
    lambda pieces: "".join(pieces).replace("␣", " ").replace("¶", "\n")
)


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("", ""),
        ("Well said", "<p>Well said</p>"),
        ("one\ntwo\r\n\r\nthree", "<p>one<br>two</p><p>three</p>"),
        ("one\n\n\n\n\n  two", "<p>one</p><p>two</p>"),
        ("<p>one</p>\n\n<p>two\nthree</p>", "<p>one</p><p>two<br>three</p>"),
        ("<b>one</b> <i>two</i>\n\nthree", "<p><strong>one</strong> <em>two</em></p><p>three</p>"),
        ("<em>one\n\ntwo</em>", "<p><em>one<br><br>two</em></p>"),  # emphasis is not divided
        (
            "so:\n<blockquote>\none\n\ntwo\n</blockquote>\nno",
            "<p>so:</p><blockquote><p>one</p><p>two</p></blockquote><p>no</p>",
        ),
        ("<ul>\n<li>one\n<li>two\n2\n</ul>", "<ul><li>one</li><li>two<br>2</li></ul>"),
        ("<pre>\na\n\n  b\n</pre>", "<pre>a\n\n  b\n</pre>"),
        # Emphasis around a block would be put elsewhere by each browser, so it ends before it.
        (
            "<em>a<blockquote>b</blockquote>c</em>",
            "<p><em>a</em></p><blockquote><p>b</p></blockquote><p>c</p>",
        ),
        ("1 < 2 & 3 > 2, <3", "<p>1 &lt; 2 &amp; 3 &gt; 2, &lt;3</p>"),
        ("&lt;b&gt; is &amp;lt;b&amp;gt;", "<p>&lt;b&gt; is &amp;lt;b&amp;gt;</p>"),
        ("x<br>y", "<p>x<br>y</p>"),
    ],
)
def test_a_reply_looks_as_it_was_meant(typed, html):
    assert reply_html(typed) == html


def test_the_writer_sees_what_was_refused():
    html = reply_html('<img src="x" onerror="alert(1)"><script>alert(2)</script>')
    assert html == (
        '<p>&lt;img src="x" onerror="alert(1)"&gt;&lt;script&gt;alert(2)&lt;/script&gt;</p>'
    )


def test_a_reply_of_code_is_shown_as_it_was_typed():
    typed = "<b>x</b>\n\n" * 101
    html = reply_html(typed)
    assert "<strong>" not in html
    assert html.count("<p>&lt;b&gt;x&lt;/b&gt;</p>") == 101


def test_at_two_hundred_tags_a_reply_still_has_its_tags():
    assert reply_html("<b>x</b>" * 100).count("<strong>") == 100


@pytest.mark.parametrize(
    "attack",
    [
        "<em>" * 100,
        "<a " + "x " * 200 + ">y",
        "".join(f"<p><em x={i}>" for i in range(60)) + "<p>x",
    ],
)
def test_a_reply_that_would_cost_too_much_is_shown_as_it_was_typed(attack):
    html = reply_html(attack)
    assert "<em>" not in html
    assert html.startswith("<p>&lt;")


def test_a_reply_has_an_end():
    assert reply_html(" " * 9000 + "x" * MAX_REPLY_CHARS)
    with pytest.raises(BadText, match="at most 5,000 characters; this one has 5,001") as refused:
        reply_html("x" * (MAX_REPLY_CHARS + 1))
    assert refused.value.field == "body"


def test_no_reply_is_slow_because_of_its_addresses():
    typed = "http://(((" * 500
    assert link_count(reply_html(typed)) == 0
    assert link_count(reply_html("http://a.b " * 450)) == 450


@pytest.mark.parametrize("unit", ["http://(((", "http://a.b ", "http://", "https://a@"])
def test_each_letter_of_a_reply_is_looked_at_for_an_address_once(unit, monkeypatch):
    looked_at = []
    is_web_address = links.is_web_address
    monkeypatch.setattr(
        links, "is_web_address", lambda value: (looked_at.append(value), is_web_address(value))[1]
    )
    typed = (unit * MAX_REPLY_CHARS)[:MAX_REPLY_CHARS]
    reply_html(typed)
    assert len("".join(looked_at)) <= len(typed)


@given(st.one_of(anything, soup))
def test_every_reply_is_well_formed(typed):
    html = reply_html(typed)
    open_tags = []
    for slash, name in replies.re.findall("<(/?)([a-z]+)", html):
        if slash:
            assert open_tags.pop() == name
        elif name != "br":
            open_tags.append(name)
    assert open_tags == []
