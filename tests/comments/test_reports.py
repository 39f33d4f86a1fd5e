"""Readers report a reply; an editor settles it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsite.accounts.models import User
from newsite.comments import reports
from newsite.comments.models import Comment, Report, ReportReason
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.site.models import Site

Send = Callable[..., Comment]


@pytest.fixture
def tell(now: datetime) -> Callable[..., bool]:
    """Somebody reports a reply as abusive; every network a minute after the one before."""

    def make(comment: Comment, network: str = "192.0.2.1", **given: Any) -> bool:
        at = now + timedelta(minutes=int(network.rpartition(".")[2]))
        values = {"reason": ReportReason.abusive, "words": ""} | given
        told = reports.report(comment, reporter=network, now=at, **values)
        db.session.commit()
        return told

    return make


def test_a_reply_is_reported_once_from_a_network_and_stays_where_it_is(
    approved: Send, tell: Any, now: datetime
) -> None:
    comment = approved()
    assert tell(comment, "192.0.2.2", words=" He names\r\nmy child. ")
    assert not tell(comment, "192.0.2.2", reason=ReportReason.spam)
    assert tell(comment, "192.0.2.1")
    assert tell(comment, "192.0.2.3")
    assert comment.is_approved
    assert comment.reported_at == now + timedelta(minutes=2)
    first, *others = reports.of([comment])[comment.id]
    assert (first.reason, first.words) == (ReportReason.abusive, "He names\nmy child.")
    assert "192" not in (first.reporter or "")
    assert len(others) == 2


def test_only_what_readers_see_can_be_reported(sent: Send, tell: Any) -> None:
    with pytest.raises(Conflict, match="not on the page"):
        tell(sent())


def test_a_site_may_take_no_reports(approved: Send, tell: Any, site: Site) -> None:
    comment = approved()
    site.takes_reports = False
    with pytest.raises(NotAllowed, match="takes no reports"):
        tell(comment)


@pytest.mark.parametrize(
    ("reason", "words", "sentence"),
    [
        (ReportReason.spam, "x" * 1_001, "at most 1,000"),
        (ReportReason.other, "  ", "Say in a sentence"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    approved: Send, tell: Any, reason: ReportReason, words: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        tell(approved(), reason=reason, words=words)
    assert refused.value.field == "words"


def test_a_settled_reply_may_be_reported_by_somebody_else(
    approved: Send, tell: Any, editor: User, now: datetime
) -> None:
    comment = approved()
    tell(comment)
    reports.settle(comment, by=editor, now=now)
    db.session.commit()
    assert comment.reported_at is None
    assert reports.of([comment]) == {}
    [settled] = reports.about(comment)
    assert (settled.settled_at, settled.settled_by_id) == (now, editor.id)
    assert not tell(comment)
    assert comment.reported_at is None
    assert tell(comment, "198.51.100.9")
    assert len(reports.of([comment])[comment.id]) == 1
    assert len(reports.about(comment)) == 2


def test_what_its_writer_takes_away_needs_no_editor(
    approved: Send, tell: Any, now: datetime
) -> None:
    comment = approved()
    tell(comment)
    reports.settle(comment, by=None, now=now)
    [settled] = reports.about(comment)
    assert (settled.settled_at, settled.settled_by_id) == (now, None)
    reports.settle(comment, by=None, now=now + timedelta(hours=1))
    assert settled.settled_at == now


def test_reports_are_opened_again_with_the_decision_that_settled_them(
    approved: Send, tell: Any, editor: User, now: datetime
) -> None:
    comment = approved()
    tell(comment, "192.0.2.1")
    reports.settle(comment, by=editor, now=now)
    tell(comment, "192.0.2.2")
    later = now + timedelta(hours=1)
    reports.settle(comment, by=editor, now=later)
    reports.reopen(comment, settled_at=later)
    assert comment.reported_at == now + timedelta(minutes=2)
    [opened] = reports.of([comment])[comment.id]
    assert (opened.settled_at, opened.settled_by_id) == (None, None)
    reports.reopen(comment, settled_at=now - timedelta(hours=1))
    assert comment.reported_at == now + timedelta(minutes=2)


def test_of_a_storm_of_reports_the_first_twenty_are_read(approved: Send, now: datetime) -> None:
    one, other, quiet = approved("1"), approved("2"), approved("3")
    for comment in (one, other):
        for number in range(25):
            db.session.add(
                Report(
                    comment=comment, reason=ReportReason.spam, reporter=str(number), created_at=now
                )
            )
        comment.reported_at = now
    db.session.commit()
    found = reports.of([one, other, quiet])
    assert {number: len(read) for number, read in found.items()} == {one.id: 20, other.id: 20}
    assert [read.reporter for read in found[one.id]][:2] == ["0", "1"]


def test_reports_go_with_their_reply(approved: Send, tell: Any) -> None:
    comment = approved()
    tell(comment)
    db.session.delete(comment)
    db.session.commit()
    assert db.session.query(Report).count() == 0
