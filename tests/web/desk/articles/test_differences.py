"""What differs between two versions, for whoever compares them."""

from newsite.articles.models import Format, Revision
from newsite.site.models import Site
from newsite.web.desk.articles import differences


def version(body: str) -> Revision:
    return Revision(title="T", standfirst="", byline="", body=body, body_format=Format.html)


def test_a_text_that_cannot_be_printed_is_compared_as_it_was_typed(site: Site) -> None:
    (one,) = differences.between(version("<p>Six.</p>"), version("<b>" * 12_001))
    assert [stretch.text[:10] for stretch in one.stretches] == ["<p>Six.</p", "<b><b><b><"]
    assert not one.source
