"""What readers find: only what is published by now, in the right order."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from newsite.accounts.models import User
from newsite.articles import actions, queries, taxonomy
from newsite.articles.models import Article, ContributorKind, Kind, State
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]


@pytest.fixture
def days(make_article: Make, now: datetime) -> list[Article]:
    """Five articles, the newest first."""
    return [make_article(f"Day {age}", published_at=now - timedelta(days=age)) for age in range(5)]


def titles(articles: list[Article]) -> list[str]:
    return [article.title for article in articles]


def test_the_latest_come_first_and_the_rest_on_further_pages(
    days: list[Article], now: datetime
) -> None:
    first = queries.latest(now, limit=2)
    second = queries.latest(now, before=first.next, limit=2)
    third = queries.latest(now, before=second.next, limit=2)
    assert [titles(page.items) for page in (first, second, third)] == [
        ["Day 0", "Day 1"],
        ["Day 2", "Day 3"],
        ["Day 4"],
    ]
    assert third.next is None


def test_drafts_scheduled_withdrawn_and_pages_are_in_no_list(
    make_article: Make, now: datetime, site: Site, editor: User
) -> None:
    make_article("A draft", publish=False)
    make_article("Scheduled", published_at=now + timedelta(seconds=1))
    make_article("A page", kind=Kind.page)
    gone = make_article("Withdrawn")
    actions.withdraw(gone, reason="Unsure.", by=editor, now=now, site=site)
    shown = make_article("Shown")
    assert queries.latest(now).items == [shown]
    assert queries.latest(now + timedelta(seconds=1)).items[0].title == "Scheduled"


def test_an_article_is_found_however_its_address_is_written(article: Article) -> None:
    assert article.path == "/2026/11/night-shift-votes/"
    for written in ("/2026/11/night-shift-votes", "//2026/11/NIGHT-shift-votes//"):
        assert queries.by_path(written) is article
    assert queries.by_path("/2026/11/other/") is None
    assert queries.by_id(article.id) is article
    assert queries.without_text(article.id) is article
    assert queries.without_text(article.id + 1) is None


def test_sticky_articles_come_down_when_their_time_is_over(
    make_article: Make, now: datetime
) -> None:
    make_article("For ever", is_sticky=True)
    make_article("Until noon", is_sticky=True, sticky_until=now)
    make_article("Until one", is_sticky=True, sticky_until=now + timedelta(hours=1))
    assert sorted(titles(queries.sticky(now, 5))) == ["For ever", "Until one"]
    assert {a.title: a.is_sticky_at(now) for a in queries.latest(now).items} == {
        "For ever": True,
        "Until noon": False,
        "Until one": True,
    }


def test_sections_tags_and_contributors_each_have_their_list(
    make_article: Make, now: datetime
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    rosa = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    one = make_article("One", section=pay.id, tags=("Amazon", "Coventry"), contributors=(rosa.id,))
    make_article("Two", tags=("Coventry",))
    assert queries.in_section(pay, now).items == [one]
    assert queries.by_contributor(rosa, now).items == [one]
    amazon, coventry = queries.tag("amazon"), queries.tag("coventry")
    assert amazon is not None
    assert coventry is not None
    assert queries.with_tag(amazon, now).items == [one]
    assert len(queries.with_tag(coventry, now).items) == 2
    assert queries.section("pay") is pay
    assert queries.contributor("rosa") is rosa
    assert queries.sections() == [pay]


def test_the_front_page_reads_every_sections_newest_in_one_go(
    make_article: Make, now: datetime
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    safety = taxonomy.save_section(None, name="Safety", slug="", description="")
    for age in range(4):
        make_article(f"Pay {age}", section=pay.id, published_at=now - timedelta(days=age))
    make_article("Safety 0", section=safety.id)
    rows = queries.front_rows(now, 3, [pay, safety])
    assert titles(rows[pay.id]) == ["Pay 0", "Pay 1", "Pay 2"]
    assert titles(rows[safety.id]) == ["Safety 0"]
    assert queries.front_rows(now, 3, []) == {}


def test_old_work_is_what_appeared_in_an_earlier_year(make_article: Make, now: datetime) -> None:
    assert queries.from_the_archive(now) is None
    old = make_article("Old", first_published=date(2023, 1, 26))
    make_article("Of this year", first_published=date(2026, 1, 26))
    assert queries.from_the_archive(now) is old


def test_an_address_that_was_left_leads_to_the_article(
    app: Flask, article: Article, editor: User, site: Site, now: datetime
) -> None:
    from newsite.articles import drafts
    from newsite.web.context import reserved

    with app.test_request_context():
        moved = drafts.of(article)
        moved = type(moved)(**{**moved.__dict__, "path": "/elsewhere/"})
        actions.save(
            article,
            moved,
            version=article.version,
            by=editor,
            now=now,
            site=site,
            reserved=reserved(),
        )
    db.session.commit()
    led = queries.redirect_from("/2026/11/NIGHT-shift-votes")
    assert led is not None
    assert led.article is article
    assert queries.redirect_from("/2026/11/night-shift-votes", "p=1") is None


def test_corrections_are_listed_newest_first(article: Article) -> None:
    from newsite.articles.models import Revision, RevisionKind

    for version, kind in (
        (7, RevisionKind.correction),
        (8, RevisionKind.typo),
        (9, RevisionKind.correction),
    ):
        article.revisions.append(
            Revision(
                version=version,
                kind=kind,
                note="x",
                title="",
                standfirst="",
                body="",
                body_format=article.body_format,
                byline="",
                at=article.saved_at,
            )
        )
    db.session.commit()
    assert [revision.version for revision in queries.corrections(article)] == [9, 7]


def test_questions_an_article_answers_about_itself(article: Article, now: datetime) -> None:
    assert article.is_public(now)
    assert article.takes_replies(now, None)
    article.published_at = now + timedelta(days=1)
    assert article.is_scheduled(now)
    article.state = State.draft
    assert not article.is_scheduled(now)
