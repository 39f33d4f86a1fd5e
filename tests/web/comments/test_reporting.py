"""A reader without an account says that a reply should not stand there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from pages import Pages, PageView

from newsite import changes
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, reports
from newsite.comments.models import Comment, Report, ReportReason, Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Site
from newsite.web.comments import tokens
from newsite.web.comments.reporting import LIMIT


@pytest.fixture
def comment(article: Article, editor: User, now: datetime) -> Comment:
    """A reply on the page."""
    reply = NewReply("Bea", "bea@example.org", "", "You are all fools.")
    comment = actions.submit_reply(article, reply, now=now)
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    return comment


def address(comment: Comment) -> str:
    return f"/articles/{comment.article_id}/replies/{comment.id}/report"


def received() -> list[Report]:
    return list(db.session.scalars(sa.select(Report).order_by(Report.id)))


def post(pages: Pages, comment: Comment, status: int, **fields: Any) -> PageView:
    """What is answered to a form that no browser of ours would send."""
    at = pages.client.application.config["NEWSITE_CLOCK"]()
    token = tokens.form_token(comment.article_id, at, tokens.Purpose.report)
    return pages.submit(address(comment), {"csrf_token": token} | fields, status)


def test_a_reader_reports_a_reply(pages: Pages, comment: Comment, now: datetime) -> None:
    page = pages.get(str(comment.article.path)).follow("Report")
    assert "You are all fools." in page.text
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.one('meta[name="robots"]')["content"] == "noindex"
    form = page.form("report").fill(reason="abusive", words="It insults\x00 people.")
    thanks = form.submit("Send the report")
    assert thanks.h1 == "Thank you for your report"
    assert thanks.response.headers["X-Robots-Tag"] == "noindex"
    (report,) = received()
    assert (report.comment_id, report.reason) == (comment.id, ReportReason.abusive)
    assert (report.words, report.created_at) == ("It insults people.", now)
    assert comment.reported_at == now
    assert comment.status is Status.approved  # an editor decides


def test_a_report_says_why(pages: Pages, comment: Comment) -> None:
    page = pages.get(address(comment)).form("report").submit("Send the report", 422)
    assert page.title.startswith("Error: Report a reply")
    assert page.link("Choose what is wrong with it.") == "#reason"
    assert page.one("select")["aria-invalid"] == "true"
    assert not received()


def test_something_else_is_said_in_words_and_none_are_lost(pages: Pages, comment: Comment) -> None:
    form = pages.get(address(comment)).form("report").fill(reason="other")
    page = form.submit("Send the report", 422)
    assert page.link("Say in a sentence what is wrong with it.") == "#words"
    words = "x" * (reports.MAX_WORDS_CHARS + 1)
    page = page.form("report").fill(words=words).submit("Send the report", 422)
    assert page.form("report").values["words"] == [words]
    assert page.form("report").values["reason"] == ["other"]


def test_a_reason_of_ones_own_making_is_none(pages: Pages, comment: Comment) -> None:
    assert post(pages, comment, 422, reason="dislike").link("Choose what is wrong with it.")


def test_a_form_of_another_page_is_refused(pages: Pages, comment: Comment) -> None:
    page = post(pages, comment, 422, reason="spam", csrf_token="x")
    sentence = "This form was not made by this page. Send it again."
    assert sentence in page.one("#errors").get_text()
    page.form("report").submit("Send the report")
    assert len(received()) == 1


def test_a_token_of_another_form_is_refused(pages: Pages, comment: Comment, now: datetime) -> None:
    for other in (tokens.Purpose.reply, tokens.Purpose.privacy):
        swapped = tokens.form_token(comment.article_id, now, other)
        post(pages, comment, 422, reason="spam", csrf_token=swapped)
    assert not received()


def test_a_network_counts_once_and_is_thanked_again(pages: Pages, comment: Comment) -> None:
    for _ in range(2):
        assert post(pages, comment, 200, reason="spam").h1 == "Thank you for your report"
    assert len(received()) == 1


def test_a_network_reports_five_times_an_hour(pages: Pages, comment: Comment) -> None:
    for _ in range(int(LIMIT.split()[0])):
        post(pages, comment, 200, reason="spam")
    page = post(pages, comment, 429, reason="spam", words="Again")
    assert "That was a lot. Wait 60 minutes, then send it again." in page.text
    assert page.response.headers["Retry-After"] == "3600"
    assert page.form("report").values["words"] == ["Again"]


def test_a_site_that_takes_no_reports_asks_for_none(
    pages: Pages, comment: Comment, site: Site
) -> None:
    site.takes_reports = False
    changes.touch(changes.SITE)
    assert not pages.get(str(comment.article.path)).all('[href$="/report"]')
    pages.get(address(comment), 404)
    post(pages, comment, 404, reason="spam")


def test_only_what_readers_see_is_reported(
    pages: Pages,
    comment: Comment,
    editor: User,
    make_article: Callable[..., Article],
    now: datetime,
) -> None:
    other = make_article("Another")
    for path in (
        f"/articles/{other.id}/replies/{comment.id}/report",
        f"/articles/{comment.article_id}/replies/{comment.id + 1}/report",
    ):
        pages.get(path, 404)
    actions.hold(comment, by=editor, now=now)
    pages.get(address(comment), 404)


def test_what_is_decided_meanwhile_is_told(
    pages: Pages, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = reports.report

    def decided_meanwhile(one: Comment, *given: Any, **named: Any) -> bool:
        one.status = Status.trash
        return take(one, *given, **named)

    monkeypatch.setattr(reports, "report", decided_meanwhile)
    page = post(pages, comment, 409, reason="spam")
    assert "This reply is not on the page any more." in page.one("#errors").get_text()
