from datetime import timedelta

import pytest
from mail_server import html_of, text_of

from newsite.articles import actions as articles
from newsite.comments import actions, by_mail, links, own
from newsite.comments.models import Follows, Status
from newsite.db import db

SOON = 10  # minutes, after which answers have been told of


@pytest.fixture
def followed(approved, confirmed):
    """Ann's reply, whose answers she follows."""
    return confirmed(approved("I was there."), Follows.answers)


@pytest.fixture
def answer(sent, editor, now):
    """Ben's answer, which an editor puts on the page so many minutes from now."""

    def answer(to, body="So was I.", after=0, **given):
        values = {"author_name": "Ben", "email": "ben@example.org"} | given
        comment = sent(body, to=to, **values)
        actions.approve(comment, by=editor, now=now + timedelta(minutes=after))
        db.session.commit()
        return comment

    return answer


def test_whoever_follows_answers_is_told_of_one(followed, answer, post, work, now):
    made = answer(followed)
    assert work() == 0  # answers of five minutes go in one mail
    work(SOON)
    (mail,) = post.mails
    assert str(mail["To"]) == "ann@example.org"
    assert mail["Subject"] == "An answer to your reply: Night shift votes – The Test Paper"
    for said in (text_of(mail), html_of(mail)):
        assert "Ben" in said
        assert "So was I." in said
        assert f"http://127.0.0.1:8000/articles/{made.article_id}/replies/{made.id}" in said
        token = said.partition("/replies/ey")[0]
        assert token
    assert "> So was I." in text_of(mail)


def test_a_letter_leads_to_one_s_own_reply(followed, answer, post, work, now):
    answer(followed)
    work(SOON)
    lines = text_of(post.mails[0]).splitlines()
    address = lines[lines.index("Your own reply, and what you are told about:") + 1]
    opened = links.opened(address.rpartition("/")[2], now=now)
    assert opened is not None
    assert (opened.comment_id, opened.right) == (followed.id, links.MAIL)


def test_one_press_ends_the_letters(followed, answer, post, work, now):
    answer(followed)
    work(SOON)
    (mail,) = post.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://127.0.0.1:8000/replies/stop/")
    assert address in text_of(mail)
    assert address in html_of(mail)
    by_mail.stop(address.rpartition("/")[2], now=now)
    db.session.commit()
    answer(followed, "And so were we.", after=SOON)
    work(3 * SOON)
    assert len(post.mails) == 1


def test_answers_that_come_together_are_told_together_and_each_once(
    followed, answer, post, work, now
):
    answer(followed, "One")
    answer(followed, "Two")
    work(SOON)
    answer(followed, "Three", after=SOON)
    work(3 * SOON)
    first, second = map(text_of, post.mails)
    assert ("> One" in first, "> Two" in first, "> Three" in first) == (True, True, False)
    assert ("> One" in second, "> Two" in second, "> Three" in second) == (False, False, True)
    assert post.mails[0]["Subject"].startswith("2 answers to your reply")


def test_what_piled_up_while_the_server_was_away_comes_in_one_mail(followed, answer, post, work):
    post.answers["MAIL"] = "451 not now"
    for number in range(3):
        answer(followed, f"Answer {number}", after=SOON * number)
        work(SOON * number)
    post.answers.clear()
    work(SOON * 20)
    assert len(post.mails) == 1
    assert [f"> Answer {number}" in text_of(post.mails[0]) for number in range(3)] == [True] * 3


def test_a_letter_tells_of_twenty_answers_and_how_many_more_there_are(followed, answer, post, work):
    for number in range(23):
        answer(followed, f"Answer {number}.")
    work(SOON)
    (mail,) = post.mails
    assert text_of(mail).count("> Answer") == 20
    assert "3 more are on the page." in text_of(mail)
    assert "3 more are on the page." in html_of(mail)


def test_nobody_is_told_of_their_own_answers(followed, answer, post, work):
    answer(followed, email="ANN@example.org")
    work(SOON)
    assert post.mails == []


def test_an_editor_s_answer_is_one_too(followed, editor, post, work, now):
    actions.answer(followed, "Thank you.", by=editor, now=now)
    db.session.commit()
    work(SOON)
    assert "> Thank you." in text_of(post.mails[0])


@pytest.mark.parametrize(
    "change",
    [
        {"follows": Follows.nothing},
        {"confirmed_at": None},
        {"email": ""},
        {"status": Status.spam},
        {"status": Status.trash},
    ],
    ids=str,
)
def test_who_is_told_nothing(followed, answer, post, work, change):
    answer(followed)
    for name, value in change.items():
        setattr(followed, name, value)
    work(SOON)
    assert post.mails == []


def test_an_answer_that_is_gone_by_then_is_not_told_of(followed, answer, editor, post, work, now):
    actions.trash(answer(followed), by=editor, now=now)
    work(SOON)
    assert post.mails == []


def test_what_nobody_sees_any_more_is_not_told_of(
    followed, answer, editor, post, work, now, article, site
):
    answer(followed)
    articles.withdraw(article, reason="It was wrong.", by=editor, now=now, site=site)
    work(SOON)
    assert post.mails == []


def test_a_reply_that_was_withdrawn_follows_nothing(followed, answer, post, work, now):
    answer(followed)
    own.withdraw(followed, now=now)
    work(SOON)
    assert post.mails == []


def test_without_a_mail_server_nothing_is_asked_for(followed, answer, work):
    answer(followed)
    assert work(SOON) == 0


def test_a_job_about_a_reply_that_is_gone_does_nothing(followed, answer, post, work):
    answer(followed)
    db.session.delete(followed)
    work(SOON)
    assert post.mails == []
