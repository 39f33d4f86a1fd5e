from collections.abc import Callable

import pytest

from newsite import sanitize
from newsite.articles import render
from newsite.articles.models import Article, Format
from newsite.errors import BadText
from newsite.media.models import Picture


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


def test_pictures_stand_in_their_places(make_picture: Callable[..., Picture]) -> None:
    one, two = make_picture(alt="The gate", caption="At six"), make_picture(alt="A van")
    cleaned = render.body_html(
        f'<p>Before</p><figure data-picture="{one.id}"></figure>'
        f'<figure><img data-picture="{two.id}" alt="A &lt;red&gt; van"><figcaption>Ours</figcaption></figure>'
        f'<figure data-picture="{two.id}"><figcaption>Its <em>own</em></figcaption></figure><p>After</p>',
        Format.html,
    )
    assert render.ids_in(cleaned) == {one.id, two.id}
    html = render.filled(cleaned, {one.id: one, two.id: two})
    assert html.startswith(f'<p>Before</p><figure><img src="/media/{one.key}/full.jpg"')
    assert html.count('loading="lazy"') == 2  # all but the first
    assert "<figcaption>At six</figcaption>" in html
    assert 'alt="A &lt;red&gt; van"' in html
    assert "<figcaption>Its <em>own</em></figcaption></figure><p>After</p>" in html
    assert render.filled(cleaned, {one.id: one}, has_lead=True).count('loading="lazy"') == 1


def test_a_picture_that_is_not_there_leaves_no_hole() -> None:
    cleaned = (
        '<p>a</p><figure data-picture="7"><p>x</p><figure><p>y</p></figure></figure>'
        '<img data-picture="99999999999999"><p>b</p><figure data-picture="8">open'
    )
    assert render.filled(cleaned, {}) == "<p>a</p><p>b</p>"
    assert render.ids_in(cleaned) == {7, 8}


def test_an_article_knows_which_pictures_it_shows(
    make_article: Callable[..., Article], make_picture: Callable[..., Picture]
) -> None:
    one, two, three = make_picture(), make_picture(), make_picture()
    body = f'<figure data-picture="{one.id}"></figure>\n\nText.\n\n<img data-picture="{two.id}">'
    article = make_article(body=body, lead_picture_id=three.id)
    assert {use.picture_id for use in article.picture_uses} == {one.id, two.id, three.id}
    article.body = "Text."
    render.store(article)
    assert [use.picture_id for use in article.picture_uses] == [three.id]
