"""Cleaning and preparing again what an older policy cleaned, or what was prepared in another look.

Pages are right without it: they make old blocks anew for themselves. It makes them quick again. Each
step is committed, so that it can be stopped at any time and goes on where it was.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from newsite import changes
from newsite.articles import keys, listing, render
from newsite.articles.models import Article
from newsite.comments import blocks
from newsite.comments.models import Comment
from newsite.db import db
from newsite.errors import BadText
from newsite.sanitize import POLICY
from newsite.site import queries as sites

STEP = 200  # rows; whoever sends a reply meanwhile waits for one step at most


@dataclass
class Report:
    """What was done, in rows."""

    articles: int = 0
    replies: int = 0
    left: int = 0  # articles beyond what is cleaned today: they keep what they have

    def as_dict(self) -> dict[str, int]:
        """The numbers by name, for machines."""
        return asdict(self)


def waiting() -> int:
    """How many articles and replies there are to do."""
    queries = (
        sa.select(sa.func.count()).select_from(Article).where(_is_old_article()),
        sa.select(sa.func.count()).select_from(Comment).where(_is_old_reply()),
    )
    return sum(db.session.scalar(query) or 0 for query in queries)


def steps() -> Iterator[Report]:
    """Does all of it, and commits at each step; gives what was done so far."""
    report = Report()
    for step in (_articles, _replies):
        last: int | None = 0
        while last is not None:
            last = step(last, report)
            db.session.commit()
            yield report
    listing.keep_all(sites.the_site())
    db.session.commit()


def _articles(after: int, report: Report) -> int | None:
    """Cleans the next articles after this id; the last one's id, None after all."""
    query = sa.select(Article).where(Article.id > after, _is_old_article()).order_by(Article.id)
    query = query.options(undefer(Article.body), undefer(Article.body_html)).limit(STEP)
    last = None
    for article in db.session.scalars(query.with_for_update(of=Article)).all():
        last = article.id
        try:
            render.store_again(article)
        except BadText:
            report.left += 1
            continue
        changes.touch(keys.article(article.id), keys.text(article.id))
        report.articles += 1
    return last


def _replies(after: int, report: Report) -> int | None:
    """Cleans and prepares the next replies after this id; the last one's id, None after all."""
    look = blocks.look(sites.the_site())
    query = sa.select(Comment).where(Comment.id > after, _is_old_reply()).order_by(Comment.id)
    # Locked: what a moderator decides about one of them comes before or after.
    query = query.options(undefer(Comment.body)).limit(STEP).with_for_update(of=Comment)
    last = None
    for comment in db.session.scalars(query).all():
        last = comment.id
        blocks.clean(comment)
        if comment.is_on_page:
            blocks.prepare(comment, look)
        report.replies += 1
    return last


def _is_old_article() -> sa.ColumnElement[bool]:
    return Article.body_policy != POLICY


def _is_old_reply() -> sa.ColumnElement[bool]:
    mark = blocks.look(sites.the_site()).mark
    is_bare = Comment.is_on_page.is_(True) & (Comment.block_mark != mark)
    return (Comment.body_policy != POLICY) | is_bare
