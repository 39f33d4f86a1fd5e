"""What readers may see of what was changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from newsite.accounts.models import User
from newsite.articles import actions, desk_queries, history, withholding
from newsite.articles.comparison import Fate, Stretch
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, Format, RevisionKind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.site.models import Site

Save = Callable[..., None]
RESERVED = Reserved(frozenset(), ())


@pytest.fixture
def save(site: Site, editor: User, now: datetime) -> Save:
    """Saves an article with another body."""

    def saved(
        article: Article, body: str, kind: RevisionKind = RevisionKind.update, **given: Any
    ) -> None:
        note = given.pop("note", "Six, not five.")
        draft = Draft(
            title=given.pop("title", "Votes"), body=body, published_at=article.published_at, **given
        )
        actions.save(
            article, draft, version=article.version, kind=kind, note=note, by=editor, now=now,
            site=site, reserved=RESERVED,
        )  # fmt: skip
        db.session.commit()

    return saved


def sides(article: Article) -> list[tuple[int, int | None]]:
    """Each change's version and the one that readers had before."""
    return [
        (one.revision.version, one.before.version if one.before else None)
        for one in history.steps(article)
    ]


@pytest.fixture
def article(make_article: Callable[..., Article], save: Save) -> Article:
    """A draft of two versions (1, 2), published, and changed three times (4, 5, 6)."""
    article = make_article("Votes", publish=False, body="Never seen.")
    save(article, "Four.")
    with_site = {"site": db.session.get_one(Site, 1), "reserved": RESERVED}
    actions.publish(article, by=None, now=article.saved_at, **with_site)
    db.session.commit()
    save(article, "Five.")
    save(article, "Five!", RevisionKind.typo)
    save(article, "Six!", RevisionKind.correction)
    return article


def withhold(article: Article, version: int, editor: User, now: datetime) -> None:
    revision = desk_queries.revision(article, version)
    assert revision is not None
    withholding.withhold(revision, reason="A name.", by=editor, now=now)
    db.session.commit()


def test_each_change_stands_beside_what_readers_had_before(article: Article) -> None:
    assert sides(article) == [(6, 5), (5, 4), (4, 2)]


def test_of_what_is_withheld_nothing_is_compared(
    article: Article, editor: User, now: datetime
) -> None:
    withhold(article, 5, editor, now)
    assert sides(article) == [(6, 4), (5, 4), (4, 2)]
    hidden = history.step(article, 5)
    assert hidden is not None
    assert not hidden.has_words
    assert history.differences(hidden) == []
    shown = history.step(article, 6)
    assert shown is not None
    assert "Five!" not in str(history.differences(shown))


def test_no_draft_is_shown_that_readers_never_had(
    article: Article, editor: User, now: datetime
) -> None:
    withhold(article, 2, editor, now)
    assert sides(article) == [(6, 5), (5, 4), (4, None)]
    first = history.step(article, 4)
    assert first is not None
    assert (first.has_words, history.differences(first)) == (False, [])


def test_what_was_written_while_withdrawn_counts_as_it_was_published(
    article: Article, save: Save, editor: User, site: Site, now: datetime
) -> None:
    actions.withdraw(article, reason="A name.", by=editor, now=now, site=site)
    save(article, "Nobody saw this.")
    save(article, "Six, then.")
    actions.publish(article, by=editor, now=now, site=site, reserved=RESERVED)
    save(article, "Seven.")
    newest, *rest = sides(article)
    assert newest == (11, 9)
    assert rest == [(6, 5), (5, 4), (4, 2)]


def test_words_are_compared_as_readers_read_them(article: Article, save: Save) -> None:
    save(article, "<p>Six <b>people</b>!</p>", title="The votes", body_format=Format.html)
    step = history.step(article, 7)
    assert step is not None
    title, body = history.differences(step)
    assert (title.part, body.part) == ("title", "body")
    assert body.stretches == [Stretch(Fate.gone, "Six!"), Stretch(Fate.new, "Six people!")]
    assert history.counted([title, body]) == (2, 4)
    save(article, "Six people!", title="The votes")
    same = history.step(article, 8)
    assert same is not None
    assert history.differences(same) == []


def test_there_is_no_change_where_none_was(article: Article) -> None:
    assert history.step(article, 1) is None
    assert history.step(article, 99) is None
