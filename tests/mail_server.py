# ruff: noqa: N802  (the names of SMTP's commands are aiosmtpd's)
"""A mail server of the tests' own: it keeps what it is sent, and can refuse, break off, hang and ask who is there."""

import asyncio
import os
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from ports import free_port

from newsite.mail_settings import MailSettings

HERE = "127.0.0.1"
SENDER = Address("The Test Paper", "news", "paper.example")
OK = "250 OK"


class PostOffice:
    """What aiosmtpd asks, and the mails that came."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []  # on the envelopes
        self.calls = 0  # how often anybody connected
        self.greetings: set[str] = set()
        self.answers: dict[str, str] = {}  # to MAIL, RCPT or DATA, instead of OK
        self.answers_to: dict[str, str] = {}  # to RCPT, by address
        self.hangs_at = ""  # MAIL, RCPT or DATA
        self.signed_in: list[tuple[bytes, bytes]] = []
        self.password = b"a good password"

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, lines: list[str]
    ) -> list[str]:
        self.calls += 0 if session.host_name else 1
        self.greetings.add(name)
        session.host_name = name
        return lines

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._answer("MAIL")
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.answers_to.get(address) or await self._answer("RCPT")
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await self._answer("DATA")
        if answer == OK:
            made = message_from_bytes(envelope.original_content, policy=policy.default)
            assert isinstance(made, EmailMessage)
            self.mails.append(made)
            self.recipients.extend(envelope.rcpt_tos)
        return answer

    def sign_in(self, *given: Any) -> AuthResult:
        login = given[-1]
        assert isinstance(login, LoginPassword)
        self.signed_in.append((login.login, login.password))
        return AuthResult(success=login.password == self.password, handled=False)

    async def _answer(self, about: str) -> str:
        if self.hangs_at == about:
            await asyncio.Event().wait()
        return self.answers.get(about, OK)


@contextmanager
def running(office: PostOffice, port: int | None = None, **options: Any) -> Iterator[MailSettings]:
    """The settings of a server that is there until the end; `options` are aiosmtpd's."""
    controller = Controller(office, hostname=HERE, port=port or free_port(), **options)
    controller.start()
    try:
        yield settings(controller.port)
    finally:
        controller.stop()


@contextmanager
def odd_server(sends: bytes, *, for_ever: bool = False) -> Iterator[MailSettings]:
    """A server that sends these bytes to whoever calls, again and again or once, and never listens."""
    stop = threading.Event()

    class Caller(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(sends)
                while for_ever and not stop.wait(0.05):
                    self.request.sendall(sends)
            stop.wait()

    with socketserver.ThreadingTCPServer((HERE, 0), Caller) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield settings(server.server_address[1])
        finally:
            stop.set()
            server.shutdown()
            thread.join()


def settings(port: int, **given: Any) -> MailSettings:
    """How a site reaches a server at this port."""
    values: dict[str, Any] = {"host": HERE, "port": port, "is_tls": False, "user": ""}
    return MailSettings(**(values | {"password": "", "sender": SENDER, "rate": 100} | given))


def certificate(folder: Path) -> ssl.SSLContext:
    """The side of a server that has made its certificate itself. Skips, or fails in CI, without openssl."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is not installed")
        pytest.skip("no openssl")
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=mail.example", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, key)
    return context


def text_of(mail: EmailMessage) -> str:
    """The part in plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    """The part in HTML."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
