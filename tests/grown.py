"""Articles and replies by the thousand, written past the rules: what is measured has to be made quickly."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.models import (
    Article,
    Credit,
    Kind,
    PictureUse,
    Reads,
    Redirect,
    Revision,
    RevisionKind,
    State,
    article_tags,
)
from newsite.audit import AuditEntry
from newsite.comments import threads
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.media.models import File, Picture, Rendition

SIZE = 2_000  # articles at a time: enough for a planner to prefer an index
LONG, SHORT = 1, 2  # ids of the articles with thousands of replies, and with sixty
READ = 50  # articles in the last days
SPAN = timedelta(days=1_500)  # the same for each lot, so that there are as many months


def insert(table: Any, rows: list[dict[str, Any]]) -> None:
    table = getattr(table, "__table__", table)
    for begin in range(0, len(rows), 2_000):
        db.session.execute(sa.insert(table), rows[begin : begin + 2_000])


def an_article(number: int, writers: list[int], now: datetime) -> dict[str, Any]:
    """Most are published; of the first ones, some are drafts and pages; each hundredth is or was on top."""
    at = now - SPAN * (number % SIZE) / SIZE - timedelta(hours=1, seconds=number)
    is_first = number <= SIZE
    kind = Kind.page if is_first and number % 50 == 7 else Kind.article
    state = State.draft if is_first and number % 20 == 3 else State.published
    is_listed = kind is Kind.article and state is State.published
    return {
        "id": number, "kind": kind, "state": state, "version": 1, "path": f"/a/{number}/",
        "path_key": f"/a/{number}", "title": f"Story {number}", "standfirst": "", "body": "x",
        "body_format": "markdown", "body_html": "<p>old</p>", "body_policy": 1, "words": 1, "byline": "",
        "label": "news", "section_id": number % 5 + 1, "first_published_precision": "day",
        "published_at": at, "listed_at": at if is_listed else None, "is_old_work": number % 30 == 0,
        "source_name": "", "source_url": "", "source_is_original": False, "replies_open": True,
        "updated_at": at, "reply_count": 0, "is_sticky": number % 100 == 0,
        "sticky_until": at + timedelta(days=1), "withdrawn_reason": "", "created_by_id": writers[number % 2],
        "created_at": at, "saved_at": at, "lead_picture_id": number,
    }  # fmt: skip


def print_articles(first: int, writers: list[int], now: datetime) -> None:
    """Articles with these ids, each with two tags of seven, a credit, a redirect, and some with a correction."""
    rows = [an_article(number, writers, now) for number in range(first, first + SIZE)]
    insert(Article, rows)
    both = [(row["id"] % 7 + 1, (row["id"] // 7) % 7 + 1) for row in rows]
    insert(
        article_tags,
        [
            {"article_id": row["id"], "tag_id": tag, "listed_at": row["listed_at"]}
            for row, tags in zip(rows, both, strict=True)
            for tag in set(tags)
        ],
    )
    same = [{"article_id": row["id"], "created_at": row["created_at"]} for row in rows]
    insert(Redirect, [one | {"path_key": f"/old/{one['article_id']}", "query": ""} for one in same])
    theirs = [(row["id"], row["listed_at"], row["updated_at"]) for row in rows]
    insert(Credit, [credit(number, at) for number, at, _ in theirs])
    insert(
        Revision,
        [one for number, _, at in theirs if number % 10 == 0 for one in versions(number, at)],
    )
    insert(PictureUse, [{"article_id": row["id"], "picture_id": row["id"]} for row in rows])
    if first == 1:  # as many are read on a larger site
        insert(
            Reads, [{"day": now.date(), "article_id": n, "count": n} for n in range(1, READ + 1)]
        )


def credit(number: int, listed_at: datetime | None) -> dict[str, Any]:
    return {
        "article_id": number,
        "contributor_id": 1 + number % 3,
        "listed_at": listed_at,
        "position": 0,
    }


def versions(number: int, at: datetime) -> list[dict[str, Any]]:
    """What was published, and its correction."""
    same = {
        "article_id": number,
        "at": at,
        "title": "",
        "standfirst": "",
        "body_format": "html",
        "byline": "",
    }
    return [
        same | {"version": 1, "kind": RevisionKind.draft, "note": "", "body": "Five."},
        same | {"version": 2, "kind": RevisionKind.correction, "note": "So.", "body": "Six."},
    ]


def print_pictures(first: int, now: datetime) -> None:
    """A picture for each article with these ids, of one size, and a file for every tenth."""
    numbers = range(first, first + SIZE)
    rows = [
        {
            "id": number, "sha256": f"{number:064x}", "key": f"{number:032x}", "format": "jpeg", "width": 640,
            "height": 480, "bytes": 9, "name": "gate.jpg", "alt": "The gate", "is_decorative": False,
            "caption": "", "credit": "", "focal_x": 50, "focal_y": 50, "is_animated": False,
            "created_at": now - SPAN * (number % SIZE) / SIZE - timedelta(seconds=number),
        }
        for number in numbers
    ]  # fmt: skip
    insert(Picture, rows)
    size = {"format": "webp", "width": 640, "height": 480, "bytes": 9}
    insert(Rendition, [{"picture_id": number} | size for number in numbers])
    kept = {"name": "minutes.pdf", "title": "Minutes", "media_type": "application/pdf", "bytes": 9}
    names = ("id", "sha256", "key", "created_at")
    insert(File, [{name: row[name] for name in names} | kept for row in rows[::10]])


def print_log(first: int, people: list[User], now: datetime) -> None:
    """As many lines of the desk's log as there are articles: every fifth time, somebody signed in."""
    insert(
        AuditEntry,
        [
            {
                "at": now - SPAN * (number % SIZE) / SIZE - timedelta(seconds=number),
                "user_id": (by := people[number % 2]).id, "user_name": by.name, "subject": "it",
                "action": ("signed in", "saved", "published", "saved", "described")[number % 5],
            }
            for number in range(first, first + SIZE)
        ],
    )  # fmt: skip


def print_replies(article_id: int, first: int, count: int, now: datetime) -> None:
    """Replies to an article, every fourth one an answer, all on the page, all from one address."""
    rows: list[dict[str, Any]] = []
    begun: Comment | None = None
    email = f"a{article_id}@b.example"
    for number in range(first, first + count):
        at = now - timedelta(days=5) + timedelta(seconds=number)
        depth = 2 if number % 4 == 0 and begun else 1
        one = Comment(id=number, created_at=at, depth=depth)
        one.place = threads.place(one, begun if depth == 2 else None)
        begun = begun if depth == 2 else one
        rows.append(
            {
                "id": number, "article_id": article_id, "parent_id": begun.id if begun is not one else None,
                "depth": depth, "place": one.place, "status": Status.approved, "is_on_page": True,
                "author_name": "Ann", "email": email, "email_key": email, "website": "",
                "network": f"192.0.{article_id % 256}.0/24",
                "body": "x", "body_html": "<p>x</p>", "body_policy": 1, "fingerprint": str(number),
                "badge": "", "created_at": at,
            }
        )  # fmt: skip
    insert(Comment, rows)
    table: Any = Article.__table__
    change = sa.update(table).where(table.c.id == article_id)
    db.session.execute(change.values(reply_count=count, body_html="<p>x</p>"))
