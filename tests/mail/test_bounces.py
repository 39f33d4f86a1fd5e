"""Reports of mail that came back, as servers write them: only those of our own mails count, and only for good."""

from datetime import timedelta
from email.headerregistry import Address

import pytest

from newsite.mail import bounces, troubles
from newsite.mail.message import Letter, message

ANN = "ann@example.org"
POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: news@paper.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

This is a MIME-encapsulated message.

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<ann@example.org>: host mx.example.org said: 550 5.1.1 User unknown

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Sun, 22 Nov 2026 11:00:00 +0000 (UTC)

Final-Recipient: rfc822; ann@example.org
Original-Recipient: rfc822;ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B1
Content-Type: {returned}

{mail}
--B1--
"""


@pytest.fixture
def report(app, now):
    """The report of a mail that we sent to an address, with whatever is said otherwise."""

    def make(to=ANN, *, action="failed", status="5.1.1", returned="message/rfc822", of=None):
        sender = Address("News", "news", "paper.example")
        letter = Letter(to=to, subject="Äh", text="Hello.\n", html="<p>Hi</p>")
        mail = message(letter, sender, identity=bounces.identity("abc", of or to), now=now)
        text = mail.as_string()
        if "headers" in returned:
            text = text.partition("\n\n")[0]
        given = {"action": action, "status": status, "returned": returned, "mail": text}
        return POSTFIX.format(**given).encode()

    return make


RETURNED = [
    "message/rfc822",
    "text/rfc822-headers",
    "text/rfc822-headers; charset=us-ascii",
]


@pytest.mark.parametrize("returned", RETURNED)
def test_after_three_mails_that_came_back_an_address_is_given_up(report, now, returned):
    for number in range(3):
        assert not troubles.is_given_up(ANN)
        assert bounces.count(report(returned=returned), now=now + timedelta(days=number))
        troubles.taken(ANN)  # the server took the next one, and says nothing of the one before
    assert troubles.is_given_up("Ann@Example.org")
    assert troubles.given_up() == 1
    troubles.forgive(ANN)
    assert not troubles.is_given_up(ANN)


def test_an_address_of_many_letters_is_known_by_its_report(report, now):
    for _ in range(3):
        assert bounces.count(report("bea@bücher.example"), now=now)
    assert troubles.is_given_up("bea@bücher.example")
    assert troubles.is_given_up("bea@xn--bcher-kva.example")


@pytest.mark.parametrize(
    "given",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"action": "failed", "status": "4.4.7"},  # the relay gave up, the address may be good
        {"action": "failed", "status": "5.7.1"},  # it minds who we are
        {"of": "bob@example.org"},  # somebody has got one of our mails, and writes about another's
        {"returned": "text/plain"},
    ],
    ids=str,
)
def test_what_is_no_failure_of_ours_counts_for_nothing(report, now, given):
    assert not bounces.count(report(**given), now=now)


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\xff\x00" * 100,
        b"Subject: Hello\n\nI am away until Monday.\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: text/rfc822-headers\n\nTo: ann@example.org\nMessage-ID: <\xff.\xfe@x>\n",
    ],
)
def test_other_mail_counts_for_nothing(app, now, mail):
    assert not bounces.count(mail, now=now)


def test_reports_of_long_ago_are_forgotten_unless_the_address_was_given_up(report, now):
    bounces.count(report(), now=now)
    bounces.count(report(), now=now)
    later = now + timedelta(days=181)
    bounces.count(report(), now=later)
    assert not troubles.is_given_up(ANN)
    for _ in range(2):
        bounces.count(report(), now=later)
    assert troubles.is_given_up(ANN)
    bounces.count(report(), now=later + timedelta(days=400))
    assert troubles.is_given_up(ANN)


def test_a_message_id_holds_no_address(app):
    identity = bounces.identity("abc", ANN)
    assert identity.startswith("abc.")
    assert identity != bounces.identity("abc", "bob@example.org")
    assert "ann" not in identity
