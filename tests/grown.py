"""Articles and replies by the thousand, written past the rules: what is measured has to be made quickly."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsite.articles.models import (
    Article,
    Credit,
    Kind,
    Redirect,
    Revision,
    RevisionKind,
    State,
    article_tags,
)
from newsite.comments import threads
from newsite.comments.models import Comment, Status
from newsite.db import db

SIZE = 2_000  # articles at a time: enough for a planner to prefer an index
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
        "body_format": "markdown", "body_html": "<p>x</p>", "body_policy": 1, "words": 1, "byline": "",
        "label": "news", "section_id": number % 5 + 1, "first_published_precision": "day",
        "published_at": at, "listed_at": at if is_listed else None, "is_old_work": number % 30 == 0,
        "source_name": "", "source_url": "", "source_is_original": False, "replies_open": True,
        "updated_at": at, "reply_count": 0, "is_sticky": number % 100 == 0,
        "sticky_until": at + timedelta(days=1), "withdrawn_reason": "", "created_by_id": writers[number % 2],
        "created_at": at, "saved_at": at,
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
    insert(Revision, [correction(number, at) for number, _, at in theirs if number % 10 == 0])


def credit(number: int, listed_at: datetime | None) -> dict[str, Any]:
    return {
        "article_id": number,
        "contributor_id": 1 + number % 3,
        "listed_at": listed_at,
        "position": 0,
    }


def correction(number: int, at: datetime) -> dict[str, Any]:
    said = {
        "article_id": number,
        "version": 1,
        "kind": RevisionKind.correction,
        "note": "So.",
        "at": at,
    }
    return said | {"title": "", "standfirst": "", "body": "", "body_format": "html", "byline": ""}


def print_replies(article_id: int, first: int, count: int, now: datetime) -> None:
    """Replies to an article, every fourth one an answer, all on the page, all from one address."""
    rows: list[dict[str, Any]] = []
    begun: Comment | None = None
    email = f"a{article_id}@b.example"
    for number in range(first, first + count):
        at = now - timedelta(days=1) + timedelta(seconds=number)
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
