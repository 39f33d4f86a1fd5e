"""The line to the mail server: opened when there is something to send, and kept for what follows at once."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage

from newsite.mail_settings import MailSettings

PATIENCE = 10.0  # seconds for each answer of the server
WHOLE = 60.0  # seconds for one mail from end to end, however the server drips
FOR_GOOD = 500  # answers from here on will be the same tomorrow
WANTS_PASSWORD = 530
REFUSED_CONNECTION = 421  # the server ends the conversation, whatever was asked


class ServerAway(Exception):
    """The server cannot be reached, or does not want us: true of every mail that waits."""


class TryLater(Exception):
    """The server does not want this mail now."""


class Refused(Exception):
    """The server will never take this mail."""


class NobodyThere(Refused):
    """The server will never take a mail for this address."""


class Line:
    """A line to one mail server. Its words never come into an error: they repeat addresses."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self._client: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hands a mail over. Raises ServerAway, TryLater, Refused or NobodyThere."""
        sender, to = mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec
        client = self._open()
        try:
            with _deadline(client):
                self._hand_over(client, sender, to, mail.as_bytes())
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise ServerAway(_said(error)) from None

    def check(self) -> str:
        """Opens the line and closes it; how it is, in words. Raises ServerAway."""
        self.hang_up()
        is_secret = isinstance(self._open().sock, ssl.SSLSocket)
        self.hang_up()
        return "encrypted" if is_secret else "not encrypted"

    def hang_up(self) -> None:
        """Ends the line, if it is open."""
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException), _deadline(self._client):
                self._client.quit()
        self._drop()

    def _drop(self) -> None:
        """Closes the line without a word: on the other side is nobody who would hear it."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _hand_over(self, client: smtplib.SMTP, sender: str, to: str, mail: bytes) -> None:
        options = [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        if options and not client.has_extn("smtputf8"):
            raise NobodyThere("the server knows only addresses in ASCII")
        code, _ = client.mail(sender, options)
        if code >= 400:  # it will say the same of every mail
            raise _Away(f"the server answered {code} to our address")
        code, words = client.rcpt(to)
        self._judge(code, "the address", TryLater if _is_policy(code, words) else NobodyThere)
        try:
            code, _ = client.data(mail)
        except smtplib.SMTPDataError as error:  # it does not even want to hear it
            code = error.smtp_code
        self._judge(code, "the mail", Refused)

    def _judge(self, code: int, about: str, for_good: type[Exception]) -> None:
        if code < 400:
            return
        sentence = f"the server answered {code} to {about}"
        if code == REFUSED_CONNECTION:
            raise _Away(sentence)
        with contextlib.suppress(
            OSError, smtplib.SMTPException
        ):  # it is asked before the next mail
            assert self._client is not None
            self._client.rset()
        raise for_good(sentence) if code >= FOR_GOOD else TryLater(sentence)

    def _open(self) -> smtplib.SMTP:
        """The line, opened unless it is. A server may have closed it in the meantime."""
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._client.noop()[0] < 400:
                    return self._client
            self._drop()
        try:
            return self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise ServerAway(_said(error)) from None

    def _connected(self) -> smtplib.SMTP:
        has = self.settings
        context = _context(is_near=has.is_near)
        # Named as what mail comes from: the name of this machine is nobody's business.
        name = has.sender.domain
        client = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=PATIENCE, context=context)
            if has.is_tls
            else smtplib.SMTP(local_hostname=name, timeout=PATIENCE)
        )
        self._client = client  # so that it is closed if what follows goes wrong
        # Given to `smtplib.SMTP` it would connect at once, where no deadline can cut the line.
        client._host = has.host  # type: ignore[attr-defined]  # noqa: SLF001
        with _deadline(client):
            code, _ = client.connect(has.host, has.port)
            if code >= 400:
                raise _Away(f"the server answered {code} to our call")
            client.ehlo_or_helo_if_needed()
            if not has.is_tls and client.has_extn("starttls"):
                client.starttls(context=context)
                client.ehlo()
            self._sign_in(client)
        return client

    def _sign_in(self, client: smtplib.SMTP) -> None:
        has = self.settings
        if not has.user:
            return
        if not isinstance(client.sock, ssl.SSLSocket) and not has.is_near:
            raise _Away("the server offers no encryption: the password is not sent in clear")
        client.login(has.user, has.password)


class _Away(smtplib.SMTPException):
    """What we say ourselves of a server that is of no use."""


def _context(*, is_near: bool) -> ssl.SSLContext:
    """Who the server is gets proved to us; on this machine nobody can be in between, and names differ."""
    context = ssl.create_default_context()
    if is_near:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def _deadline(client: smtplib.SMTP) -> Iterator[None]:
    """Cuts the line after WHOLE seconds: time-outs are of single answers, and a server may drip."""
    timer = threading.Timer(WHOLE, _cut(client))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(client: smtplib.SMTP) -> Callable[[], None]:
    def cut() -> None:
        with contextlib.suppress(OSError):
            if client.sock is not None:
                client.sock.shutdown(socket.SHUT_RDWR)

    return cut


def _is_policy(code: int, words: bytes) -> bool:
    """Whether the server minds us, and not the address: such as a relay that wants a password (RFC 3463)."""
    return code == WANTS_PASSWORD or words.startswith(b"5.7.")


def _said(error: Exception) -> str:
    """What went wrong, without the server's own words: they may repeat an address or a name."""
    words = "the server broke off"
    if isinstance(error, _Away):
        words = str(error)
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        words = f"the server answered {error.smtp_code} to our name and password"
    elif isinstance(error, smtplib.SMTPResponseException):
        words = f"the server answered {error.smtp_code}"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        words = "the server takes no name and password"
    elif isinstance(error, ssl.SSLCertVerificationError):
        words = f"the server's certificate is not good ({error.verify_message})"
    elif isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        words = "the server does not answer in time"
    elif isinstance(error, OSError) and error.strerror:
        words = f"the server cannot be reached ({error.strerror})"
    return words
