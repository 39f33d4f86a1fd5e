"""What an operator says about mail: by which server it goes, from whom, and how much of it a minute."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses
from urllib.parse import SplitResult, unquote, urlsplit

URL, SENDER, RATE = "NEWSITE_MAIL_URL", "NEWSITE_MAIL_FROM", "NEWSITE_MAIL_RATE"
NAMES = {URL, SENDER, RATE}
PORTS = {"smtp": 587, "smtps": 465}  # of submission, RFC 6409 and RFC 8314
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DEFAULT_RATE = 100  # a minute: less than what the usual providers refuse
MOST_RATE = 10_000
_HOST = re.compile(r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*|[0-9a-f:.]+", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
BAD_URL = (
    f"{URL} is not an address of a mail server. Write smtp://user:password@mail.example.org:587, or "
    "smtps://…:465; write other characters of a password than letters and digits as %40 for @."
)
BAD_SENDER = f"{SENDER} is not an address to send from. Write such as: Our Paper <news@example.org>"


@dataclass(frozen=True)
class MailSettings:
    """A mail server, and how it is used."""

    host: str
    port: int
    is_tls: bool  # from the first byte; otherwise STARTTLS where the server has it
    user: str
    password: str = field(repr=False)
    sender: Address
    rate: int = DEFAULT_RATE  # mails a minute, of all workers together

    @property
    def is_near(self) -> bool:
        """Whether it runs on this machine, so that nobody can listen in between."""
        return self.host in LOOPBACK


def from_environment(environ: Mapping[str, str], problems: list[str]) -> MailSettings | None:
    """The settings in `environ`; None without a server. What is wrong is added to the problems."""
    given, sender = environ.get(URL, "").strip(), environ.get(SENDER, "").strip()
    if not given:
        problems.extend(
            f"{name} is set, but {URL} is not. Name the mail server, or remove it."
            for name in (SENDER, RATE)
            if environ.get(name, "").strip()
        )
        return None
    rate = _rate(environ, problems)
    mailbox = _sender(sender, problems)
    try:
        parts = urlsplit(given)
        port = parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)
    except ValueError:  # the port is no number that a port can be
        parts, port = SplitResult("", "", "", "", ""), 0
    if not _is_server(parts, given) or not port:
        problems.append(BAD_URL)
        return None
    if mailbox is None:
        return None
    return MailSettings(
        host=str(parts.hostname),
        port=port,
        is_tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=mailbox,
        rate=rate,
    )


def _is_server(parts: SplitResult, given: str) -> bool:
    is_bare = not parts.path.strip("/") and "?" not in given and "#" not in given
    is_both = bool(parts.username) == bool(parts.password)  # one of them alone signs nobody in
    is_host = _HOST.fullmatch(parts.hostname or "") is not None
    return parts.scheme in PORTS and is_bare and is_both and is_host and given.isprintable()


def _sender(given: str, problems: list[str]) -> Address | None:
    if not given:
        problems.append(
            f"{SENDER} is missing, and {URL} needs it. Write such as: Our Paper <news@example.org>"
        )
        return None
    found = getaddresses([given])
    name, mailbox = found[0] if len(found) == 1 and given.isprintable() else ("", "")
    is_whole = mailbox in given  # the parser mends what is broken, perhaps to another address
    if not is_whole or not mailbox.isascii() or not _MAILBOX.fullmatch(mailbox):
        problems.append(BAD_SENDER)
        return None
    return Address(display_name=name, addr_spec=mailbox)


def _rate(environ: Mapping[str, str], problems: list[str]) -> int:
    given = environ.get(RATE, "").strip() or str(DEFAULT_RATE)
    if given.isascii() and given.isdigit() and len(given) <= 5 and 0 < int(given) <= MOST_RATE:
        return int(given)
    problems.append(
        f"{RATE} is “{given}”; write how many mails may go out a minute, from 1 to {MOST_RATE}."
    )
    return DEFAULT_RATE
