"""The rules of WordPress's discussion settings, in its order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, bans, rules
from newsite.comments.models import BanKind, Comment, Status
from newsite.comments.rules import Ruling, Sender
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.db import db
from newsite.site.models import Site

Send = Callable[..., Comment]
Judge = Callable[..., Ruling]


@pytest.fixture
def judge(site: Site, now: datetime) -> Judge:
    """Asks the rules about a reply; they are those of the site with whatever is said otherwise."""

    def ask(comment: Comment, sender: Sender = rules.NOBODY, **given: Any) -> Ruling:
        at, trap = given.pop("at", now), given.pop("trap", "")
        for name, value in given.items():
            setattr(site, name, value)
        return rules.judge(comment, site, sender=sender, now=at, suspicion=trap)

    return ask


@pytest.fixture
def known(approved: Send, now: datetime) -> Comment:
    """A reply that Ann has on the page, from an address that is hers."""
    comment = approved("My first.")
    comment.confirmed_at = now - timedelta(days=1)
    db.session.commit()
    return comment


@pytest.fixture
def taught(article: Article) -> None:
    """A filter that knows what spam is."""
    spam = [Suspect(f"check out my channel number {number}") for number in range(100)]
    honest = [Suspect(f"the bus was late on day {number}") for number in range(100)]
    learning.take((f"given:{one.body}", one, True) for one in spam)
    learning.take((f"given:{one.body}", one, False) for one in honest)
    db.session.commit()
    learning.relearn()
    db.session.commit()


def test_a_reply_waits_until_its_address_is_confirmed(sent: Send, judge: Judge) -> None:
    ruling = judge(sent())
    assert ruling == (Status.pending, "Address not confirmed", False, None)


def test_an_approved_reply_from_an_address_that_nobody_confirmed_earns_nothing(
    approved: Send, sent: Send, judge: Judge, now: datetime
) -> None:
    approved()
    second = sent("Again.")
    assert judge(second).rule == "Address not confirmed"
    second.confirmed_at = now
    assert judge(second).rule == "First reply with this name and address"


@pytest.mark.parametrize(
    ("given", "is_trusted"),
    [
        ({}, True),
        ({"author_name": "ANN"}, True),
        ({"email": "Ann@Example.org"}, True),  # one address, as mail reads it
        ({"author_name": "Anne"}, False),  # somebody else of the family
        ({"email": "ann@example.com"}, False),
    ],
)
def test_who_confirmed_and_was_approved_before_may_appear_at_once(
    sent: Send, known: Comment, judge: Judge, given: dict[str, str], is_trusted: bool, now: datetime
) -> None:
    second = sent("My second.", **given)
    assert not judge(second).is_trusted, "it has not been confirmed that this one is hers"
    second.confirmed_at = now
    ruling = judge(second)
    assert ruling.is_trusted == is_trusted
    assert ruling.status is (Status.approved if is_trusted else Status.pending)
    assert bool(ruling.rule) != is_trusted


def test_a_reply_is_no_earlier_one_of_itself(known: Comment, judge: Judge) -> None:
    assert not judge(known).is_trusted


def test_earlier_replies_count_while_they_are_on_the_page(
    sent: Send, known: Comment, judge: Judge, editor: User, now: datetime
) -> None:
    second = sent("My second.")
    second.confirmed_at = now
    actions.trash(known, by=editor, now=now)
    assert not judge(second).is_trusted


def test_with_everything_held_the_trusted_wait_too(
    sent: Send, known: Comment, judge: Judge, now: datetime
) -> None:
    second = sent("My second.")
    second.confirmed_at = now
    ruling = judge(second, replies_hold_all=True)
    assert ruling[:3] == (Status.pending, "Every reply is read first", True)


def test_without_rules_a_reply_appears_at_once(sent: Send, judge: Judge) -> None:
    ruling = judge(sent(), replies_hold_unknown=False)
    assert ruling == (Status.approved, "", False, None)


@pytest.mark.parametrize(
    ("body", "most", "rule"),
    [
        ("See https://a.example/", 2, ""),
        (
            "See https://a.example/ and http://b.example",
            2,
            "2 links",
        ),  # counted when they are links
        ('<a href="https://a.example/">a</a> https://b.example/ https://c.example', 2, "3 links"),
        ("See https://a.example/", 1, "1 link"),
        ("https://a.example/ https://b.example/ https://c.example/", 0, ""),  # never
    ],
)
def test_many_links_wait(sent: Send, judge: Judge, body: str, most: int, rule: str) -> None:
    ruling = judge(sent(body), replies_hold_unknown=False, replies_max_links=most)
    assert ruling.rule == rule
    assert ruling.status is (Status.pending if rule else Status.approved)


def test_an_editor_is_told_all_that_held_a_reply(sent: Send, judge: Judge) -> None:
    comment = sent("Casino: https://a.example/ https://b.example/")
    ruling = judge(comment, replies_hold_all=True, moderation_keys="casino")
    assert ruling.rule == (
        "Every reply is read first · 2 links · Word on your list: casino · Address not confirmed"
    )


BROWSER = Sender(network="203.0.113.0/24", agent="Mozilla/5.0 SpamBot", address="203.0.113.7")


@pytest.mark.parametrize(
    ("line", "given", "found"),
    [
        ("casino", {"body": "The best CASINOS in town"}, "word: casino"),
        ("Straße", {"body": "In der STRASSE"}, "word: Straße"),
        ("caf\u00e9", {"body": "Cafe\u0301 life"}, "word: café"),  # however it is encoded
        ("casino", {"body": "ca<b>sin</b>o"}, "word: casino"),  # without its tags
        ("<b>sin", {"body": "ca<b>sin</b>o"}, "word: <b>sin"),  # and with them
        ("best deals", {"body": "best   deals"}, "word: best deals"),
        ("crook", {"author_name": "Crook & Sons"}, "word: crook"),
        ("@spam.example", {"email": "ann@SPAM.example"}, "word: @spam.example"),
        ("//spam.example", {"website": "https://spam.example/"}, "word: //spam.example"),
        ("203.0.113.", {}, "network address"),  # which one is not told
        ("spambot", {}, "browser: spambot"),
        ("x" * 70, {"body": "x" * 99}, f"word: {'x' * 60}…"),
        ("casino", {"body": "Hello."}, ""),
        ("  \n\n \t\n", {"body": "Hello."}, ""),
        ("one\r\ncasino\r\nthree", {"body": "Casino"}, "word: casino"),  # as a browser sends lines
    ],
)
def test_what_is_on_the_lists_is_found_wherever_it_stands(
    sent: Send, judge: Judge, line: str, given: dict[str, str], found: str
) -> None:
    comment = sent(**given)
    held = judge(comment, BROWSER, replies_hold_unknown=False, moderation_keys=line)
    thrown = judge(comment, BROWSER, disallowed_keys=line)
    what, colon, key = found.partition(":")
    if found:
        in_words = f"{what.capitalize()} on your list{colon}{key}"
        assert held[:2] == (Status.pending, in_words)
        assert thrown[:2] == (Status.trash, f"Disallowed {found}")
        assert rules.is_seen_once(in_words) == (what != "word")
    else:
        assert held.status is thrown.status is Status.approved


def test_who_is_banned_is_put_aside_unread_until_the_ban_ends(
    sent: Send, judge: Judge, editor: User, now: datetime
) -> None:
    comment = sent()
    soon = now + timedelta(days=1)
    bans.ban(BanKind.network, "203.0.113.0/24", until=soon, reason="", by=editor, now=now)
    assert judge(comment).status is Status.pending
    assert judge(comment, BROWSER)[:2] == (Status.trash, "Banned network")
    assert judge(comment, BROWSER, trap="A trap")[:2] == (Status.spam, "Banned network")
    assert judge(comment, BROWSER, at=soon).status is Status.pending


def test_a_trap_makes_spam_but_what_is_disallowed_goes_to_the_trash(
    sent: Send, judge: Judge
) -> None:
    comment = sent("Casino!")
    assert judge(comment, trap="A trap")[:2] == (Status.spam, "A trap")
    assert judge(comment, trap="A trap", disallowed_keys="casino").status is Status.trash


def test_what_looks_like_spam_waits_and_says_why(taught: None, sent: Send, judge: Judge) -> None:
    ruling = judge(sent("check out my channel number 7"), replies_hold_unknown=False)
    assert ruling.status is Status.pending
    assert ruling.rule.startswith("Looks like spam: ")
    assert (ruling.spam_score or 0) > 0.9


def test_the_trusted_pass_the_spam_filter(
    taught: None, sent: Send, known: Comment, judge: Judge, now: datetime
) -> None:
    second = sent("check out my channel number 7")
    second.confirmed_at = now
    assert judge(second) == (Status.approved, "", True, None)


def test_judging_asks_three_small_questions_at_most(
    sent: Send, known: Comment, judge: Judge, counted: Any, now: datetime
) -> None:
    second = sent("My second.")
    second.confirmed_at = now
    db.session.commit()
    assert second.author_name
    judge(second, moderation_keys="casino")
    db.session.flush()
    with counted() as run:
        judge(second)
    assert len(run) == 3
    assert all("comments.body" not in statement for statement in run)


@pytest.mark.parametrize(
    ("given", "trap", "is_banned", "asked"),
    [
        ({"disallowed_keys": "there"}, "", False, 0),
        ({}, "A trap", False, 0),
        ({}, "A trap", True, 0),
        ({}, "", True, 1),  # it says whether spam or the trash is the place
        ({}, "", False, 1),
    ],
)
def test_the_filter_is_asked_only_where_nothing_cheaper_has_decided(
    sent: Send,
    judge: Judge,
    editor: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    trap: str,
    is_banned: bool,
    asked: int,
) -> None:
    comment, calls = sent(), []
    if is_banned:
        bans.ban(BanKind.name, "Ann", until=None, reason="", by=editor, now=now)
    verdict = rules.verdict
    monkeypatch.setattr(
        rules, "verdict", lambda *shown, **how: (calls.append(shown), verdict(*shown, **how))[1]
    )
    ruling = judge(comment, trap=trap, **given)
    assert len(calls) == asked
    assert ruling.spam_score is None
