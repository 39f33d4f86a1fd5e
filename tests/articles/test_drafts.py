from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime

from newsite.articles import drafts, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, ContributorKind, Format, Label, Precision
from newsite.media.models import Picture

AT = datetime(2026, 11, 1, 6, 0, 30, tzinfo=UTC)


def test_an_article_gives_back_all_that_a_draft_put_into_it(
    make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
) -> None:
    make_article("Makes the section’s site")
    picture = make_picture()
    section = taxonomy.save_section(None, name="News", slug="", description="")
    rosa = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    written = Draft(
        title="Title",
        standfirst="Standfirst",
        body="<p>Body</p>",
        body_format=Format.html,
        byline="members",
        contributors=(rosa.id,),
        section=section.id,
        tags=("Pay", "Rota"),
        label=Label.opinion,
        lead_picture_id=picture.id,
        path="/title/",
        first_published=date(2023, 1, 1),
        first_published_precision=Precision.year,
        published_at=AT,
        source_name="Another paper",
        source_url="https://example.org/",
        source_is_original=True,
        is_noindex=True,
        replies_open=False,
        is_sticky=True,
        sticky_until=AT,
    )
    untouched = [one.name for one in fields(Draft) if getattr(written, one.name) == one.default]
    assert untouched == []  # every field is told apart from its default here
    article = make_article(**vars(written))
    assert drafts.of(article) == written


def test_an_article_without_an_address_has_none_to_type(
    make_article: Callable[..., Article],
) -> None:
    assert drafts.of(make_article(publish=False)).path == ""
