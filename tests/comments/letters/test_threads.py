from datetime import timedelta

import pytest
from mail_server import text_of

from newsite.comments import actions, own
from newsite.comments.models import Follows
from newsite.db import db

HOUR = 62  # minutes, after which the replies of an hour have been told of


@pytest.fixture
def follower(approved, confirmed):
    """Ann, who follows the whole thread; or somebody else."""

    def follow(email="ann@example.org", body="I was there."):
        name = email.partition("@")[0].capitalize()
        return confirmed(approved(body, email=email, author_name=name), Follows.thread)

    return follow


@pytest.fixture
def replied(sent, editor, now):
    """A reply of Ben's that comes on the page so many minutes from now."""

    def send(body="So was I.", after=0, **given):
        comment = sent(body, **({"author_name": "Ben", "email": "ben@example.org"} | given))
        actions.approve(comment, by=editor, now=now + timedelta(minutes=after))
        db.session.commit()
        return comment

    return send


def test_the_replies_of_an_hour_come_in_one_mail(follower, replied, post, work):
    follower()
    for number in range(3):
        replied(f"Reply {number}", after=number * 10)
    assert work(40) == 0
    work(HOUR)
    (mail,) = post.mails
    assert mail["Subject"] == "3 new replies: Night shift votes – The Test Paper"
    assert [f"> Reply {number}" in text_of(mail) for number in range(3)] == [True] * 3
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_reply_is_told_of_once(follower, replied, post, work):
    follower()
    replied("One")
    work(HOUR)
    replied("Two", after=HOUR)
    work(2 * HOUR + 10)
    assert len(post.mails) == 2
    assert "> One" not in text_of(post.mails[1])
    assert "> Two" in text_of(post.mails[1])


def test_everybody_who_follows_gets_a_mail_of_their_own(follower, replied, post, work):
    follower()
    follower("cem@example.org")
    replied()
    work(HOUR)
    assert sorted(post.recipients) == ["ann@example.org", "cem@example.org"]
    assert all(len(str(mail["To"]).split(",")) == 1 for mail in post.mails)


def test_who_follows_by_two_replies_gets_one_mail(follower, replied, post, work):
    follower()
    follower("Ann@example.org", body="One thing more.")
    replied()
    work(HOUR)
    work(HOUR + 5)
    assert len(post.mails) == 1
    replied("Later", after=HOUR)
    work(3 * HOUR)
    assert len(post.mails) == 2
    assert "> So was I." not in text_of(post.mails[1])


def test_a_letter_tells_of_twenty_replies_at_most(follower, replied, post, work):
    follower()
    for number in range(25):
        replied(f"Reply {number}.")
    work(HOUR)
    assert text_of(post.mails[0]).count("> Reply") == 20
    assert "5 more are on the page." in text_of(post.mails[0])


def test_one_address_that_is_refused_keeps_nobody_waiting(follower, replied, post, work):
    follower()
    follower("cem@example.org")
    post.answers_to["ann@example.org"] = "550 unknown"
    replied()
    work(HOUR)
    assert post.recipients == ["cem@example.org"]


def test_nobody_is_told_of_their_own_replies(follower, replied, post, work):
    follower()
    replied(email="ann@example.org")
    work(HOUR)
    assert post.mails == []


def test_whoever_stopped_by_then_is_told_nothing(follower, replied, post, work, now):
    ann = follower()
    replied()
    own.follow(ann, Follows.nothing, now=now)
    work(HOUR)
    assert post.mails == []


def test_whoever_stops_while_the_mail_waits_is_told_nothing(follower, replied, post, work, now):
    ann = follower()
    replied()
    post.answers["MAIL"] = "451 not now"
    work(HOUR)
    own.follow(ann, Follows.nothing, now=now)
    post.answers.clear()
    work(3 * HOUR)
    assert post.mails == []


def test_what_came_before_somebody_followed_is_no_news(follower, replied, post, work, now):
    replied("Before")
    ann = follower()
    own.follow(ann, Follows.nothing, now=now)
    own.follow(ann, Follows.thread, now=now + timedelta(minutes=10))
    replied("After", after=20)
    work(HOUR)
    assert "> After" in text_of(post.mails[0])
    assert "> Before" not in text_of(post.mails[0])
