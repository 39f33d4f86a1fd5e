"""What whoever has the secret link is shown."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from pages import Pages

from newsite.accounts.models import User
from newsite.articles import actions, sharing
from newsite.articles.models import Article, Kind, State
from newsite.db import db
from newsite.site.models import Site
from newsite.web.context import reserved

Make = Callable[..., Article]


@pytest.fixture
def draft(make_article: Make, editor: User, now: datetime) -> Article:
    """A draft that is shared."""
    article = make_article("Soon", publish=False, body="The count was at six.")
    sharing.share(article, by=editor, now=now)
    db.session.commit()
    return article


def address(article: Article) -> str:
    return f"/draft/{article.id}/{article.share_mark}"


def test_whoever_has_the_link_reads_the_draft_as_a_page(pages: Pages, draft: Article) -> None:
    page = pages.get(address(draft))
    assert page.h1 == "Soon"
    assert "The count was at six." in page.text
    assert "This is a draft." in page.one(".banner").get_text()
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert page.all("form, #replies, link[title=Replies]") == [], "it takes no replies yet"
    assert page.texts("time.when") == ["20 November 2026"]
    db.session.refresh(draft)
    assert (draft.path, draft.state) == (None, State.draft)


def test_a_draft_without_a_date_says_none(pages: Pages, draft: Article) -> None:
    draft.published_at = None
    db.session.commit()
    assert pages.get(address(draft)).all("time") == []


def test_a_page_is_shared_too(
    pages: Pages, make_article: Make, editor: User, now: datetime
) -> None:
    page = make_article("About", kind=Kind.page, publish=False)
    sharing.share(page, by=editor, now=now)
    db.session.commit()
    assert "This is a draft." in pages.get(address(page)).one(".banner").get_text()


def test_the_link_is_over_when_it_is_ended_or_the_draft_is_thrown_away(
    pages: Pages, draft: Article, editor: User, now: datetime
) -> None:
    there = address(draft)
    assert pages.fetch(f"/draft/{draft.id}/{'x' * 32}").status_code == 404
    actions.trash(draft, by=editor, now=now)
    db.session.commit()
    gone = pages.fetch(there)
    assert gone.status_code == 404
    assert gone.headers["Cache-Control"] == "private, no-store"
    actions.restore(draft, by=editor, now=now)
    sharing.end(draft, by=editor)
    db.session.commit()
    assert pages.fetch(there).status_code == 404


def test_once_it_is_out_the_link_leads_there(
    app: Flask, pages: Pages, draft: Article, editor: User, site: Site, now: datetime
) -> None:
    there = address(draft)
    with app.test_request_context():
        actions.publish(draft, by=editor, now=now, site=site, reserved=reserved())
    db.session.commit()
    answer = pages.fetch(there)
    assert (answer.status_code, answer.location) == (303, "/2026/11/soon/")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_scheduled_one_is_still_a_draft_to_readers(
    pages: Pages, make_article: Make, editor: User, now: datetime
) -> None:
    article = make_article("Later", published_at=now + timedelta(days=1))
    sharing.share(article, by=editor, now=now)
    db.session.commit()
    assert pages.get(address(article)).h1 == "Later"


def test_the_link_stands_in_no_log(
    pages: Pages, draft: Article, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    pages.get(address(draft))
    assert "/draft/…" in (written := capfd.readouterr().out)
    assert draft.share_mark not in written


def test_no_article_takes_the_place_of_drafts(app: Flask) -> None:
    with app.test_request_context():
        assert reserved().holds("/draft/mine/")
