from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsite.accounts.models import User
from newsite.articles import actions, desk_queries, reviewing, search, taxonomy
from newsite.articles.desk_queries import Asked, Shelf
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, ContributorKind, Kind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]
LATER = timedelta(days=1)


@pytest.fixture
def shelves(
    make_article: Make, writer: User, editor: User, site: Site, now: datetime
) -> dict[str, Article]:
    """One article for each shelf, by its name; the draft and the trash are Will's, the others Edith's."""
    articles = {
        "draft": make_article("A draft", publish=False, by=writer),
        "review": make_article("In review", publish=False, by=editor),
        "scheduled": make_article("Scheduled", published_at=now + LATER, by=editor),
        "published": make_article("Published", by=editor),
        "withdrawn": make_article("Withdrawn", by=editor),
        "trash": make_article("Thrown away", publish=False, by=writer),
    }
    actions.withdraw(articles["withdrawn"], reason="A name.", by=editor, now=now, site=site)
    reviewing.submit(articles["review"], by=editor, now=now)
    actions.trash(articles["trash"], by=writer, now=now)
    db.session.commit()
    return articles


def found(asked: Asked, now: datetime) -> set[str]:
    return {article.title for article in desk_queries.listed(asked, now=now).items}


@pytest.mark.parametrize("shelf", list(Shelf))
def test_each_shelf_holds_its_own(shelf: Shelf, shelves: dict[str, Article], now: datetime) -> None:
    assert found(Asked(shelf=shelf), now) == {shelves[shelf].title}


def test_what_was_scheduled_is_published_when_its_time_has_come(
    shelves: dict[str, Article], now: datetime
) -> None:
    assert found(Asked(shelf=Shelf.published), now + LATER) == {"Published", "Scheduled"}
    assert found(Asked(shelf=Shelf.scheduled), now + LATER) == set()


def test_all_is_all_but_the_trash(shelves: dict[str, Article], now: datetime) -> None:
    assert found(Asked(), now) == {
        "A draft",
        "In review",
        "Scheduled",
        "Published",
        "Withdrawn",
    }


def test_shelves_are_counted(
    shelves: dict[str, Article], make_article: Make, writer: User, now: datetime
) -> None:
    make_article("About", kind=Kind.page)
    assert desk_queries.counts(now) == {
        Shelf.draft: 1,
        Shelf.review: 1,
        Shelf.scheduled: 1,
        Shelf.published: 2,
        Shelf.withdrawn: 1,
        Shelf.trash: 1,
    }
    assert desk_queries.in_review() == 1
    of_will = desk_queries.counts(now, writer=writer.id)
    assert [shelf for shelf, count in of_will.items() if count] == [Shelf.draft, Shelf.trash]


def test_a_list_is_narrowed_by_kind_section_writer_and_words(
    shelves: dict[str, Article], make_article: Make, writer: User, now: datetime
) -> None:
    section = taxonomy.save_section(None, name="Pay", slug="", description="")
    make_article("100% pay", section=section.id)
    make_article("About", kind=Kind.page)
    assert found(Asked(kind=Kind.page), now) == {"About"}
    assert found(Asked(section=section.id), now) == {"100% pay"}
    assert found(Asked(writer=writer.id), now) == {"A draft"}
    assert found(Asked(words="0% PAY"), now) == {"100% pay"}
    assert found(Asked(words="0%pay"), now) == set()  # a percent sign is a percent sign


def test_what_is_sought_is_found_by_its_texts_and_narrowed(
    shelves: dict[str, Article], make_article: Make, writer: User, now: datetime
) -> None:
    make_article("Café", body="Striking words.")
    make_article("Draft", body="They strike.", publish=False)
    assert found(Asked(sought="STRIK"), now) == {"Café", "Draft"}
    assert found(Asked(sought="cafe words"), now) == {"Café"}
    assert found(Asked(sought="strike", shelf=Shelf.draft), now) == {"Draft"}
    assert found(Asked(sought="strike", reader=writer.id), now) == set()
    assert found(Asked(sought="strik", reader=writer.id), now) == {"Café"}
    assert found(Asked(sought="-"), now) == set()


