"""An editor puts all of a writer aside, and locks a thread."""

from collections.abc import Callable
from datetime import datetime

import pytest
from moderating import QUEUE, send, undo, where
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.models import Comment, Status
from newsite.db import db

Send = Callable[..., Comment]


@pytest.mark.parametrize(
    ("button", "end", "words"),
    [
        ("Put all 2 in the trash", Status.trash, "2 replies are in the trash."),
        ("Mark all 2 as spam", Status.spam, "2 replies are in spam."),
    ],
)
def test_all_of_one_writer_is_put_aside_by_one_button_and_back_by_another(
    desk: Pages, sent: Send, button: str, end: Status, words: str
) -> None:
    ones, other = [sent("One"), sent("Two")], sent("Other", email="bob@example.org")
    page = desk.get(f"{QUEUE}{ones[0].id}/")
    [form] = [one for one in page.all("section form") if button in one.get_text()]
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    page = desk.submit(str(form["action"]), fields)
    assert words in page.text
    assert [where(one) for one in [*ones, other]] == [end, end, Status.pending]
    assert "Put all" not in page.text
    page = desk.submit(str(form["action"]), fields)
    assert "No other reply from this address" in page.text
    assert where(ones[0]) is end


def test_it_can_be_undone(desk: Pages, sent: Send) -> None:
    comment = sent()
    page = send(desk.get(f"{QUEUE}{comment.id}/"), f"{QUEUE}{comment.id}/all")
    assert where(comment) is Status.trash
    page = undo(page)
    assert page.path == f"{QUEUE}{comment.id}/"
    assert where(comment) is Status.pending


def test_what_is_no_measure_is_refused(desk: Pages, sent: Send) -> None:
    comment = sent()
    token = desk.get(QUEUE).form("queue").values["csrf_token"]
    desk.submit(f"{QUEUE}{comment.id}/all", {"csrf_token": token, "as": ["approve"]}, 400)
    desk.submit(f"{QUEUE}99/all", {"csrf_token": token, "as": ["trash"]}, 404)
    desk.submit(f"{QUEUE}99/lock", {"csrf_token": token, "lock": ["yes"]}, 404)


def test_a_locked_thread_takes_no_answers_from_readers_or_staff(
    desk: Pages, pages: Pages, article: Article, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    form = pages.get(f"/articles/{article.id}/replies/new?to={comment.id}").form("reply")
    page = desk.get(f"{QUEUE}{comment.id}/")
    locked = send(page, f"{QUEUE}{comment.id}/lock")
    assert "The thread is locked: nobody can answer in it." in locked.text
    assert locked.texts(".queue .badge") == ["Approved", "Locked"]
    assert "Answer" not in locked.texts(".queue .actions > *")
    shown = pages.get(str(article.path))
    assert shown.all(f"#comment-{comment.id} a[href*='to=']") == []
    assert "This thread is locked." in shown.one(f"#comment-{comment.id}").get_text()
    refused = form.fill(comment="But", author="Bob", email="bob@example.org").submit(status=403)
    assert "This thread is locked: nobody can answer in it." in refused.one(".summary").get_text()
    assert refused.form("reply").values["comment"] == ["But"]
    page = (
        desk.get(f"{QUEUE}{comment.id}/answer").form("answer").fill(body="But").submit(status=403)
    )
    assert "This thread is locked" in page.one(".summary").get_text()
    unlocked = send(desk.get(f"{QUEUE}{comment.id}/"), f"{QUEUE}{comment.id}/lock")
    assert "The thread is unlocked." in unlocked.text
    assert len(pages.get(str(article.path)).all(f"#comment-{comment.id} a[href*='to=']")) == 1


def test_two_who_lock_a_thread_are_told(desk: Pages, sent: Send) -> None:
    comment = sent()
    page = desk.get(f"{QUEUE}{comment.id}/")
    send(page, f"{QUEUE}{comment.id}/lock")
    assert "This thread is locked." in send(page, f"{QUEUE}{comment.id}/lock").text
