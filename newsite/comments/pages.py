"""Replies as readers meet them under an article: whole threads, fifty to a page, oldest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from newsite.articles.models import Article
from newsite.comments import threads
from newsite.comments.models import Comment, Status
from newsite.db import db

THREADS = 50  # begin on one page, as in WordPress
MAX_ROWS = 200  # stand on one page: a thread of ten thousand is divided
_NUMBER = re.compile(r"([1-9][0-9]{0,5})(?:\.([1-9][0-9]{0,5}))?", re.ASCII)


class PageNumber(NamedTuple):
    """Which fifty threads, and which two hundred of their replies: both from 1."""

    group: int = 1
    chunk: int = 1

    def __str__(self) -> str:
        """The number as it stands in an address: "3", or "3.2"."""
        return f"{self.group}.{self.chunk}" if self.chunk > 1 else str(self.group)

    @classmethod
    def parse(cls, value: str) -> "PageNumber":
        """The number written as `value`, in the one way that it is written. Raises ValueError if it is none."""
        match = _NUMBER.fullmatch(value)
        if match is None or match[2] == "1":
            raise ValueError("not a page of replies")
        return cls(int(match[1]), int(match[2] or 1))


class Row(NamedTuple):
    """What a page shows of one reply."""

    id: int
    depth: int
    status: Status
    author_name: str
    website: str
    user_id: int | None
    badge: str
    body_html: str
    created_at: datetime

    @property
    def is_gap(self) -> bool:
        """Whether only its place is left."""
        return self.status is not Status.approved

    @property
    def is_staff(self) -> bool:
        """Whether somebody of the desk wrote it."""
        return self.user_id is not None


@dataclass(frozen=True)
class RepliesPage:
    """Replies in the order of reading, and the pages before and after them."""

    rows: list[Row]
    earlier: PageNumber | None = None
    later: PageNumber | None = None


_COLUMNS = [getattr(Comment, name) for name in Row._fields]


def page_of_replies(article: Article, group: int = 1, chunk: int = 1) -> RepliesPage:
    """One page of what stands under an article; without rows if there is no such page.

    At most three queries, whatever the number of replies.
    """
    if article.reply_count == 0:  # gaps stand only where something below them was approved
        return RepliesPage([])
    bounds = _bounds(article, group)
    if bounds is None:
        return RepliesPage([])
    query = sa.select(*_COLUMNS).where(*_between(article, bounds.begin, bounds.end))
    query = query.order_by(Comment.place).offset(MAX_ROWS * (chunk - 1)).limit(MAX_ROWS + 1)
    found = db.session.execute(query).all()
    rows = [Row(*row) for row in found[:MAX_ROWS]]
    if len(found) > MAX_ROWS:
        later: PageNumber | None = PageNumber(group, chunk + 1)
    else:
        later = PageNumber(group + 1) if bounds.end is not None else None
    return RepliesPage(rows, _earlier(article, group, chunk, bounds), later)


def page_of(comment: Comment) -> PageNumber | None:
    """The page that a comment stands on; None if it stands on none."""
    if not comment.is_on_page or comment.place is None:
        return None
    before = _count(
        *_on_page(comment.article),
        Comment.depth == 1,
        Comment.place < threads.root(comment.place),
    )
    group = before // THREADS + 1
    bounds = _bounds(comment.article, group) or _Bounds()
    rows = _count(*_between(comment.article, bounds.begin, None), Comment.place < comment.place)
    return PageNumber(group, rows // MAX_ROWS + 1)


class _Bounds(NamedTuple):
    """Where a group of threads begins and ends, and where the group before it begins.

    None stands for the first reply, or for the last one.
    """

    before: str | None = None
    begin: str | None = None
    end: str | None = None


def _bounds(article: Article, group: int) -> _Bounds | None:
    """The bounds of a group of threads, in one query; None if there is no such group."""
    if group == 1 and article.reply_count <= THREADS:  # each thread here has an approved reply
        return _Bounds()
    skipped = THREADS if group > 1 else 0  # the group before, which is read along
    roots = (
        sa.select(Comment.place)
        .where(*_on_page(article), Comment.depth == 1)
        .order_by(Comment.place)
        .offset(THREADS * (group - 1) - skipped)
        .limit(skipped + THREADS + 1)
    )
    places: Sequence[str | None] = db.session.scalars(roots).all()
    after = skipped + THREADS
    end = places[after] if len(places) > after else None
    if group == 1:
        return _Bounds(end=end)
    return _Bounds(places[0], places[skipped], end) if len(places) > skipped else None


def _earlier(article: Article, group: int, chunk: int, bounds: _Bounds) -> PageNumber | None:
    """The page before this one."""
    if chunk > 1:
        return PageNumber(group, chunk - 1)
    if group == 1:
        return None
    rows = _count(*_between(article, bounds.before, bounds.begin))
    return PageNumber(group - 1, max(1, -(-rows // MAX_ROWS)))


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(Comment).where(*conditions)
    return db.session.scalar(query) or 0


def _on_page(article: Article) -> tuple[sa.ColumnElement[bool], ...]:
    return Comment.article_id == article.id, Comment.is_on_page.is_(True)


def _between(
    article: Article, begin: str | None, end: str | None
) -> tuple[sa.ColumnElement[bool], ...]:
    conditions = list(_on_page(article))
    if begin is not None:
        conditions.append(Comment.place >= begin)
    if end is not None:
        conditions.append(Comment.place < end)
    return tuple(conditions)
