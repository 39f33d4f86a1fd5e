"""How replies are ordered: answers under what they answer, oldest first, in one index."""

from datetime import UTC, datetime, timedelta

from newsite.comments.models import MAX_DEPTH, Comment

# Hexadecimal of a fixed width sorts as the numbers do. Ten digits of seconds since the year 1 reach
# past the year 9999 and take the dates of any import, those before 1970 too.
SECONDS_DIGITS = 10
ID_DIGITS = 8  # ids go to 2^31 - 1
LEVEL_CHARS = SECONDS_DIGITS + ID_DIGITS
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


def stand(comment: Comment, parent: Comment | None) -> None:
    """Gives the comment its level; its place follows, once it has an id."""
    comment.parent = parent
    comment.depth = min(parent.depth + 1, MAX_DEPTH) if parent else 1


def place(comment: Comment, parent: Comment | None) -> str:
    """Where the comment, which has an id, stands on its page: one component a level.

    Every reply's place begins with its parent's, so the order of the bytes is the order of reading:
    a reply, the answers to it, the next reply. An answer to the last level stands on that level
    too, among the other answers under the same reply of the level above, oldest first.
    """
    above = (parent.place or "") if parent else ""
    seconds = (comment.created_at - _YEAR_ONE) // timedelta(seconds=1)
    own = f"{seconds:0{SECONDS_DIGITS}x}{comment.id:0{ID_DIGITS}x}"
    return above[: LEVEL_CHARS * (MAX_DEPTH - 1)] + own


def root(place_: str) -> str:
    """The place of the reply that begins the thread."""
    return place_[:LEVEL_CHARS]
