from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address

import pytest

from newsite.mail.message import Letter, NoAddress, message, recipient

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SENDER = Address("Ärzte, Blatt", "news", "paper.example")


def sent(**given):
    """A letter after its way over the line, as a mail program reads it."""
    values = {
        "to": "ann@example.org",
        "subject": "A letter",
        "text": "Hello.\n",
        "html": "<p>Hi</p>",
    }
    made = message(Letter(**values | given), SENDER, identity="abc", now=NOON)
    return message_from_bytes(made.as_bytes(), policy=policy.default), made.as_bytes()


def test_a_letter_says_whose_it_is_and_that_nobody_wrote_it_by_hand():
    mail, _ = sent()
    assert str(mail["From"]) == '"Ärzte, Blatt" <news@paper.example>'
    assert str(mail["To"]) == "ann@example.org"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == "<abc@paper.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_letter_is_in_both_forms_and_in_ascii_on_the_line():
    mail, raw = sent(subject="Grüße", text="Grüße …\n" + "x" * 2000, html="<p>Grüße</p>")
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 78
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines()[0] == "Grüße …"
    assert mail["Subject"] == "Grüße"


@pytest.mark.parametrize(
    "subject",
    [
        "An answer to your reply: “Night shift votes” – The Test Paper",
        "Ärzte – Ölpreis – “Grüße” " + "äöü " * 40,
        "plain " * 40,
        "Привет мир, как дела",
        "=?utf-8?q?no?= trick",
    ],
)
def test_a_subject_arrives_as_it_was_written(subject):
    mail, raw = sent(subject=subject)
    if "=?" not in subject:  # what looks encoded is read so
        assert mail["Subject"] == subject.strip()
    assert max(map(len, raw.splitlines())) <= 78


def test_one_press_ends_what_somebody_follows_and_nothing_ends_what_is_asked_for():
    mail, _ = sent()
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    mail, _ = sent(stop_url="https://paper.example/replies/stop/" + "t" * 150)
    assert mail["List-Unsubscribe"] == f"<https://paper.example/replies/stop/{'t' * 150}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\x00"])
def test_nobody_writes_a_header_by_a_title(end):
    mail, raw = sent(subject=f"Strike{end}Bcc: all@example.org{end}{end}Buy this")
    assert mail["Bcc"] is None
    assert b"\nBcc" not in raw
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example.org\r\nBcc: all@example.org",
        "ann@example.org\n",
        "ann@exam ple.org\x00",
        "an n@example.org",
        "ann@" + "x" * 70 + ".org",
        "ann@example..org",
    ],
)
def test_what_is_no_address_is_written_to_nobody(address):
    with pytest.raises(NoAddress, match="this is no address"):
        recipient(address)


def test_an_address_in_other_letters_can_be_written():
    assert recipient("jürgen@exämple.org").addr_spec == "jürgen@xn--exmple-cua.org"
    mail, _ = sent(to="jürgen@exämple.org")
    assert "jürgen@xn--exmple-cua.org" in str(mail["To"])
