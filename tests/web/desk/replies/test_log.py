"""Who decided what can be looked up."""

from collections.abc import Callable
from datetime import datetime

import pytest
from moderating import QUEUE
from pages import Pages

from newsite.accounts.models import User
from newsite.comments import actions, context
from newsite.comments.models import Comment
from newsite.db import db

Send = Callable[..., Comment]
LOG = f"{QUEUE}decisions/"


def test_decisions_are_listed_newest_first_with_who_why_and_about_what(
    desk: Pages, sent: Send, editor: User, admin: User, writer: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    actions.trash(comment, by=admin, reason="Names a child", note="Take it out.", now=now)
    db.session.commit()
    page = desk.get(QUEUE).follow("Decisions")
    assert page.texts(".lines > li") == [
        (
            "22 November 2026, 12.00pm The reply by Ann : Approved → Trash"
            " Ada · Names a child · Note to the writer: Take it out. · On “Night shift votes”"
        ),
        (
            "22 November 2026, 12.00pm The reply by Ann : Waiting → Approved"
            " Edith · On “Night shift votes”"
        ),
    ]
    assert page.texts("#seek-by option") == ["Everybody", "Ada", "Edith"]
    page = page.form("seek").fill(by=editor.id).submit()
    assert page.texts("#seek-by [selected]") == ["Edith"]
    assert len(page.all(".lines > li")) == 1
    assert page.follow("The reply by Ann").h1 == "The reply by Ann"


def test_the_log_is_paged(
    desk: Pages, sent: Send, editor: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "DECISIONS", 1)
    for number in range(2):
        actions.approve(sent(f"No. {number}"), by=editor, now=now)
    db.session.commit()
    page = desk.get(f"{LOG}?by={editor.id}").follow("Earlier decisions")
    assert len(page.all(".lines > li")) == 1
    assert page.texts("#seek-by [selected]") == ["Edith"]
    desk.get(f"{LOG}?before=x", 404)


@pytest.mark.parametrize("by", ["x", "9999999999", "77"])
def test_nobody_else_has_decided_anything(desk: Pages, by: str) -> None:
    assert "Nothing has been decided yet." in desk.get(f"{LOG}?by={by}").text
