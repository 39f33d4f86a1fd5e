import smtplib
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import SMTP
from mail_server import (
    SENDER,
    PostOffice,
    certificate,
    odd_server,
    running,
    settings,
)
from ports import free_port

from newsite import mail_settings
from newsite.mail import line as lines
from newsite.mail.line import Line, NobodyThere, Refused, ServerAway, TryLater
from newsite.mail.message import Letter, message

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mail(to: str = "ann@example.org", text: str = "Hello.\n"):
    letter = Letter(to=to, subject="A letter", text=text, html="<p>Hello.</p>")
    return message(letter, SENDER, identity="1", now=NOON)


@pytest.fixture
def post() -> PostOffice:
    return PostOffice()


@pytest.fixture
def line(post: PostOffice) -> Iterator[Line]:
    with running(post) as found:
        made = Line(found)
        yield made
        made.hang_up()


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for longer than a moment."""
    monkeypatch.setattr(lines, "PATIENCE", 0.3)


def failing(line: Line, kind: type[Exception], to: str = "ann@example.org") -> str:
    """What sending a mail fails with. It never says to whom."""
    with pytest.raises(kind) as caught:
        line.send(mail(to))
    assert caught.type is kind
    assert "ann@" not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def test_a_mail_arrives(line, post):
    line.send(mail())
    assert [str(one["To"]) for one in post.mails] == ["ann@example.org"]
    assert post.recipients == ["ann@example.org"]


def test_a_line_is_kept_for_all_mails_of_a_batch_and_says_no_more_than_our_domain(line, post):
    for number in range(5):
        line.send(mail(f"reader{number}@example.org"))
    assert len(post.mails) == 5
    assert post.calls == 1
    assert post.greetings == {"paper.example"}


def test_a_line_that_the_server_closed_is_opened_again(post):
    with running(post) as found:
        line = Line(found)
        line.send(mail())
    with running(post, port=found.port):
        line.send(mail())
        line.hang_up()
    assert len(post.mails) == 2


def test_hanging_up_twice_does_no_harm(line, post):
    line.send(mail())
    line.hang_up()
    line.hang_up()
    line.send(mail())
    assert post.calls == 2


def test_nobody_there(post):
    line = Line(settings(free_port()))
    assert failing(line, ServerAway) == "the server cannot be reached (Connection refused)"


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_in_the_middle_is_left(line, post, hurry, where):
    post.hangs_at = where
    assert failing(line, ServerAway) == "the server does not answer in time"
    post.hangs_at = ""
    line.send(mail())
    assert len(post.mails) == 1


def test_a_server_that_never_greets_is_left(hurry):
    with odd_server(b"") as found:
        assert failing(Line(found), ServerAway) == "the server does not answer in time"


def test_a_server_that_drips_is_left_in_the_end(monkeypatch):
    monkeypatch.setattr(lines, "WHOLE", 0.3)
    with odd_server(b"220-", for_ever=True) as found:
        assert failing(Line(found), ServerAway).startswith("the server")


def test_a_server_that_is_full_is_left(hurry):
    with odd_server(b"421 too many\r\n") as found:
        assert failing(Line(found), ServerAway) == "the server answered 421 to our call"


def test_a_line_that_ended_by_itself_needs_no_cut():
    lines._cut(smtplib.SMTP())()  # there is no socket any more


def test_a_server_that_wants_nobody_is_left(line, monkeypatch):
    async def refuse(self: SMTP, name: str) -> None:
        await self.push("550 not you")

    monkeypatch.setattr(SMTP, "smtp_EHLO", refuse)
    monkeypatch.setattr(SMTP, "smtp_HELO", refuse)
    assert failing(line, ServerAway) == "the server answered 550"


@pytest.mark.parametrize(
    ("at", "answer", "kind", "said"),
    [
        ("MAIL", "550 no relay for ann@example.org", ServerAway, "550 to our address"),
        ("MAIL", "451 later", ServerAway, "451 to our address"),
        ("RCPT", "421 closing", ServerAway, "421 to the address"),
        ("RCPT", "450 greylisted", TryLater, "450 to the address"),
        ("RCPT", "550 5.1.1 ann@example.org unknown", NobodyThere, "550 to the address"),
        ("RCPT", "554 5.7.1 relay access denied", TryLater, "554 to the address"),
        ("RCPT", "530 sign in first", TryLater, "530 to the address"),
        ("DATA", "452 full", TryLater, "452 to the mail"),
        ("DATA", "554 5.6.0 not wanted", Refused, "554 to the mail"),
    ],
)
def test_what_a_server_says_decides_what_becomes_of_a_mail(line, post, at, answer, kind, said):
    post.answers[at] = answer
    assert failing(line, kind) == f"the server answered {said}"
    post.answers.clear()
    line.send(mail("ben@example.org"))  # the next one is none the worse
    assert len(post.mails) == 1


def test_a_server_that_does_not_even_want_to_hear_a_mail(line, monkeypatch):
    async def smtp_data(self: SMTP, arg: str) -> None:
        await self.push("554 no mail today")

    monkeypatch.setattr(SMTP, "smtp_DATA", smtp_data)
    assert failing(line, Refused) == "the server answered 554 to the mail"


def test_a_server_that_hangs_up_after_refusing_has_refused_all_the_same(line, post, monkeypatch):
    async def smtp_rset(self: SMTP, arg: str) -> None:
        self.transport.close()

    monkeypatch.setattr(SMTP, "smtp_RSET", smtp_rset)
    post.answers["RCPT"] = "550 unknown"
    failing(line, NobodyThere)


def test_addresses_in_other_letters_go_to_servers_that_know_them(post):
    with running(post, enable_SMTPUTF8=True) as found:
        line = Line(found)
        line.send(mail("jürgen@exämple.org"))
        line.hang_up()
    assert post.recipients == ["jürgen@xn--exmple-cua.org"]
    with running(post, enable_SMTPUTF8=False) as found:
        line = Line(found)
        said = failing(line, NobodyThere, to="jürgen@example.org")
        line.hang_up()
    assert said == "the server knows only addresses in ASCII"


def test_a_password_is_sent_over_tls(post, tmp_path):
    context = certificate(tmp_path)
    options = {"authenticator": post.sign_in, "tls_context": context, "require_starttls": True}
    with running(post, **options) as found:
        line = Line(replace(found, user="post", password="a good password"))
        line.send(mail())
        assert line.check() == "encrypted"
    assert set(post.signed_in) == {(b"post", b"a good password")}
    assert len(post.mails) == 1


def test_a_wrong_password_is_said(post):
    with running(post, authenticator=post.sign_in, auth_require_tls=False) as found:
        line = Line(replace(found, user="post", password="wrong"))
        assert failing(line, ServerAway) == "the server answered 535 to our name and password"


def test_a_server_on_this_machine_needs_no_tls_for_a_password(post):
    with running(post, authenticator=post.sign_in, auth_require_tls=False) as found:
        line = Line(replace(found, user="post", password="a good password"))
        assert line.check() == "not encrypted"


def test_no_password_goes_in_clear_to_another_machine(post, monkeypatch):
    monkeypatch.setattr(mail_settings, "LOOPBACK", set())
    with running(post, authenticator=post.sign_in, auth_require_tls=False) as found:
        line = Line(replace(found, user="post", password="a good password"))
        said = failing(line, ServerAway)
    assert said == "the server offers no encryption: the password is not sent in clear"
    assert post.signed_in == []


def test_a_server_that_takes_no_password_is_named(post):
    with running(post) as found:
        line = Line(replace(found, user="post", password="a good password"))
        assert failing(line, ServerAway) == "the server takes no name and password"


@pytest.mark.parametrize("is_tls", [True, False], ids=["smtps", "starttls"])
def test_another_machine_must_prove_who_it_is(post, tmp_path, monkeypatch, is_tls):
    monkeypatch.setattr(mail_settings, "LOOPBACK", set())
    context = certificate(tmp_path)
    options = {"ssl_context" if is_tls else "tls_context": context}
    with running(post, **options) as found:
        line = Line(replace(found, is_tls=is_tls))
        assert failing(line, ServerAway).startswith("the server's certificate is not good")
    assert post.mails == []


def test_mail_may_go_over_tls_from_the_first_byte(post, tmp_path):
    with running(post, ssl_context=certificate(tmp_path)) as found:
        line = Line(replace(found, is_tls=True))
        line.send(mail())
        assert line.check() == "encrypted"
    assert len(post.mails) == 1


def test_a_server_that_speaks_no_tls_is_named(post):
    with running(post) as found:
        line = Line(replace(found, is_tls=True))
        assert failing(line, ServerAway).startswith("the server cannot be reached")
