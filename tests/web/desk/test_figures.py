"""What Today counts: everybody's for an editor, one's own for a writer."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite import audit
from newsite.accounts.models import User
from newsite.articles import links, reads
from newsite.articles.models import Article, State
from newsite.articles.reads import Day
from newsite.db import db
from newsite.site.models import Site
from newsite.web.desk.figures import today


@pytest.fixture
def work(editor: User, writer: User, now: datetime) -> None:
    def article(title: str, by: User, **given: object) -> Article:
        saved = now - timedelta(minutes=len(title))
        return Article(title=title, created_by=by, created_at=now, saved_at=saved, **given)

    soon, later = now + timedelta(hours=1), now + timedelta(days=1)
    db.session.add_all(
        [
            article("Will’s newer", writer),
            article("Will’s older one", writer),
            article("Edith’s", editor),
            article("Out", writer, state=State.published, published_at=now),
            article("Later", writer, state=State.published, published_at=later),
            article("Soon", editor, state=State.published, published_at=soon),
        ]
    )
    for user in (editor, writer):
        audit.record(
            at=now + timedelta(minutes=1),
            user_id=user.id,
            user_name=user.name,
            action="saved",
            subject="it",
        )
    db.session.commit()


def test_an_editor_sees_everybodys_work(work: None, editor: User, now: datetime) -> None:
    seen = today(editor, now)
    assert (seen.replies, seen.drafts, seen.scheduled) == (0, 3, 2)
    assert [article.title for article in seen.own_drafts] == ["Edith’s"]
    assert [article.title for article in seen.next_out] == ["Soon", "Later"]
    assert {entry.user_name for entry in seen.happened[:2]} == {"Edith", "Will"}


def test_a_writer_sees_their_own(work: None, writer: User, now: datetime) -> None:
    seen = today(writer, now)
    assert (seen.replies, seen.drafts, seen.scheduled) == (None, 2, 1)
    assert [article.title for article in seen.own_drafts] == ["Will’s newer", "Will’s older one"]
    assert [article.title for article in seen.next_out] == ["Later"]
    assert {entry.user_name for entry in seen.happened} == {"Will"}


def test_broken_links_are_everybodys_for_an_editor_and_ones_own_for_a_writer(
    work: None, editor: User, writer: User, now: datetime
) -> None:
    for article in db.session.scalars(sa.select(Article)):
        links.keep(article, ["/gone/", "/away/"][: 1 + (article.title == "Out")], now=now)
        if article.title == "Soon":
            article.state = State.trash  # what is thrown away needs no mending
    db.session.commit()
    assert today(editor, now).broken == 6
    assert today(writer, now).broken == 5


def test_what_was_read_most_is_everybodys_and_nobodys_where_nothing_is_counted(
    article: Article, writer: User, editor: User, site: Site, now: datetime
) -> None:
    reads.add({Day(now.date(), article.id): 3})
    for user in (editor, writer):
        assert today(user, now).most_read == [(article, 3)]
    site.counts_reads = False
    assert today(editor, now).most_read is None


def test_an_empty_desk_counts_nothing(make_user: Callable[..., User], now: datetime) -> None:
    from newsite.accounts.models import Role

    seen = today(make_user("Ed", Role.editor), now)
    assert (seen.replies, seen.drafts, seen.scheduled, seen.broken) == (0, 0, 0, 0)
    assert seen.own_drafts == seen.next_out == []
