from email.headerregistry import Address

import pytest

from newsite.mail_settings import MailSettings, from_environment

SENDER = "Our Paper <news@example.org>"


def settings(**given: str) -> MailSettings | None:
    problems: list[str] = []
    made = from_environment(
        {f"NEWSITE_MAIL_{name}": value for name, value in given.items()}, problems
    )
    assert problems == []
    return made


def problems(**given: str) -> list[str]:
    found: list[str] = []
    from_environment({f"NEWSITE_MAIL_{name}": value for name, value in given.items()}, found)
    return found


def test_without_a_server_nothing_is_mailed():
    assert settings() is None
    assert settings(URL=" ", FROM="") is None


def test_a_server_with_a_name_and_a_password():
    made = settings(URL="smtp://post:p%40ss%2Fword@mail.example.org:2525", FROM=SENDER)
    assert made == MailSettings(
        host="mail.example.org",
        port=2525,
        is_tls=False,
        user="post",
        password="p@ss/word",
        sender=Address("Our Paper", "news", "example.org"),
    )
    assert made.rate == 100
    assert not made.is_near


def test_nobody_reads_the_password_where_settings_are_printed():
    assert "p4ssw0rd" not in repr(
        settings(URL="smtp://post:p4ssw0rd@mail.example.org", FROM=SENDER)
    )


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "is_near"),
    [
        ("smtp://mail.example.org", 587, False, False),
        ("smtps://mail.example.org", 465, True, False),
        ("smtp://mail.example.org:25/", 25, False, False),
        ("smtp://localhost:25", 25, False, True),
        ("smtp://127.0.0.1:25", 25, False, True),
        ("smtps://[::1]:465", 465, True, True),
    ],
)
def test_how_a_server_is_reached(url, port, is_tls, is_near):
    made = settings(URL=url, FROM=SENDER)
    assert made is not None
    assert (made.port, made.is_tls, made.is_near) == (port, is_tls, is_near)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org:99999",
        "smtp://[1",
        "smtp://post@mail.example.org",  # a name without a password
        "smtp://:secret@mail.example.org",
        "smtp://mail.example.org/folder",
        "smtp://mail.example.org?tls=no",
        "smtp://mail.example.org#here",
        "smtp://ma il.example.org",
        "smtp://mail.example.org\x00",
    ],
)
def test_a_server_that_cannot_be_meant_is_named_with_the_mend(url):
    found = problems(URL=url, FROM=SENDER)
    assert len(found) == 1
    assert found[0].startswith("NEWSITE_MAIL_URL is not an address of a mail server. Write smtp://")


def test_mail_needs_somebody_it_is_from():
    (problem,) = problems(URL="smtp://localhost")
    assert problem.startswith("NEWSITE_MAIL_FROM is missing, and NEWSITE_MAIL_URL needs it. Write ")


@pytest.mark.parametrize(
    "sender",
    [
        "Our Paper",
        "news@",
        "@example.org",
        "a@example.org, b@example.org",
        "news@exämple.org",
        "Our Paper <news@example.org>\nBcc: all@example.org",
        "Our Paper <news@example org>",
    ],
)
def test_a_sender_that_is_no_address_is_named_with_the_mend(sender):
    found = problems(URL="smtp://localhost", FROM=sender)
    assert found == [
        "NEWSITE_MAIL_FROM is not an address to send from. Write such as: Our Paper <news@example.org>"
    ]


def test_a_sender_may_have_no_name_or_one_in_any_letters():
    bare = settings(URL="smtp://localhost", FROM="news@example.org")
    assert bare is not None
    assert bare.sender == Address("", "news", "example.org")
    named = settings(
        URL="smtp://localhost", FROM="Ärzteblatt, neu <news@example.org>".replace(",", "")
    )
    assert named is not None
    assert named.sender.display_name == "Ärzteblatt neu"


@pytest.mark.parametrize(("rate", "right"), [("1", 1), ("10000", 10_000), ("", 100)])
def test_how_many_go_out_a_minute(rate, right):
    made = settings(URL="smtp://localhost", FROM=SENDER, RATE=rate)
    assert made is not None
    assert made.rate == right


@pytest.mark.parametrize("rate", ["0", "10001", "many", "-1", "1.5", "٣"])
def test_a_rate_that_cannot_be_meant_is_named_with_the_mend(rate):
    assert problems(URL="smtp://localhost", FROM=SENDER, RATE=rate) == [
        f"NEWSITE_MAIL_RATE is “{rate}”; write how many mails may go out a minute, from 1 to 10000."
    ]


def test_what_is_set_for_mail_without_a_server_is_named():
    assert problems(FROM=SENDER, RATE="5") == [
        "NEWSITE_MAIL_FROM is set, but NEWSITE_MAIL_URL is not. Name the mail server, or remove it.",
        "NEWSITE_MAIL_RATE is set, but NEWSITE_MAIL_URL is not. Name the mail server, or remove it.",
    ]


def test_all_that_is_wrong_is_named_at_once():
    assert len(problems(URL="mail.example.org", FROM="news", RATE="0")) == 3
