"""What nobody is to read any more."""

from collections.abc import Callable
from datetime import datetime

import pytest

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import actions, desk_queries, drafts, withholding
from newsite.articles.models import Article, Revision, RevisionKind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken


@pytest.fixture
def first(article: Article, editor: User, around: dict[str, object], now: datetime) -> Revision:
    """The version before the last."""
    draft = drafts.Draft(title="Better", body="Six.", published_at=article.published_at)
    actions.save(
        article, draft, version=article.version, kind=RevisionKind.update, by=editor, **around
    )
    db.session.commit()
    revision = desk_queries.revision(article, 1)
    assert revision is not None
    return revision


@pytest.fixture
def around(app: object, site: object, now: datetime) -> dict[str, object]:
    """What every action is told."""
    return {"site": site, "reserved": Reserved(frozenset(), ()), "now": now}


def test_a_version_is_withheld_and_seen_again(
    first: Revision, editor: User, writer: User, now: datetime
) -> None:
    assert withholding.may_read(first, writer)
    before = changes.latest()[1]
    withholding.withhold(first, reason=" A name. ", by=editor, now=now)
    db.session.commit()
    assert (first.withheld_reason, first.withheld_at, first.withheld_by) == ("A name.", now, editor)
    assert {f"article:{first.article_id}", "corrections"} <= changes.since(before)
    assert not withholding.may_read(first, writer)
    assert withholding.may_read(first, editor)
    withholding.release(first, by=editor)
    assert not first.is_withheld
    assert withholding.may_read(first, writer)


def test_it_needs_a_reason_an_editor_and_newer_words(
    first: Revision, editor: User, writer: User, now: datetime
) -> None:
    with pytest.raises(RuleBroken) as refused:
        withholding.withhold(first, reason=" \n", by=editor, now=now)
    assert refused.value.field == "reason"
    with pytest.raises(NotAllowed):
        withholding.withhold(first, reason="Mine.", by=writer, now=now)
    with pytest.raises(NotAllowed):
        withholding.release(first, by=writer)
    last = desk_queries.last_revision(first.article)
    with pytest.raises(RuleBroken, match="Change them first"):
        withholding.withhold(last, reason="A name.", by=editor, now=now)


def test_a_withheld_note_is_its_reason(first: Revision, editor: User, now: datetime) -> None:
    first.note = "It was Bob."
    assert first.public_note == "It was Bob."
    withholding.withhold(first, reason="A name.", by=editor, now=now)
    assert first.public_note == "A name."


def test_others_versions_are_untouched(
    first: Revision, make_article: Callable[..., Article], editor: User, now: datetime
) -> None:
    other = make_article("Other")
    withholding.withhold(first, reason="A name.", by=editor, now=now)
    db.session.commit()
    assert not desk_queries.last_revision(other).is_withheld
