import json

import pytest
from mail_server import PostOffice, free_port, running, text_of

from newsite.db import db
from newsite.mail import troubles
from newsite.outbox import Job

SENDER = "Our Paper <news@paper.example>"


@pytest.fixture
def post():
    return PostOffice()


@pytest.fixture
def mailing(newsite, post):
    """The command on a site that has a mail server."""
    with running(post) as found:
        env = {
            "NEWSITE_MAIL_URL": f"smtp://127.0.0.1:{found.port}",
            "NEWSITE_MAIL_FROM": SENDER,
        }
        yield lambda *words, **given: newsite(*words, env=env, **given)


def test_an_operator_sees_whether_mail_gets_out(mailing, post):
    result = mailing("mail", "test", "ann@example.org")
    assert result.output == "127.0.0.1 took a mail for ann@example.org. Look whether it arrives.\n"
    assert result.exit_code == 0
    (mail,) = post.mails
    assert str(mail["From"]) == SENDER
    assert mail["Subject"] == "A test of the mail of Our news"
    assert "It did." in text_of(mail)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("451 later", "The mail was not sent: the server answered 451 to the address."),
        ("550 unknown", "The mail was not sent: the server answered 550 to the address."),
    ],
)
def test_what_the_server_says_is_said(mailing, post, answer, said):
    post.answers["RCPT"] = answer
    result = mailing("mail", "test", "ann@example.org")
    assert result.output == said + "\n"
    assert result.exit_code == 1


def test_what_is_no_address_is_named(mailing, post):
    result = mailing("mail", "test", "ann")
    assert result.output == "“ann” is not an email address.\n"
    assert result.exit_code == 1


def test_without_a_server_it_is_said_what_to_set(newsite):
    result = newsite("mail", "test", "ann@example.org")
    assert result.output == (
        "There is no mail server. Set NEWSITE_MAIL_URL and NEWSITE_MAIL_FROM.\n"
    )
    assert result.exit_code == 1


def test_a_server_that_is_away_is_named(newsite):
    env = {"NEWSITE_MAIL_URL": f"smtp://127.0.0.1:{free_port()}", "NEWSITE_MAIL_FROM": SENDER}
    result = newsite("mail", "test", "ann@example.org", env=env)
    assert result.output == (
        "The mail was not sent: the server cannot be reached (Connection refused).\n"
    )
    assert result.exit_code == 1


def test_an_address_that_was_given_up_gets_mail_again_after_a_test(mailing, post, inside, now):
    for _ in range(3):
        troubles.refused("ann@example.org", now)
    db.session.commit()
    mailing("mail", "test", "ann@example.org")
    db.session.expire_all()
    assert not troubles.is_given_up("ann@example.org")


def check(run) -> dict[str, object]:
    report = json.loads(run("check", "--json").output)
    (found,) = [one for one in report["checks"] if one["name"] == "mail"]
    return found


def test_a_check_says_that_mail_is_set_up(mailing, post, inside, now):
    values = {"payload": {}, "created_at": now, "next_at": now, "done_at": now}
    db.session.add(Job(kind="mail.confirm", key="a", error="refused", **values))
    db.session.add(Job(kind="mail.confirm", key="b", error="", **values))
    for _ in range(3):
        troubles.refused("ann@example.org", now)
    db.session.commit()
    found = check(mailing)
    assert found["ok"]
    detail = str(found["detail"])
    assert "takes mail (not encrypted), from news@paper.example" in detail
    assert detail.endswith("1 mails given up in 30 days; 1 addresses given up")
    assert post.mails == []


def test_a_check_says_that_the_mail_server_is_away(newsite):
    env = {"NEWSITE_MAIL_URL": f"smtp://127.0.0.1:{free_port()}", "NEWSITE_MAIL_FROM": SENDER}
    found = check(lambda *words: newsite(*words, env=env))
    assert not found["ok"]
    assert found["detail"] == (
        "the server cannot be reached (Connection refused). "
        "Look at NEWSITE_MAIL_URL, and whether the server runs."
    )


def test_a_mail_server_hands_over_what_comes_back(mailing, inside, post):
    assert mailing("mail", "test", "ann@example.org").exit_code == 0
    (mail,) = post.mails
    status = "Reporting-MTA: dns; relay.example\n\nAction: failed\nStatus: 5.1.1\n"
    report = (
        'Content-Type: multipart/report; boundary="x"\n\n--x\nContent-Type: message/delivery-status\n\n'
        f"{status}\n--x\nContent-Type: text/rfc822-headers\n\n"
        f"To: {mail['To']}\nMessage-ID: {mail['Message-ID']}\n--x--\n"
    )
    for _ in range(3):
        assert mailing("mail", "bounced", stdin=report).output == "Counted.\n"
    other = mailing("mail", "bounced", stdin="Subject: Hello\n\nGood morning.\n")
    assert (other.exit_code, other.output) == (
        0,
        "This is no report of a mail of ours that failed.\n",
    )
    assert troubles.is_given_up("ann@example.org")
