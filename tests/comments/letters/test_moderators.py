from datetime import timedelta
from itertools import count

import pytest
from mail_server import html_of, text_of

from newsite import mail, outbox
from newsite.accounts.models import ReplyMail
from newsite.comments import actions, by_mail, letters, own
from newsite.comments.letters.jobs import Kind
from newsite.comments.models import Status
from newsite.comments.spam import learning
from newsite.db import db


@pytest.fixture
def hour(now, app):
    """Lets so many hours pass, each with a worker that looks what there is to do."""
    numbers = count(1)

    def pass_by(hours: int = 1) -> None:
        for _ in range(hours):
            time = now + timedelta(hours=next(numbers))
            handlers = letters.HANDLERS | {learning.KIND: learning.job}
            worker = outbox.Worker(handlers, clock=lambda at=time: at, hourly=letters.HOURLY)
            while worker.step():
                pass
            mail.hang_up()
            db.session.expire_all()

    return pass_by


@pytest.fixture
def arrive(article, reply, now):
    """Sends a reply so many minutes from now; it waits."""

    def send(body="I was there.", after=10, **given):
        comment = actions.submit_reply(
            article, reply(body, **given), now=now + timedelta(minutes=after)
        )
        db.session.commit()
        return comment

    return send


def test_an_editor_is_told_what_waits(editor, arrive, post, hour):
    comment = arrive("I was there.", author_name="Ann Other")
    hour()
    (mail,) = post.mails
    assert str(mail["To"]) == "edith@example.org"
    assert mail["Subject"] == "A reply waits – The Test Paper"
    for said in (text_of(mail), html_of(mail)):
        assert "One reply waits for an editor." in said
        assert "Ann Other" in said
        assert "Night shift votes" in said
        assert "I was there." in said
        assert "http://127.0.0.1:8000/desk/replies/" in said
        assert said.count("http://127.0.0.1:8000/replies/decide/") == 3
    assert f"It waits because: {comment.entries[-1].rule}" in text_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "ann@example.org" not in str(mail)


def test_what_its_writer_changed_and_waits_again_is_told_of(editor, arrive, post, hour, now):
    first = arrive("I was there.", after=1)
    actions.approve(first, by=editor, now=now + timedelta(minutes=2))
    db.session.commit()
    hour()
    assert post.mails == []
    own.edit(first, "I was not there.", now=now + timedelta(minutes=12))
    assert first.status is Status.pending
    first.entries[-1].at = now + timedelta(minutes=90)
    db.session.commit()
    hour()
    assert "> I was not there." in text_of(post.mails[0])
    hour(2)
    assert len(post.mails) == 1


def test_an_editor_decides_by_the_links(editor, arrive, post, hour, now):
    comment = arrive()
    hour()
    lines = text_of(post.mails[0]).splitlines()
    (address,) = (line.partition(" ")[2] for line in lines if line.startswith("Approve:"))
    entry = by_mail.decide(address.rpartition("/")[2], now=now + timedelta(days=3))
    assert (entry.comment, entry.new_status, entry.by) == (comment, Status.approved, editor)


def test_what_was_told_is_not_told_again(editor, arrive, post, hour):
    arrive()
    hour(5)
    assert len(post.mails) == 1
    arrive("One more thing.", after=5 * 60 + 10)
    hour()
    assert len(post.mails) == 2
    assert "> One more thing." in text_of(post.mails[1])
    assert "> I was there." not in text_of(post.mails[1])
    assert "2 replies wait for an editor." in text_of(post.mails[1])


def test_a_reply_of_the_last_moment_is_told_of_an_hour_later(editor, arrive, post, hour):
    arrive(after=59.5)
    hour()
    assert post.mails == []
    hour()
    assert len(post.mails) == 1


def test_nothing_new_is_no_mail(editor, arrive, post, hour, now):
    actions.approve(arrive(), by=editor, now=now)
    db.session.commit()
    hour(3)
    assert post.mails == []


