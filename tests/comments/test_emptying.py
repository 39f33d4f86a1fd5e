"""What is left of a reply when its writer's name, address or words go."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsite.comments import actions, emptying, reports
from newsite.comments.models import Comment, Follows, Report, ReportReason, Status
from newsite.comments.spam.models import SpamLesson
from newsite.db import db

SECRETS = ("ann", "there", "ledger")


def known(approved: Any, editor: Any, now: datetime) -> Comment:
    """A reply of which all is known that can be."""
    comment: Comment = approved("I was there.", website="https://ann.example/")
    comment.network, comment.follows, comment.spam_score = "192.0.2.0/24", Follows.thread, 0.2
    comment.confirmed_at = comment.told_at = now
    actions.hold(comment, by=editor, reason="Is this Ann?", note="Dear Ann", now=now)
    comment.entries[0].rule = "Disallowed word: ann · ledger"
    actions.approve(comment, by=editor, now=now)
    reports.report(comment, ReportReason.other, "She was not there", reporter="1", now=now)
    db.session.commit()
    return comment


def texts(comment: Comment) -> str:
    """All that is stored of a reply and of what was said about it."""
    rows = [
        *db.session.execute(sa.select(Comment.__table__).where(Comment.id == comment.id)),
        *(entry.__dict__ for entry in comment.entries),
        *db.session.execute(sa.select(Report.__table__)),
    ]
    return str(rows).lower()


def test_without_a_name_the_words_stay(approved, editor, site, now):
    comment = known(approved, editor, now)
    emptying.unname(comment, now=now)
    db.session.commit()
    db.session.refresh(comment)
    assert (comment.author_name, comment.body, comment.status) == (
        "Name removed",
        "I was there.",
        Status.approved,
    )
    assert "Name removed" in comment.block_html
    assert "I was there." in comment.block_html
    assert comment.confirmed_at is comment.told_at is comment.spam_score is None
    assert comment.follows is Follows.nothing
    assert comment.entries[0].rule == "Disallowed word"
    assert not [entry for entry in comment.entries if entry.note or entry.reason]
    assert "ann" not in texts(comment)
    assert db.session.scalars(sa.select(SpamLesson)).all() == []


def test_two_that_say_the_same_can_both_lose_their_names(approved, now):
    one, other = approved(), approved(email="bob@example.org", author_name="Bob")
    emptying.unname(one, now=now)
    emptying.unname(other, now=now)
    db.session.commit()
    assert one.fingerprint != other.fingerprint


def test_the_name_is_gone_in_the_sites_own_language(approved, site, now):
    site.language = "de"
    comment = approved()
    emptying.unname(comment, now=now)
    assert comment.author_name == "Name removed"  # nobody has translated it yet


def test_of_an_empty_reply_only_its_place_is_left(approved, sent, editor, now):
    comment = known(approved, editor, now)
    answer = approved("Nor was I.", to=comment, email="bob@example.org", author_name="Bob")
    actions.trash(comment, by=editor, now=now)
    comment.appeal, comment.appealed_at = "I, Ann, was there", now
    place = comment.place
    emptying.empty(comment, now=now)
    db.session.commit()
    db.session.refresh(comment)
    assert (comment.body, comment.body_html, comment.appeal) == ("", "", "")
    assert (comment.appealed_at, comment.reported_at) == (None, None)
    assert (comment.place, comment.is_on_page) == (place, True)
    assert 'class="gap"' in comment.block_html
    assert not [word for word in SECRETS if word in texts(comment)]
    assert answer.parent_id == comment.id
