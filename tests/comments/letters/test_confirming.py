from datetime import timedelta

import pytest
from mail_server import html_of, text_of

from newsite.articles import actions as articles
from newsite.comments import actions, letters, links
from newsite.comments.letters.confirming import MOST_A_NETWORK, MOST_AN_ADDRESS
from newsite.comments.models import Status
from newsite.db import db
from newsite.mail import troubles


@pytest.fixture
def asked(sent, now):
    """Sends a reply whose writer is to be asked."""

    def send(body="I was there.", *, network="", **given):
        comment = sent(body, **given)
        comment.network = network
        letters.ask_to_confirm(comment, now=now)
        db.session.commit()
        return comment

    return send


def test_whoever_replies_is_asked_whether_the_address_is_theirs(asked, article, post, work, now):
    comment = asked(body="Words of mine", author_name="Ann Other")
    work()
    (mail,) = post.mails
    assert str(mail["To"]) == "ann@example.org"
    assert mail["Subject"] == "Is this reply yours? Night shift votes – The Test Paper"
    for said in (text_of(mail), html_of(mail)):
        assert "http://127.0.0.1:8000/replies/" in said
        assert f"http://127.0.0.1:8000{article.path}" in said
        assert "do nothing" in said
    token = text_of(mail).partition("/replies/")[2].split()[0]
    opened = links.opened(token, now=now)
    assert opened is not None
    assert (opened.comment_id, opened.right) == (comment.id, links.MAIL)


def test_nothing_of_what_was_sent_is_mailed_to_a_stranger(asked, post, work):
    asked(body="Buy my pills", author_name="Pill Shop", website="https://pills.example/")
    work()
    (mail,) = post.mails
    assert "ill" not in str(mail).replace("still", "").replace("will", "")


def test_nothing_ends_what_is_asked_once(asked, post, work):
    asked()
    work()
    assert post.mails[0]["List-Unsubscribe"] is None


def test_asking_twice_mails_once(asked, post, work, now):
    comment = asked()
    letters.ask_to_confirm(comment, now=now)
    work()
    letters.ask_to_confirm(comment, now=now)
    work()
    assert len(post.mails) == 1


def test_without_a_mail_server_nobody_is_asked(asked, work):
    asked()
    assert work() == 0


def test_a_job_that_finds_no_mail_server_any_more_is_given_up(asked, post, work, caplog):
    from newsite.mail import office

    asked()
    office.use(None)
    work()
    assert "there is no mail server any more" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.spam},
        {"status": Status.trash},
        {"spam_score": 0.99},  # a machine would have us write to strangers
        {"email": ""},  # erased
    ],
    ids=str,
)
def test_who_is_not_asked(asked, post, work, change):
    comment = asked()
    for name, value in change.items():
        setattr(comment, name, value)
    work()
    assert post.mails == []


def test_who_appears_at_once_is_asked_too(asked, post, work, site):
    site.replies_hold_unknown = False
    comment = asked()
    assert comment.status is Status.approved
    work()
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        (Status.pending, "Looks like spam: 3 links"),
        (Status.spam, "A trap"),
        (Status.trash, "Banned"),
    ],
)
def test_who_was_taken_for_spam_is_asked_when_an_editor_approves(
    asked, post, work, editor, now, status, rule
):
    comment = asked()
    comment.status, comment.spam_score = status, 0.9
    comment.entries[0].new_status, comment.entries[0].rule = status, rule
    db.session.commit()
    work()
    assert post.mails == []
    for _ in range(2):  # the second time it has been on its page before
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        work()
        assert [str(mail["To"]) for mail in post.mails] == ["ann@example.org"]
        actions.hold(comment, by=editor, now=now)


def test_who_was_asked_is_not_asked_again_by_an_approval(asked, post, work, editor, now):
    comment = asked()
    work()
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    work()
    assert len(post.mails) == 1


def test_nobody_is_asked_twice_or_about_what_is_gone(asked, post, work, confirmed, now, admin):
    confirmed(asked("One"))
    db.session.delete(asked("Two"))
    work()
    assert post.mails == []


def test_nobody_is_asked_about_a_reply_to_what_nobody_sees(
    asked, post, work, article, now, editor, site
):
    asked()
    articles.withdraw(article, reason="It was wrong.", by=editor, now=now, site=site)
    work()
    assert post.mails == []


def test_nobody_floods_a_letter_box(asked, post, work):
    for number in range(MOST_AN_ADDRESS + 3):
        asked(
            f"Reply {number}",
            email="Stranger@example.org" if number % 2 else "stranger@example.org",
        )
        work()
    assert len(post.mails) == MOST_AN_ADDRESS == 3


def test_a_letter_that_is_sent_again_counts_once(asked, post, work):
    for number in range(3):
        asked(f"Reply {number}")
    post.answers["RCPT"] = "451 greylisted"
    for _ in range(5):
        work()
    post.answers.clear()
    work(60)
    assert len(post.mails) == 3


def test_whoever_confirms_is_asked_each_time(asked, post, work, confirmed):
    for number in range(MOST_AN_ADDRESS + 3):
        comment = asked(f"Reply {number}")
        work()
        confirmed(comment)
    assert len(post.mails) == MOST_AN_ADDRESS + 3


def test_the_next_day_is_another_one(asked, post, work, now):
    for number in range(MOST_AN_ADDRESS):
        asked(f"Reply {number}").created_at = now - timedelta(days=3)
    asked("Today")
    work()
    assert len(post.mails) == 4


def test_nobody_has_us_write_to_many_strangers(asked, post, work):
    for number in range(MOST_A_NETWORK + 5):
        asked(str(number), email=f"stranger{number}@example.org", network="203.0.113.0")
    asked(email="far@example.org", network="198.51.100.0")
    work()
    assert len(post.mails) == MOST_A_NETWORK + 1 == 21


def test_a_given_up_address_may_be_confirmed_anew(asked, post, work, now):
    for _ in range(3):
        troubles.refused("ann@example.org", now)
    asked()
    work()
    assert len(post.mails) == 1


def test_an_editor_s_answer_is_nobody_s_to_confirm(approved, editor, post, work, now):
    staff = actions.answer(approved(), "Thank you.", by=editor, now=now)
    staff.status = Status.pending
    letters.ask_to_confirm(staff, now=now)
    work()
    assert post.mails == []