def test_a_thousand_replies_make_one_mail_an_hour(editor, arrive, post, hour):
    for number in range(60):  # the rest is the same
        arrive(f"Reply {number}", email=f"reader{number}@example.org")
    hour(3)
    (mail,) = post.mails
    assert mail["Subject"].startswith("60 replies wait")
    assert text_of(mail).count("> Reply") == 20


def test_no_word_of_likely_spam_is_mailed(editor, arrive, post, hour):
    arrive()
    arrive("Buy my pills", email="pills@example.org", author_name="Pill Shop").spam_score = 0.99
    db.session.commit()
    hour()
    (mail,) = post.mails
    assert "One more looks like spam. It is not shown here." in text_of(mail)
    assert "One more looks like spam. It is not shown here." in html_of(mail)
    assert "ills" not in str(mail)


def test_likely_spam_alone_is_no_mail(editor, arrive, post, hour):
    arrive("Buy my pills").spam_score = 0.99
    db.session.commit()
    hour()
    assert post.mails == []


def test_only_those_who_decide_and_want_to_know_are_told(
    make_user, editor, admin, writer, arrive, post, hour
):
    admin.reply_mail = ReplyMail.never
    writer.reply_mail = ReplyMail.hourly
    arrive()
    hour()
    assert post.recipients == ["edith@example.org"]


def test_an_account_that_was_closed_is_told_nothing(editor, arrive, post, hour):
    editor.is_active = False
    arrive()
    hour()
    assert post.mails == []


def test_whoever_stops_before_the_mail_goes_is_told_nothing(editor, arrive, post, hour):
    arrive()
    post.answers["MAIL"] = "451 not now"
    hour()
    editor.reply_mail = ReplyMail.never
    post.answers.clear()
    hour()
    assert post.mails == []


def test_a_day_s_mail_comes_in_the_morning(editor, arrive, post, hour):
    editor.reply_mail = ReplyMail.daily
    arrive(after=9 * 60 + 10)  # the first letter goes at once: seven in the morning is over
    hour(9)
    assert post.mails == []
    hour(9)  # now it is six in the morning
    assert post.mails == []
    hour()
    assert len(post.mails) == 1
    arrive("Later", after=19 * 60 + 30)
    hour(23)
    assert len(post.mails) == 1
    hour()
    assert len(post.mails) == 2


def test_whoever_changes_from_daily_to_hourly_is_told_the_rest(editor, arrive, post, hour):
    editor.reply_mail = ReplyMail.daily
    arrive()
    hour()
    editor.reply_mail = ReplyMail.hourly
    arrive("More", after=70)
    hour()
    assert len(post.mails) == 2
    assert "> I was there." not in text_of(post.mails[1])


def test_while_the_server_is_away_letters_do_not_pile_up(editor, arrive, post, hour):
    post.answers["MAIL"] = "451 not now"
    for number in range(4):
        arrive(f"Reply {number}", after=number * 60 + 10)
        hour()
    assert post.mails == []
    post.answers.clear()
    hour(2)
    assert len(post.mails) == 2  # the one that waited, and one for what came since
    told = text_of(post.mails[0]) + text_of(post.mails[1])
    assert [told.count(f"> Reply {number}") for number in range(4)] == [1] * 4


def test_a_letter_that_was_given_up_is_made_up_for(editor, arrive, post, hour):
    arrive()
    post.answers["DATA"] = "554 looks like spam"
    hour()
    post.answers.clear()
    arrive("More", after=70)
    hour()
    (mail,) = post.mails
    assert "> I was there." in text_of(mail)
    assert "> More" in text_of(mail)


def test_without_a_mail_server_nobody_is_told(editor, arrive, hour, app):
    arrive()
    hour()
    assert db.session.query(outbox.Job).filter_by(kind=Kind.moderator.value).count() == 0
