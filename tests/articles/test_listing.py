"""Where an article stands in lists: the same on it, its tags and its credits, whatever is done with it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles import actions, drafts, listing, taxonomy
from newsite.articles.models import (
    Article,
    ContributorKind,
    Credit,
    Kind,
    MonthCount,
    article_tags,
)
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]
Save = Callable[..., Article]


@pytest.fixture
def rosa(site: Site) -> int:
    person = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    db.session.commit()
    return person.id


@pytest.fixture
def save(editor: User, site: Site, now: datetime) -> Save:
    """Saves an article with some fields changed."""

    def do(article: Article, **given: object) -> Article:
        draft = drafts.of(article)
        changed = type(draft)(**(vars(draft) | given))
        around = {"site": site, "now": now, "reserved": Reserved(frozenset(), ())}
        return actions.save(article, changed, version=article.version, by=editor, **around)  # type: ignore[arg-type]

    return do


def places(article: Article) -> set[datetime | None]:
    """Where an article's row, its tags' and its credits' say that it stands."""
    found = {article.listed_at}
    for table in (article_tags, Credit.__table__):
        query = sa.select(table.c.listed_at).where(table.c.article_id == article.id)
        found |= set(db.session.scalars(query))
    return found


def kept_months() -> dict[date, int]:
    rows = db.session.execute(sa.select(MonthCount.first_day, MonthCount.articles))
    return {row.first_day: row.articles for row in rows}


def test_what_is_published_stands_at_its_time_and_a_draft_nowhere(
    make_article: Make, rosa: int, now: datetime
) -> None:
    given = {"tags": ("a", "b"), "contributors": (rosa,)}
    later = now + timedelta(days=1)
    assert places(make_article("Out", published_at=now, **given)) == {now}
    assert places(make_article("Scheduled", published_at=later, **given)) == {later}
    assert places(make_article("Draft", publish=False, **given)) == {None}
    assert places(make_article("Page", kind=Kind.page, **given)) == {None}


def test_a_tag_and_a_credit_that_come_later_stand_there_too(
    make_article: Make, rosa: int, save: Save, now: datetime
) -> None:
    article = make_article(published_at=now, tags=("a",))
    save(article, tags=("a", "b"), contributors=(rosa,))
    assert places(article) == {now}
    assert len(article.tags) == 2


def test_another_time_and_a_withdrawal_move_all_of_it(
    make_article: Make, rosa: int, save: Save, editor: User, site: Site, now: datetime
) -> None:
    article = make_article(published_at=now, tags=("a",), contributors=(rosa,))
    earlier = now - timedelta(days=90)
    save(article, published_at=earlier)
    assert places(article) == {earlier}
    assert {day: count for day, count in kept_months().items() if count} == {date(2026, 8, 1): 1}
    actions.withdraw(article, reason="A name.", by=editor, now=now, site=site)
    assert places(article) == {None}
    assert set(kept_months().values()) == {0}
    actions.trash(article, by=editor, now=now)
    actions.restore(article, by=editor, now=now)
    assert places(article) == {None}


def test_a_recount_finds_what_was_kept(make_article: Make, site: Site, now: datetime) -> None:
    for days in (0, 1, 40, 400):
        make_article(f"Story {days}", published_at=now - timedelta(days=days))
    kept = kept_months()
    listing.recount(site)
    assert kept_months() == kept
    assert sum(kept.values()) == 4


def test_what_was_stored_in_another_way_is_put_in_its_place(
    make_article: Make, rosa: int, site: Site, now: datetime
) -> None:
    out = make_article("Out", published_at=now, tags=("a",), contributors=(rosa,))
    draft = make_article("Draft", publish=False, tags=("a",), contributors=(rosa,))
    wrong = {out.id: None, draft.id: now}
    for table in (Article.__table__, article_tags, Credit.__table__):
        key = table.c.id if "id" in table.c else table.c.article_id
        for number, at in wrong.items():
            db.session.execute(sa.update(table).where(key == number).values(listed_at=at))  # type: ignore[arg-type]
    assert listing.misplaced(9) == [out.id, draft.id]
    assert listing.misplaced(1) == [out.id]
    listing.keep_all(site)
    assert listing.misplaced(9) == []
    db.session.expire_all()
    assert (places(out), places(draft)) == ({now}, {None})
    assert kept_months() == {date(2026, 11, 1): 1}
