"""What may be wanting before an article is out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from newsite.articles.checking import Finding, Lack, findings
from newsite.articles.models import Article, Format, Kind
from newsite.db import db
from newsite.media.models import Picture

Make = Callable[..., Article]


def found(article: Article, *dead: str) -> list[tuple[str, str]]:
    return [(one.lack.value, one.about) for one in findings(article, dead)]


def test_an_article_that_lacks_nothing_has_no_findings(make_article: Make) -> None:
    article = make_article(standfirst="Six.", body="One.\n\n## Two\n\n### Three\n\n## Four")
    assert found(article) == []


def test_a_standfirst_is_an_articles_and_not_a_pages(make_article: Make) -> None:
    assert findings(make_article(standfirst=" "), ()) == [Finding(Lack.standfirst, "standfirst")]
    assert found(make_article("About", kind=Kind.page)) == []


@pytest.mark.parametrize(
    ("body", "jumps"),
    [
        ("<h3>Too <b>deep</b></h3><p>One.</p>", ["Too deep"]),
        ("<h2>One</h2><h4>Two</h4><h3>Three</h3><h2>Four</h2>", ["Two"]),
        ("<h2>One</h2><h3>Two</h3><h2>Three</h2>", []),
    ],
)
def test_a_heading_leaves_no_level_out(make_article: Make, body: str, jumps: list[str]) -> None:
    article = make_article(standfirst="Six.", body=body, body_format=Format.html)
    assert found(article) == [("heading", words) for words in jumps]


def test_a_picture_has_words_or_is_decorative(make_article: Make) -> None:
    html = '<p><img src="/media/a.webp"><img src="/media/b.webp" alt=""><img src="/media/c.webp" alt="The gate"></p>'
    article = make_article(standfirst="Six.", body=html, body_format=Format.html)
    assert found(article) == [("alt", "a.webp")]
    written = make_article(
        "M", standfirst="Six.", body="![](/media/d.webp) ![The gate](/media/e.webp)"
    )
    assert found(written) == [("alt", "d.webp")]


def test_a_kept_picture_has_words_and_a_credit(make_article: Make, now: datetime) -> None:
    given: dict[str, Any] = {
        "format": "jpeg",
        "width": 1,
        "height": 1,
        "bytes": 1,
        "created_at": now,
    }
    pictures = [
        Picture(sha256="1", key="1", name="bare.jpg", **given),
        Picture(sha256="2", key="2", name="line.jpg", is_decorative=True, credit="Ann", **given),
        Picture(sha256="3", key="3", name="lead.jpg", alt="The gate", **given),
    ]
    db.session.add_all(pictures)
    db.session.commit()
    placed = "".join(f'<figure data-picture="{one.id}"></figure>' for one in pictures[:2])
    body = placed + '<figure data-picture="9999999999"></figure><p>Words.</p>'
    article = make_article(standfirst="Six.", body=body, body_format=Format.html)
    article.lead_picture = pictures[2]
    db.session.commit()
    assert found(article) == [("alt", "bare.jpg"), ("credit", "bare.jpg"), ("credit", "lead.jpg")]
    places = [(one.field, one.picture) for one in findings(article, ())]
    assert places == [("body", pictures[0].id)] * 2 + [("lead_picture_id", pictures[2].id)]


def test_dead_links_come_last(make_article: Make) -> None:
    assert found(make_article(standfirst="Six."), "/nowhere/") == [("link", "/nowhere/")]
