"""Replies as readers meet them under an article: whole threads, so many to a page as the site says, oldest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from newsite.articles.models import Article
from newsite.articles.printed import Text
from newsite.comments import threads
from newsite.comments.blocks import ROW_COLUMNS, Row
from newsite.comments.models import Comment, Status
from newsite.db import Ordered, connection, db

AFTER_ALL = "g"  # comes after every place, which is hexadecimal
MAX_ROWS = 200  # stand on one page: a thread of ten thousand is divided
_NUMBER = re.compile(r"([1-9][0-9]{0,5})(?:\.([1-9][0-9]{0,5}))?", re.ASCII)


class PageNumber(NamedTuple):
    """Which page of threads, and which two hundred of their replies: both from 1."""

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


@dataclass(frozen=True)
class RepliesPage:
    """Replies in the order of reading, the pages before and after them, and the author's first answer to them all."""

    rows: list[Row]
    earlier: PageNumber | None = None
    later: PageNumber | None = None
    author_reply: int | None = None  # its id


def page_of_replies(
    article: Text, group: int = 1, chunk: int = 1, *, threads_each: int
) -> RepliesPage:
    """One page of what stands under an article; without rows if there is no such page.

    The first threads take one query, any others at most three, whatever the number of replies.
    """
    if article.reply_count == 0:  # gaps stand only where something below them was approved
        return RepliesPage([])
    bounds = _bounds(article, group, threads_each) if group > 1 else _Bounds()
    if bounds is None:
        return RepliesPage([])
    given = {"article": article.id, "begin": bounds.begin or "", "end": bounds.end}
    given |= {"skipped": MAX_ROWS * (chunk - 1), "threads_each": threads_each}
    found = connection().execute(_rows(is_first=group == 1), given).all()
    rows = [Row(*row[: len(ROW_COLUMNS)]) for row in found[:MAX_ROWS]]
    if len(found) > MAX_ROWS:
        later: PageNumber | None = PageNumber(group, chunk + 1)
    else:
        later = PageNumber(group + 1) if found and found[0].has_more else None
    author_reply = found[0].author_reply if found else None
    return RepliesPage(rows, _earlier(article, group, chunk, bounds), later, author_reply)


def page_of(comment: Comment, threads_each: int) -> PageNumber | None:
    """The page that a comment stands on; None if it stands on none."""
    if not comment.is_on_page or comment.place is None:
        return None
    before = _count(
        *_on_page(comment.article),
        Comment.depth == 1,
        Comment.place < threads.root(comment.place),
    )
    group = before // threads_each + 1
    bounds = (_bounds(comment.article, group, threads_each) if group > 1 else None) or _Bounds()
    rows = _count(*_between(comment.article, bounds.begin, None), Comment.place < comment.place)
    return PageNumber(group, rows // MAX_ROWS + 1)


class _Bounds(NamedTuple):
    """Where a group of threads begins and ends, and where the group before it begins.

    None stands for the first reply, or for the last one.
    """

    before: str | None = None
    begin: str | None = None
    end: str | None = None


def _bounds(article: Text, group: int, threads_each: int) -> _Bounds | None:
    """The bounds of a group of threads after the first, in one query; None if there is no such group."""
    # The group before is read along.
    roots = _roots(article).offset(threads_each * (group - 2)).limit(2 * threads_each + 1)
    places: Sequence[str | None] = db.session.scalars(roots).all()
    if len(places) <= threads_each:
        return None
    end = places[-1] if len(places) > 2 * threads_each else None
    return _Bounds(places[0], places[threads_each], end)


@cache  # to build it takes longer than to run it
def _rows(*, is_first: bool) -> sa.Select[Any]:
    """The replies of `article` from `begin` to `end`, but the `skipped`; of the first group, to the second one.

    `has_more` tells whether anything comes after the group, `author_reply` where the article's author answers first.
    """
    article = sa.bindparam("article", type_=sa.Integer())
    begin, last = (sa.bindparam(name, type_=Ordered) for name in ("begin", "end"))
    # Where the second group of threads begins is found on the way; null without one.
    threads_each = sa.bindparam("threads_each", type_=sa.Integer())
    second = _roots(article).offset(threads_each).limit(1).scalar_subquery()
    end = second if is_first else last
    more, answer = end.is_not(None).label("has_more"), _author_reply(article).label("author_reply")
    query = sa.select(*ROW_COLUMNS, more, answer)
    query = query.where(*_between(article, None, sa.func.coalesce(end, AFTER_ALL)))
    if not is_first:
        query = query.where(Comment.place >= begin)
    skipped = sa.bindparam("skipped", type_=sa.Integer())
    return query.order_by(Comment.place).offset(skipped).limit(MAX_ROWS + 1)


def _author_reply(article: sa.BindParameter[int]) -> sa.ScalarSelect[int]:
    """The id of the first reply on the page by whoever began the article."""
    theirs, author = aliased(Comment), sa.select(Article.created_by_id).where(Article.id == article)
    return (
        sa.select(theirs.id)
        .where(theirs.article_id == article, theirs.user_id == author.scalar_subquery())
        .where(theirs.status == Status.approved)
        .order_by(theirs.place)
        .limit(1)
        .scalar_subquery()
    )


def _roots(article: Text | sa.BindParameter[int]) -> sa.Select[str | None]:
    """The places at which threads begin."""
    return (
        sa.select(Comment.place)
        .where(*_on_page(article), Comment.depth == 1)
        .order_by(Comment.place)
    )


def _earlier(article: Text, group: int, chunk: int, bounds: _Bounds) -> PageNumber | None:
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


def _on_page(article: Text | sa.BindParameter[int]) -> tuple[sa.ColumnElement[bool], ...]:
    number = article if isinstance(article, sa.BindParameter) else article.id
    return Comment.article_id == number, Comment.is_on_page.is_(True)


def _between(
    article: Text | sa.BindParameter[int],
    begin: str | None,
    end: str | sa.ColumnElement[str] | None,
) -> tuple[sa.ColumnElement[bool], ...]:
    conditions = list(_on_page(article))
    if begin is not None:
        conditions.append(Comment.place >= begin)
    if end is not None:
        conditions.append(Comment.place < end)
    return tuple(conditions)