def test_every_shelf_is_sought_through(shelves: dict[str, Article], now: datetime) -> None:
    everything = found(Asked(sought="count"), now)
    assert everything == found(Asked(), now) | found(Asked(shelf=Shelf.trash), now)
    for shelf in Shelf:
        assert found(Asked(sought="count", shelf=shelf), now) == found(Asked(shelf=shelf), now)


def test_the_newest_with_common_words_are_listed_in_pages(
    make_article: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCHED", 3)
    for number in range(4):
        make_article(f"No. {number}").saved_at = now - timedelta(hours=number)
    db.session.commit()
    first = desk_queries.listed(Asked(sought="count"), now=now, limit=2)
    second = desk_queries.listed(Asked(sought="count"), now=now, limit=2, before=first.next)
    assert [one.title for one in first.items] == ["No. 1", "No. 2"]
    assert [one.title for one in second.items] == ["No. 3"]
    assert second.next is None


def test_the_last_saved_comes_first_and_pages_join(make_article: Make, now: datetime) -> None:
    for number in range(5):
        make_article(f"No. {number}").saved_at = now - timedelta(hours=number // 2)
    db.session.commit()
    first = desk_queries.listed(Asked(), now=now, limit=2)
    second = desk_queries.listed(Asked(), now=now, limit=2, before=first.next)
    third = desk_queries.listed(Asked(), now=now, limit=2, before=second.next)
    assert [[one.title for one in page.items] for page in (first, second, third)] == [
        ["No. 1", "No. 0"],
        ["No. 3", "No. 2"],
        ["No. 4"],
    ]
    assert third.next is None


def test_writers_are_those_who_began_something(
    shelves: dict[str, Article], admin: User, writer: User, editor: User
) -> None:
    assert desk_queries.writers() == [editor, writer]


def test_versions_are_found_with_whoever_saved_them(
    article: Article, editor: User, site: Site, now: datetime
) -> None:
    draft = Draft(title="Second", body="b", published_at=article.published_at)
    around = {"now": now, "site": site, "reserved": Reserved(frozenset(), ())}
    actions.save(article, draft, version=article.version, by=editor, **around)
    db.session.commit()
    newest, oldest = desk_queries.revisions(article)
    assert (newest.title, newest.by, oldest.version) == ("Second", editor, 1)
    assert desk_queries.last_revision(article) == newest
    assert desk_queries.revision(article, 1) == oldest
    assert desk_queries.revision(article, 2) is None  # publishing stored no text


def test_sections_tags_and_contributors_come_with_their_number_of_articles(
    make_article: Make,
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    taxonomy.save_section(None, name="Rotas", slug="", description="")
    rosa, ann = (
        taxonomy.save_contributor(None, name=name, slug="", kind=ContributorKind.person, about="")
        for name in ("Rosa", "ann")
    )
    for number in range(2):
        make_article(f"No. {number}", section=pay.id, tags=("b", "A"), contributors=(rosa.id,))
    make_article("Draft", tags=("b",), publish=False)
    assert [(one.thing.name, one.count) for one in desk_queries.sections()] == [
        ("Pay", 2),
        ("Rotas", 0),
    ]
    assert [(one.thing.name, one.count) for one in desk_queries.tags()] == [("A", 2), ("b", 3)]
    assert [(one.thing, one.count) for one in desk_queries.contributors()] == [(ann, 0), (rosa, 2)]


def test_who_has_more_articles_than_are_counted_is_said_to(
    make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_queries, "COUNTED", 2)
    for number in range(3):
        make_article(f"No. {number}", tags=("b", "A") if number == 0 else ("b",))
    found = [(one.thing.name, one.count, one.has_more) for one in desk_queries.tags()]
    assert found == [("A", 1, False), ("b", 2, True)]


def test_names_are_found_by_their_words_and_one_too_many_is_read(make_article: Make) -> None:
    make_article(tags=("Rota", "Rotterdam", "Pay"))
    assert [one.thing.name for one in desk_queries.tags("rot")] == ["Rota", "Rotterdam"]
    assert len(desk_queries.tags(limit=1)) == 2
    assert desk_queries.contributors("nobody") == []
