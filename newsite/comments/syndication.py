"""The newest replies to an article, for programs that follow it."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from newsite.articles.printed import Text
from newsite.comments import blocks
from newsite.comments.blocks import Shown
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.paging import past_index

FEED_SIZE = 50  # entries: an evening's argument


def newest(article: Text) -> list[Shown]:
    """The newest replies on the article's page, newest first; two queries, or one where there are none."""
    if article.reply_count == 0:
        return []
    found = db.session.connection().execute(_newest(), {"article": article.id})
    ids = [row.id for row in found]
    # Past the index: SQLite, which knows nothing of the table, would walk through all that are approved.
    shown = blocks.cleaned(Comment.id.in_(ids), past_index(Comment.status) == Status.approved)
    return sorted(shown, key=lambda one: (one.created_at, one.id), reverse=True)


@cache
def _newest() -> sa.Select[Any]:
    """The ids alone, gaps among them: an index holds them, however many replies there are."""
    here = Comment.article_id == sa.bindparam("article")
    query = sa.select(Comment.id).where(here, Comment.is_on_page.is_(True))
    return query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(FEED_SIZE)
