"""How replies are ordered: answers under what they answer, oldest first, in one index."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from newsite.comments.models import Comment

# Hexadecimal of a fixed width sorts as the numbers do. Ten digits of seconds since the year 1 reach
# past the year 9999 and take the dates of any import, those before 1970 too.
SECONDS_DIGITS = 10
ID_DIGITS = 8  # ids go to 2^31 - 1
LEVEL_CHARS = SECONDS_DIGITS + ID_DIGITS
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


class Standing(Protocol):
    """What an answer's place depends on."""

    @property
    def depth(self) -> int:
        """The level, from 1."""

    @property
    def place(self) -> str | None:
        """Where it stands; None before it has an id."""


def depth(parent: Standing | None, levels: int) -> int:
    """The level of an answer to `parent`, or of a reply to the article, where there are so many levels."""
    return min(parent.depth + 1, levels) if parent else 1


def place(comment: Comment, parent: Comment | None) -> str:
    """Where the comment, which has an id and its level, stands on its page."""
    return place_of(comment.id, comment.created_at, comment.depth, parent)


def place_of(comment_id: int, created_at: datetime, depth: int, parent: Standing | None) -> str:
    """Where a comment stands on its page: one component a level.

    Every reply's place begins with its parent's, so the order of the bytes is the order of reading:
    a reply, the answers to it, the next reply. An answer to the last level stands on that level
    too, among the other answers under the same reply of the level above, oldest first. There it
    stays when the site has more levels, or fewer.
    """
    above = (parent.place or "") if parent else ""
    seconds = (created_at - _YEAR_ONE) // timedelta(seconds=1)
    own = f"{seconds:0{SECONDS_DIGITS}x}{comment_id:0{ID_DIGITS}x}"
    return above[: LEVEL_CHARS * (depth - 1)] + own


def root(place_: str) -> str:
    """The place of the reply that begins the thread."""
    return place_[:LEVEL_CHARS]
