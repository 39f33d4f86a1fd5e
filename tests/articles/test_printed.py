"""What a page prints of an article is what stands in its row, and beside it the right others."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from newsite.articles import bylines, printed, taxonomy
from newsite.articles.models import Article, ContributorKind, Label, Precision
from newsite.articles.printed import Printed

Make = Callable[..., Article]
OWN = ("section", "tags", "contributors")  # told by other rows


@pytest.fixture
def days(make_article: Make, now: datetime) -> list[Article]:
    """Five articles, the newest first."""
    return [make_article(f"Day {age}", published_at=now - timedelta(days=age)) for age in range(5)]


def ids(articles: list[Printed] | tuple[Printed | None, ...]) -> list[int | None]:
    return [article and article.id for article in articles]


def test_a_page_prints_what_stands_in_the_article(make_article: Make, now: datetime) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    people = [
        taxonomy.save_contributor(None, name=name, slug="", kind=kind, about="")
        for name, kind in zip(("Zoe", "Branch 12"), ContributorKind, strict=True)
    ]
    article = make_article(
        section=pay.id,
        tags=("strike", "rota"),
        contributors=tuple(one.id for one in people),
        label=Label.opinion,
        standfirst="In short.",
        first_published=date(2023, 1, 1),
        first_published_precision=Precision.month,
        source_name="The Voice",
        source_url="https://voice.example/1",
    )
    found = printed.by_path("//2026/11/NIGHT-shift-votes//")
    assert found is not None
    for name in set(Printed.__dataclass_fields__) - set(OWN):
        assert getattr(found, name) == getattr(article, name), name
    assert found.section == (pay.id, "Pay", "pay")
    assert found.section_id == pay.id
    assert [tag.name for tag in found.tags] == ["rota", "strike"]
    assert [(one.name, one.kind) for one in found.contributors] == [
        (one.name, one.kind) for one in people
    ]
    assert bylines.text(found) == bylines.text(article) == "Zoe and Branch 12"


def test_an_article_without_section_tags_and_credits_has_none(article: Article) -> None:
    found = printed.by_path("/2026/11/night-shift-votes/")
    assert found is not None
    assert (found.section, found.section_id) == (None, None)
    assert (list(found.tags), list(found.contributors)) == ([], [])
    assert printed.by_path("/2026/11/other/") is None


def test_it_appears_and_takes_replies_when_the_article_does(
    make_article: Make, now: datetime
) -> None:
    article = make_article(published_at=now + timedelta(hours=1))
    found = printed.by_path(article.path or "")
    assert found is not None
    for at, takes in ((now, False), (now + timedelta(hours=1), True)):
        assert found.is_public(at) == article.is_public(at) == takes
        assert found.is_scheduled(at) == article.is_scheduled(at)
        assert found.takes_replies(at, None) == article.takes_replies(at, None) == takes


def test_it_closes_by_itself_when_the_article_does(make_article: Make, now: datetime) -> None:
    article = make_article(published_at=now)
    found = printed.by_path(article.path or "")
    assert found is not None
    for at, takes in (
        (now + timedelta(days=14, seconds=-1), True),
        (now + timedelta(days=14), False),
    ):
        assert found.takes_replies(at, 14) == article.takes_replies(at, 14) == takes
        assert found.takes_replies(at, None)


def test_neighbours_are_the_ones_before_and_after(days: list[Article], now: datetime) -> None:
    assert ids(printed.neighbours(days[2], now)) == [days[3].id, days[1].id]
    assert ids(printed.neighbours(days[4], now)) == [None, days[3].id]
    assert ids(printed.neighbours(days[0], now)) == [days[1].id, None]


def test_what_is_still_to_come_follows_the_newest(make_article: Make, now: datetime) -> None:
    newest = make_article("Newest")
    coming = make_article("Coming", published_at=now + timedelta(hours=1))
    assert ids(printed.neighbours(coming, now)) == [newest.id, None]  # as its preview shows
    assert ids(printed.neighbours(newest, now)) == [None, None]


def test_a_text_without_a_time_has_no_neighbours(make_article: Make, now: datetime) -> None:
    draft = make_article("Draft", publish=False, published_at=None)
    assert printed.neighbours(draft, now) == (None, None)


def test_related_articles_share_the_most_tags(make_article: Make, now: datetime) -> None:
    rosa = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    one = make_article("One", tags=("a", "b", "c"))
    far = make_article("Far", tags=("a",))
    near = make_article("Near", tags=("a", "b"), contributors=(rosa.id,))
    make_article("Stranger", tags=("z",))
    found = printed.related(one, now)
    assert ids(found) == [near.id, far.id]
    assert [bylines.text(other) for other in found] == ["Rosa", ""]


def test_without_tags_the_section_relates(make_article: Make, now: datetime) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    one = make_article("One", section=pay.id)
    other = make_article("Other", section=pay.id)
    alone = make_article("Elsewhere")
    outside = make_article("Elsewhere too")
    assert ids(printed.related(one, now)) == [other.id]
    assert ids(printed.related(alone, now)) == [outside.id]
