import pytest

from newsite import sanitize
from newsite.articles import render
from newsite.articles.models import Article, Format
from newsite.errors import BadText


def test_a_body_is_read_as_its_writer_said() -> None:
    assert render.body_html("*two*", Format.html) == "*two*"
    assert render.body_html("*two*", Format.markdown) == "<p><em>two</em></p>\n"


def test_what_is_stored_names_the_policy_that_cleaned_it() -> None:
    article = Article(
        title="T", body="One *two* — three <script>x</script>", body_format=Format.markdown
    )
    render.store(article)
    assert "<em>two</em>" in article.body_html
    assert "script" not in article.body_html
    assert (article.words, article.body_policy) == (3, sanitize.POLICY)


def test_a_megabyte_is_refused_at_the_text() -> None:
    with pytest.raises(BadText) as refusal:
        render.body_html("a" * 1_000_000, Format.html)
    assert refusal.value.field == "body"
