"""An editor answers a reply."""

from collections.abc import Callable
from datetime import datetime

import pytest
from moderating import QUEUE
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.models import Comment
from newsite.db import db

Send = Callable[..., Comment]


def test_an_editor_answers_a_reply_which_is_approved_with_it(
    desk: Pages, article: Article, sent: Send, editor: User
) -> None:
    editor.badge = "Branch editor"
    comment = sent("When does it start?")
    page = desk.get(desk.get(QUEUE).link("Answer the reply by Ann"))
    assert "When does it start?" in page.text
    page = page.form("answer").fill(body="At <b>six</b>.").submit("Approve and answer")
    assert "Your answer to Ann is on the page." in page.text
    shown = desk.get(article.path or "").one(f"#comment-{comment.id} .staff")
    assert "Edith" in shown.get_text()
    assert "Branch editor" in shown.get_text()
    approved = desk.get(f"{QUEUE}approved/")
    assert "Answers Ann" in approved.text
    again = desk.get(f"{QUEUE}{comment.id}/answer")
    assert again.one("#answer button").get_text() == "Post answer"


def test_an_answer_that_cannot_be_taken_is_given_back(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    page = desk.get(f"{QUEUE}{comment.id}/answer")
    wrong = page.form("answer").fill(body="  ").submit(status=422)
    assert wrong.title.startswith("Error:")
    assert "Write something before you post." in wrong.one(".summary").get_text()
    wrong = page.form("answer").fill(body="x" * 5_001).submit(status=422)
    assert "at most 5,000 characters" in wrong.one(".summary").get_text()
    actions.mark_spam(comment, by=admin, now=now)
    db.session.commit()
    wrong = page.form("answer").fill(body="Hello").submit(status=409)
    assert "Restore it before you answer it." in wrong.one(".summary").get_text()
    assert wrong.form("answer").values["body"] == ["Hello"]
    desk.get(f"{QUEUE}99/answer", 404)


@pytest.mark.parametrize(
    ("own", "shown"),
    [("", "Author"), ("Branch editor", "Branch editor · Author"), ("Author", "Author")],
)
def test_whoever_wrote_the_article_answers_as_its_author(
    desk: Pages, article: Article, sent: Send, editor: User, own: str, shown: str
) -> None:
    article.created_by_id, editor.badge = editor.id, own
    comment = sent("When does it start?")
    desk.get(f"{QUEUE}{comment.id}/answer").form("answer").fill(body="At six.").submit()
    assert desk.get(str(article.path)).texts(".staff span") == [shown]
