"""The address of a reply's own page, handed or mailed to its writer: what whoever has it may do."""

import enum
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from newsite import tokens

PURPOSE = "reply"
MAILED_FOR = timedelta(days=30)  # confirms and follows; each mail carries a new one


class Right(enum.IntEnum):
    """What the holder of an address may do; a higher one has all of the lower."""

    VIEW = 1  # look: handed to whoever sent the same words again
    OWN = 2  # edit, withdraw, appeal: handed to whoever sent the reply
    MAIL = 3  # confirm the address and follow: sent by mail, so its reader is who has the address


VIEW, OWN, MAIL = Right


class Opened(NamedTuple):
    """What an address opens."""

    comment_id: int
    right: Right
    made_at: datetime
    is_late: bool = False  # it was mailed, too long ago to confirm or follow by


def status_path(comment_id: int, right: Right, *, now: datetime) -> str:
    """The path of a reply's own page, with this right over it."""
    return f"/replies/{status_token(comment_id, right, now=now)}"


def status_token(comment_id: int, right: Right, *, now: datetime) -> str:
    """The last segment of `status_path`."""
    return tokens.signed(PURPOSE, [comment_id, int(right), int(now.timestamp())], now=now)


def opened(token: str, *, now: datetime) -> Opened | None:
    """What a token of `status_token` opens; None for any other.

    A mailed one that is older than 30 days has the rights of one that was handed out.
    """
    value = tokens.opened(PURPOSE, token, now=now)
    if value is None:
        return None
    comment_id, right, seconds = value
    made_at = datetime.fromtimestamp(seconds, UTC)
    is_late = right == MAIL and now - made_at > MAILED_FOR
    return Opened(comment_id, OWN if is_late else Right(right), made_at, is_late)
