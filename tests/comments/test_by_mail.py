from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsite import tokens
from newsite.accounts import actions as accounts
from newsite.accounts.models import ReplyMail, Role
from newsite.comments import actions, by_mail, own
from newsite.comments.by_mail import NoMore
from newsite.comments.letters.links import Choice, decide_path, stop_path
from newsite.comments.models import Comment, Follows, Status
from newsite.db import db


@pytest.fixture
def link(editor, now):
    """The token by which Edith decides about a reply as it is."""

    def link(comment, choice=Choice.approve, at=now):
        return decide_path(editor.id, comment, choice, now=at).rpartition("/")[2]

    return link


def why_not(token, now) -> str:
    """What somebody is told who presses the button, and who only looks, alike."""
    with pytest.raises(NoMore) as looked:
        by_mail.asked(token, now=now)
    with pytest.raises(NoMore) as pressed:
        by_mail.decide(token, now=now)
    db.session.rollback()
    assert looked.value.message == pressed.value.message
    assert looked.value.status == 410
    return looked.value.message


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        (Choice.approve, Status.approved),
        (Choice.spam, Status.spam),
        (Choice.trash, Status.trash),
    ],
)
def test_an_editor_decides_from_a_mail(sent, link, editor, now, choice, status):
    comment = sent()
    token = link(comment, choice)
    asked = by_mail.asked(token, now=now)
    assert asked == (editor, comment, choice)
    assert comment.status is Status.pending  # to look changes nothing
    entry = by_mail.decide(token, now=now)
    assert comment.status is status
    assert entry.by is editor


def test_a_link_works_once(sent, link, now, editor):
    comment = sent()
    token = link(comment)
    by_mail.decide(token, now=now)
    db.session.commit()
    assert why_not(token, now) == "This link has been used. It works once."


def test_two_who_press_at_once_decide_once(sent, link, now, monkeypatch):
    token = link(sent())
    monkeypatch.setattr(tokens, "is_spent", lambda token: False)
    assert tokens.spend(token, ends_at=now)  # the other one was quicker by a moment
    with pytest.raises(NoMore, match="has been used"):
        by_mail.decide(token, now=now)


def test_the_other_links_of_a_reply_end_with_the_decision(sent, link, now):
    comment = sent()
    approve, spam = link(comment), link(comment, Choice.spam)
    by_mail.decide(approve, now=now)
    db.session.commit()
    assert why_not(spam, now).startswith("Somebody has decided about this reply since")


def test_a_link_ends_when_somebody_else_decides(sent, link, now, admin):
    comment = sent()
    token = link(comment)
    actions.approve(comment, by=admin, now=now)
    actions.hold(comment, by=admin, now=now)  # it is where it was, but somebody has looked
    db.session.commit()
    assert why_not(token, now).startswith("Somebody has decided about this reply since")


def test_a_link_ends_when_the_words_change(sent, link, now):
    comment = sent()
    token = link(comment)
    own.edit(comment, "Buy my pills.", now=comment.created_at + timedelta(minutes=1))
    db.session.commit()
    assert "or its writer has changed it" in why_not(token, now)


def test_a_link_ends_after_seven_days(sent, link, now):
    comment = sent()
    token = link(comment, at=now - timedelta(days=6))
    assert by_mail.asked(token, now=now).comment is comment
    token = link(comment, at=now - timedelta(days=8))
    assert why_not(token, now) == "This link is older than 7 days, or was not copied to its end."


def test_a_link_that_was_made_up_or_is_for_something_else_decides_nothing(sent, link, now, editor):
    comment = sent()
    for token in (
        "nonsense",
        link(comment)[:-1],
        tokens.signed("stop", [editor.id, comment.id, "approve", "0."], now=now),
        stop_path(comment_id=comment.id, now=now).rpartition("/")[2],
    ):
        assert why_not(token, now).startswith("This link is older than 7 days")


def test_whoever_is_no_editor_any_more_decides_nothing(sent, link, now, admin, editor, writer):
    comment = sent()
    token = link(comment)
    accounts.set_role(editor, Role.writer, by=admin, now=now)
    assert why_not(token, now) == "Whoever got this mail decides about replies no more."
    accounts.set_role(editor, Role.editor, by=admin, now=now)
    accounts.deactivate(editor, by=admin, now=now)
    db.session.commit()
    assert why_not(token, now) == "Whoever got this mail decides about replies no more."


def test_a_reply_that_is_gone_is_said_to_be(sent, link, now):
    comment = sent()
    token = link(comment)
    db.session.delete(comment)
    db.session.commit()
    assert why_not(token, now) == "This reply is not there any more."


def follows(comment_id) -> Follows:
    return db.session.scalars(sa.select(Comment.follows).where(Comment.id == comment_id)).one()


def stop(token_path, now) -> None:
    by_mail.stop(token_path.rpartition("/")[2], now=now)
    db.session.commit()


def test_whoever_follows_ends_it_for_all_their_replies_to_an_article(
    sent, make_article, reply, now, article
):
    first, second = sent("One"), sent("Two", email="ANN@example.org")
    other = sent("Three", email="ben@example.org")
    elsewhere = actions.submit_reply(make_article("Another"), reply("Four"), now=now)
    for comment in (first, second, other, elsewhere):
        comment.follows = Follows.thread
    db.session.commit()
    stop(stop_path(comment_id=first.id, now=now), now)
    assert [follows(one.id) for one in (first, second, other, elsewhere)] == [
        Follows.nothing,
        Follows.nothing,
        Follows.thread,
        Follows.thread,
    ]


def test_an_editor_ends_their_own_mails(editor, admin, now):
    stop(stop_path(user_id=editor.id, now=now), now)
    assert editor.reply_mail is ReplyMail.never
    assert admin.reply_mail is ReplyMail.hourly


def test_an_old_link_still_ends_mails_and_ending_twice_does_no_harm(sent, now):
    comment = sent()
    comment.follows = Follows.answers
    path = stop_path(comment_id=comment.id, now=now)
    stop(path, now + timedelta(days=1000))
    stop(path, now + timedelta(days=1001))
    assert follows(comment.id) is Follows.nothing


def test_a_link_ends_nobody_s_mails_who_came_after_it(sent, editor, now):
    comment = sent()
    comment.follows = Follows.answers
    before = comment.created_at - timedelta(hours=1)
    stop(stop_path(comment_id=comment.id, now=before), now)
    assert follows(comment.id) is Follows.answers
    stop(stop_path(user_id=editor.id, now=editor.created_at - timedelta(days=1)), now)
    assert editor.reply_mail is ReplyMail.hourly


def test_what_was_made_up_ends_nothing(sent, link, now):
    comment = sent()
    comment.follows = Follows.answers
    for token in ("nonsense", link(comment)):
        assert not by_mail.may_stop(token, now=now)
        by_mail.stop(token, now=now)
    assert follows(comment.id) is Follows.answers


def test_a_link_about_somebody_gone_ends_nothing(sent, now):
    stop(stop_path(comment_id=4711, now=now), now)
    stop(stop_path(user_id=4711, now=now), now)
