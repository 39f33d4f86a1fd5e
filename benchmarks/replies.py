"""Replies of the corpus: threads as readers make them, each text cleaned once by the program's own function."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from newsite.accounts.emails import email_key
from newsite.comments import blocks, submission, threads
from newsite.comments.models import Comment, Status
from newsite.comments.submission import NewReply
from newsite.sanitize import POLICY, reply_html
from newsite.text import tidy_text

LEVELS = 5  # as a site has unless it says otherwise
READERS = 50_000
WAITING = 50  # every fiftieth reply waits for an editor
RECENT = 10  # an answer is to one of so many replies before it
APART = timedelta(minutes=1)


class Text(NamedTuple):
    """What somebody wrote, and its HTML."""

    body: str
    html: str

    @classmethod
    def of(cls, body: str) -> "Text":
        """The text, cleaned."""
        return cls(body, reply_html(tidy_text(body)))


class Reply(NamedTuple):
    """The row of a reply, and those of the decisions about it."""

    row: dict[str, Any]
    entries: list[dict[str, Any]]


@dataclass
class _Standing:
    """As much of a comment as its answers' places need."""

    id: int
    depth: int
    created_at: datetime
    place: str = ""


def rows_of_replies(
    article: dict[str, Any], count: int, texts: list[Text], numbers: Iterator[int], *, by_id: int
) -> Iterator[Reply]:
    """The replies to one article, whose row is given; its `reply_count` is set to the approved ones."""
    recent: list[_Standing] = []
    for at in range(count):
        number = next(numbers)
        parent = recent[number * 7 % len(recent)] if recent and number % 10 < 3 else None
        is_waiting = count != 50 and number % WAITING == 0
        one = _Standing(
            number,
            min(parent.depth + 1, LEVELS) if parent else 1,
            article["published_at"] + APART * (at + 1),
        )
        one.place = threads.place(cast(Comment, one), cast("Comment | None", parent))
        if not is_waiting:
            recent = [*recent[1 - RECENT :], one]
            article["reply_count"] += 1
        row = _row(one, parent, article["id"], texts[number % len(texts)], is_waiting=is_waiting)
        yield Reply(row, list(_entries(row, by_id)))


def prepared(row: dict[str, Any], look: blocks.Look) -> dict[str, Any]:
    """The row with its block, as the program prepares it."""
    if not row["is_on_page"]:
        return row | {"block_html": "", "block_mark": ""}
    # What a row does not say, a column that may be empty is; the others are as the models begin them.
    whole: dict[str, Any] = dict.fromkeys(blocks.Shown._fields) | {"website": "", "badge": ""} | row
    shown = blocks.Shown(**{name: whole[name] for name in blocks.Shown._fields})
    return row | {"block_html": blocks.html(shown, look), "block_mark": look.mark}


def _row(
    one: _Standing, parent: _Standing | None, article_id: int, text: Text, *, is_waiting: bool
) -> dict[str, Any]:
    reader = one.id % READERS
    email = f"reader{reader}@example.org"
    parent_id = parent.id if parent else None
    sent = NewReply(f"Reader {reader}", email, "", text.body, parent_id)
    return {
        "id": one.id,
        "article_id": article_id,
        "parent_id": parent_id,
        "depth": one.depth,
        "place": one.place,
        "status": Status.pending if is_waiting else Status.approved,
        "is_on_page": not is_waiting,
        "author_name": sent.author_name,
        "email": email,
        "email_key": email_key(email),
        "body": text.body,
        "body_html": text.html,
        "body_policy": POLICY,
        "fingerprint": submission.fingerprint(sent, parent_id),
        "created_at": one.created_at,
    }


def _entries(row: dict[str, Any], by_id: int) -> Iterator[dict[str, Any]]:
    about = {"comment_id": row["id"], "at": row["created_at"]}
    rule = "Address not confirmed"
    yield about | {"old_status": None, "new_status": Status.pending, "by_id": None, "rule": rule}
    if row["status"] is Status.approved:
        old, new = Status.pending, Status.approved
        yield about | {"old_status": old, "new_status": new, "by_id": by_id, "rule": ""}
