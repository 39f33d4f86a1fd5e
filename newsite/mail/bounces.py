"""Mail that came back: delivery reports (RFC 3464), as a server sends them that had taken a mail before.

Anybody can write such a report. One counts only if the mail that it returns carries our mark of the address that it
went to, in its Message-ID: whoever has not got that mail cannot make it.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from email.utils import parseaddr

from newsite import limits
from newsite.mail import troubles

MOST_BYTES = 1024**2  # of a report; our mails are small, and a server may return the whole of one
_RETURNED = ("message/rfc822", "message/global")
_HEADERS = ("text/rfc822-headers", "message/global-headers")


def identity(own: str, email: str) -> str:
    """What stands before the @ of a mail's Message-ID: its own part, and the mark of the address it goes to."""
    return f"{own}.{_mark(email)}"


def count(report: bytes, *, now: datetime) -> bool:
    """Counts that a mail of ours cannot be delivered, if the report says so; whether it did. The caller commits."""
    parts = list(message_from_bytes(report[:MOST_BYTES], policy=policy.compat32).walk())
    email = next(filter(None, map(_ours, parts)), None)
    if email is None or not any(_has_failed(fields) for part in parts for fields in _status(part)):
        return False
    troubles.returned(email, now)
    return True


def _status(part: Message) -> Iterator[Message]:
    """The groups of fields of a report: one about the mail, and one for each address."""
    if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
        yield from _inside(part)


def _has_failed(fields: Message) -> bool:
    """Whether an address takes no mail. That a server minds us (5.7) says nothing about the address."""
    status = _line(fields, "Status")
    is_for_good = status.startswith("5.") and not status.startswith("5.7.")
    return _line(fields, "Action").casefold() == "failed" and is_for_good


def _ours(part: Message) -> str | None:
    """The address that a returned mail of ours went to; None for any other part of a report."""
    mail = _returned(part)
    if mail is None:
        return None
    email = parseaddr(_line(mail, "To"))[1]
    mark = _line(mail, "Message-ID").partition("@")[0].rpartition(".")[2]
    is_ours = hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(email).encode())
    return email if is_ours else None


def _returned(part: Message) -> Message | None:
    """The mail, or as much of it, as a report brings back."""
    if part.get_content_type() in _RETURNED:
        return next(iter(_inside(part)), None)
    if part.get_content_type() in _HEADERS:
        headers = part.get_payload(decode=True)
        text = headers if isinstance(headers, bytes) else b""
        return message_from_string(text.decode("utf-8", "replace"))
    return None


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _line(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _mark(email: str) -> str:
    return limits.hidden(f"mail-mark:{troubles.as_mailed(email)}")[:24]
