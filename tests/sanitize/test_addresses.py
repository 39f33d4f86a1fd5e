import pytest

from newsite.sanitize import addresses, is_web_address


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org",
        "http://example.org:8080/",
        "HTTPS://Example.News/a_(b)?c=d&e=f#g",
        "https://sub-domain.example.london/",
        "https://пример.рф/путь",
        "https://example.org?q",
    ],
)
def test_an_address_on_the_web_is_taken(value):
    assert is_web_address(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "javascript:1",
        "data:1",
        "http://localhost/",
        "http://localhost:5000/",
        "http://[::1]/",
        "https://bank.example@evil.example/",  # credentials make one host look like another
        "https://user:pass@example.org/",
        "https://example.org/a b",
        "https://example.org/\x00",
        "https://example.org/\n",
        "https://example.org\\@evil.example/",
        "https://.example.org/",
        "https://example..org/",
        "https://example.org:port/",
        "https://-example.org/",
        'https://example.org/"onclick=',
        "https://example.org/<b>",
        " https://example.org/",
        "//example.org/",
        "http://",
    ],
)
def test_anything_else_is_not_an_address_on_the_web(value):
    assert not is_web_address(value)


@pytest.mark.parametrize("value", ["https://example.org/", "mailto:ann@example.org"])
def test_a_reply_may_link_to_the_web_and_to_a_mailbox(value):
    assert addresses.is_reply_link(value)


@pytest.mark.parametrize("value", ["/desk/logout", "#top", "mailto:", "mailto:a@b?cc=c@d", "tel:1"])
def test_a_reply_may_link_to_nothing_else(value):
    assert not addresses.is_reply_link(value)


@pytest.mark.parametrize(
    "value",
    ["https://e.org/a b.pdf", "http://intranet/", "mailto:a@b.org?subject=x", "/a/", "#note-1"],
)
def test_an_article_may_also_link_within_the_site(value):
    assert addresses.is_article_link(value)


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:1",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",  # browsers drop the tab, and two slashes are another host
        "https:/\\evil.example/",
        "page.html",  # means another page on each page
        "",
    ],
)
def test_an_article_links_nowhere_else(value):
    assert not addresses.is_article_link(value)


def test_only_a_picture_of_ours_is_our_own():
    assert addresses.is_own_picture("/media/ab/cdef-800.webp")
    for other in (
        "/media/../desk/x",
        "/media/a?b",
        "//media/x",
        "/static/x.png",
        "/media/",
        "media/x",
    ):
        assert not addresses.is_own_picture(other)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.org/b).", "https://a.org/b"),
        ("https://a.org/b_(c)", "https://a.org/b_(c)"),
        ("https://a.org/b_(c)).", "https://a.org/b_(c)"),
        ("https://a.org/x[1]]!?", "https://a.org/x[1]"),
        ("https://a.org/…”", "https://a.org/"),
        ("...", ""),
    ],
)
def test_a_sentences_punctuation_is_no_part_of_an_address(written, address):
    assert addresses.without_punctuation(written) == address


def test_looking_for_addresses_takes_time_in_proportion_to_the_text():
    # A pattern with any backtracking over it would need hours for these.
    for unit in ("http://(((", "http://a.", "http://a.b/)", "https://a-", "http:/"):
        text = unit * (2_000_000 // len(unit))
        for found in addresses.BARE_ADDRESS.findall(text):
            address = addresses.without_punctuation(found)
            assert addresses.is_web_address(address) in {True, False}
