import pytest
from mail_server import html_of, text_of

from newsite.comments import actions, deciding, links, own
from newsite.db import db


@pytest.fixture
def comment(sent, confirmed):
    """Ann's reply, from an address that she confirmed."""
    return confirmed(sent())


def test_a_note_reaches_the_writer_of_a_reply(comment, editor, post, work, now):
    actions.trash(comment, by=editor, reason="rude", note="Say it <b>kindly</b>.", now=now)
    work(minutes=1)
    (mail,) = post.mails
    assert str(mail["To"]) == "ann@example.org"
    assert mail["Subject"] == "About your reply: Night shift votes – The Test Paper"
    assert "It is not published." in text_of(mail)
    assert "> Say it <b>kindly</b>." in text_of(mail)
    assert "Say it &lt;b&gt;kindly&lt;/b&gt;." in html_of(mail)
    assert "rude" not in str(mail)  # the reason is the desk's
    assert mail["List-Unsubscribe"] is None
    token = text_of(mail).partition("/replies/")[2].split()[0]
    assert links.opened(token, now=now).right is links.MAIL


def test_a_note_keeps_its_lines(comment, editor, post, work, now):
    actions.trash(comment, by=editor, note="Say it kindly.\n\nAda", now=now)
    work(minutes=1)
    (mail,) = post.mails
    assert "> Say it kindly.\n> \n> Ada" in text_of(mail).replace("\r", "")
    assert "<p>Say it kindly.</p>\n<p>Ada</p>" in html_of(mail).replace("\r", "")


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (actions.approve, "It is on the page."),
        (actions.mark_spam, "It is not published."),
    ],
)
def test_where_the_reply_is_now_is_said(comment, editor, post, work, now, decision, said):
    decision(comment, by=editor, note="A word about it.", now=now)
    work(minutes=1)
    assert said in text_of(post.mails[0])
    assert said in html_of(post.mails[0])


def test_a_reply_that_has_to_wait_again_is_said_to(comment, editor, post, work, now):
    actions.approve(comment, by=editor, now=now)
    actions.hold(comment, by=editor, note="We check a name.", now=now)
    work(minutes=1)
    assert "It waits to be looked at again" in text_of(post.mails[0])


def test_a_decision_without_a_note_is_no_mail(comment, editor, post, work, now):
    actions.approve(comment, by=editor, now=now)
    work(minutes=1)
    assert post.mails == []


def test_an_appeal_is_answered_whatever_the_answer(comment, editor, post, work, now):
    actions.trash(comment, by=editor, now=now)
    own.appeal(comment, "I was not rude.", now=now)
    deciding.leave(comment, by=editor, now=now)
    work(minutes=1)
    assert "It is not published." in text_of(post.mails[0])
    assert len(post.mails) == 1


def test_an_appeal_that_was_heard_is_answered(comment, editor, post, work, now):
    actions.trash(comment, by=editor, now=now)
    own.appeal(comment, "I was not rude.", now=now)
    actions.restore(comment, by=editor, now=now)
    work(minutes=1)
    assert len(post.mails) == 1


def test_nobody_is_told_whose_address_was_not_confirmed(sent, editor, post, work, now):
    actions.trash(sent(), by=editor, note="Say it kindly.", now=now)
    work(minutes=1)
    assert post.mails == []


def test_what_was_erased_is_told_to_nobody(comment, editor, post, work, now):
    actions.trash(comment, by=editor, note="Say it kindly.", now=now)
    comment.email = ""
    work(minutes=1)
    assert post.mails == []


def test_a_decision_about_a_reply_that_is_gone_is_told_to_nobody(comment, editor, post, work, now):
    actions.trash(comment, by=editor, note="Say it kindly.", now=now)
    db.session.delete(comment)
    work(minutes=1)
    assert post.mails == []


def test_without_a_mail_server_nobody_is_told(comment, editor, work, now):
    actions.trash(comment, by=editor, note="Say it kindly.", now=now)
    assert work(minutes=1) == 0


def test_a_decision_that_was_undone_within_the_minute_is_told_to_nobody(
    comment, editor, post, work, now
):
    entry = actions.trash(comment, by=editor, note="Say it kindly.", now=now)
    work(minutes=0.5)
    assert post.mails == []
    actions.undo([entry], by=editor, now=now)
    work(minutes=1)
    assert post.mails == []
