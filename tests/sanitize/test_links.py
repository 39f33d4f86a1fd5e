from newsite.sanitize import article_html, link_count, reply_html


def test_links_are_counted_after_linking():
    html = reply_html('http://a.org <a href="https://b.org">b</a> &lt;a href="x"&gt;c&lt;/a&gt;')
    assert link_count(html) == 2


def test_every_link_in_a_reply_is_its_writers_own():
    html = reply_html(
        '<a href="https://a.org" rel="me dofollow" target="_blank">a</a> https://b.org'
    )
    assert html.count('rel="nofollow ugc noopener"') == 2
    assert "target" not in html
    assert "me dofollow" not in html


def test_an_articles_links_that_lead_away_open_no_door():
    html = article_html('<p><a href="/a/" rel="me">a</a> <a href="https://b.org">b</a></p>')
    assert html == '<p><a href="/a/">a</a> <a href="https://b.org" rel="noopener">b</a></p>'


def test_new_kinds_of_host_are_linked_and_bare_words_are_not():
    html = reply_html(
        "https://example.news/x and readme.md and www.example.org and http://localhost/"
    )
    assert html.count("<a ") == 1
    assert '<a href="https://example.news/x"' in html


def test_an_address_with_parameters_is_linked_whole():
    html = article_html("https://a.org/?a=1&amp;b=2&amp;copy;=3")
    address = "https://a.org/?a=1&amp;b=2&amp;copy;=3"
    assert html == f'<a href="{address}" rel="noopener">{address}</a>'


def test_nothing_is_linked_in_code():
    html = article_html(
        "<pre>http://a.org <code>http://b.org</code> http://c.org</pre> <code>http://d.org</code>"
    )
    assert link_count(html) == 0
    assert link_count(article_html("<pre>x</pre> http://a.org")) == 1


def test_a_link_that_leads_nowhere_leaves_its_words():
    assert reply_html('<a>one</a> <a href="javascript:1">two</a>') == "<p>one two</p>"


def test_a_link_inside_a_link_leaves_its_words():
    html = article_html('<a href="/a"><table><tr><td><a href="/b">b</a></table></a>')
    assert link_count(html) == 1
    assert "b" in html
