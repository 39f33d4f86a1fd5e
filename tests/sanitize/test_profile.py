import pytest

from newsite.sanitize import article_html


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="why">Why</h2><h3>How</h3><h4>Who</h4>',
        '<figure data-picture="12"></figure>',
        '<figure><img src="/media/ab/c.webp" alt="A picket" width="800" height="600"></figure>',
        '<figure><img src="/media/c.jpg" loading="lazy"><figcaption>Dawn</figcaption></figure>',
        '<blockquote class="pull"><p>Enough.</p></blockquote>',
        '<figure class="card"><img data-picture="7" alt=""><a href="/about/">Us</a></figure>',
        '<p lang="cy" dir="ltr">Bore da<sup id="ref-1"><a href="#note-1">1</a></sup></p>',
        '<del datetime="2026-11-22T10:00Z" cite="https://a.org">a</del><ins>b</ins>',
        '<ol start="3" reversed=""><li>x</li></ol>',
        '<table><thead><tr><th scope="col" colspan="2">a</th></tr></thead></table>',
        "<table><caption>Pay</caption><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "<dl><dt>a</dt><dd>b</dd></dl><hr><details><summary>s</summary>t</details>",
        "<abbr title=\"a &quot;b&quot; &amp; 'c' &lt;\">x</abbr>",
        "<pre>\n\n  two newlines, of which a browser shows one</pre>",
    ],
)
def test_what_an_article_may_hold_stays_as_it_is(html):
    assert article_html(html) == html


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("<h1>a</h1><h5>b</h5><h6>c</h6>", "<h2>a</h2><h4>b</h4><h4>c</h4>"),
        ("<b>a</b><i>b</i><strike>c</strike>", "<strong>a</strong><em>b</em><s>c</s>"),
        ('<p style="color:red" class="x" onclick="y" id="Bad Id">a</p>', "<p>a</p>"),
        ('<blockquote class="pull evil">a</blockquote>', "<blockquote>a</blockquote>"),
        ('<figure class="wide">a</figure>', "<figure>a</figure>"),
        ('<p id="a">1</p><p id="a">2</p>', '<p id="a">1</p><p>2</p>'),
        ("a<script>evil()</script>b<STYLE>p{}</style >c", "abc"),
        ("a<script>never closed", "anever closed"),
        ("<iframe src='https://video.example/'></iframe>a<!-- wp:paragraph -->", "a"),
        ("<span>a</span><font>b</font>", "ab"),
        ('<td width="1">a</td>', "a"),
    ],
)
def test_what_an_article_may_not_hold_goes(written, printed):
    assert article_html(written) == printed


def test_a_picture_from_elsewhere_becomes_a_link_to_it():
    html = article_html('<img src="https://cdn.example/p.jpg?a&amp;b" alt="A &amp; &quot;B&quot;">')
    assert html == ('<a href="https://cdn.example/p.jpg?a&amp;b" rel="noopener">A &amp; "B"</a>')


def test_a_picture_from_elsewhere_without_words_is_named_by_its_host():
    html = article_html('<img src="https://cdn.example/p.jpg">')
    assert html == '<a href="https://cdn.example/p.jpg" rel="noopener">cdn.example</a>'


def test_a_picture_from_elsewhere_inside_a_link_leaves_its_words():
    html = article_html('<a href="/big/"><img src="https://cdn.example/p.jpg" alt="Dawn"></a>')
    assert html == '<a href="/big/">Dawn</a>'


@pytest.mark.parametrize(
    "address", ["data:image/png;base64,x", "/wp-content/x.jpg", "javascript:1", "//a.org/x", ""]
)
def test_a_picture_that_nobody_can_vouch_for_is_left_out(address):
    assert article_html(f'a<img src="{address}" alt="x">b') == "ab"


def test_a_placeholder_for_a_picture_needs_no_address():
    assert article_html('<img data-picture="12">') == '<img data-picture="12">'
    assert article_html('<img data-picture="1 onload">') == ""
