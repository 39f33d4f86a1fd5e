"""A mail as it is written, and as it goes over the line."""

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from newsite.text import tidy_line

# Nothing but ASCII on the line: every server takes that. No line is longer than RFC 5322 likes.
POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=76)

_NAME = re.compile(r"[^\s@<>()\[\]\\,;:\"]+")
_DOMAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Letter:
    """What somebody is written, in both forms."""

    to: str  # an address, and no name: a name may be anybody's words
    subject: str
    text: str
    html: str
    stop_url: str = (
        ""  # where one press ends mails of this kind, RFC 8058; "" if there is no end to it
    )
    is_asked_for: bool = False  # by whoever has the address: goes there even if it was given up


class NoAddress(ValueError):
    """What a letter should go to is no address that can be written into a mail. It is not repeated here."""


def message(letter: Letter, sender: Address, *, identity: str, now: datetime) -> EmailMessage:
    """The letter as a mail. `identity` is its own for ever: a mail that comes twice is known by it.

    Raises NoAddress.
    """
    to = recipient(letter.to)
    made = EmailMessage(policy=POLICY if to.username.isascii() else POLICY.clone(utf8=True))
    # Written here, since the policy loses spaces between words that it has to encode (CPython 92081).
    made.set_raw("From", formataddr((sender.display_name, sender.addr_spec)))
    made["To"] = to
    made.set_raw("Subject", _encoded(tidy_line(letter.subject)))
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{identity}@{sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    if letter.stop_url:
        made["List-Unsubscribe"] = f"<{letter.stop_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    return made


def _encoded(line: str) -> str:
    """One line of text as it stands in a header, folded."""
    charset = "us-ascii" if line.isascii() else "utf-8"
    return Header(line, charset, maxlinelen=76, header_name="Subject").encode()


def recipient(email: str) -> Address:
    """The address, its domain as the network knows it. Raises NoAddress."""
    name, _, domain = email.rpartition("@")
    with contextlib.suppress(UnicodeError):  # a domain of no letters, or of too many
        domain = domain.encode("idna").decode()
    if not _NAME.fullmatch(name) or not _DOMAIN.fullmatch(domain) or not name.isprintable():
        raise NoAddress("this is no address")
    return Address(username=name, domain=domain)
