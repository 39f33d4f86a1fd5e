"""Articles as what replies are about: a few columns, by a statement that is built once.

A reply asks twice, the second time while all others that write wait for it, so this is kept small.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite.articles.closing import have_closed
from newsite.articles.models import Article, Kind, State, has_appeared
from newsite.db import db


class Subject(NamedTuple):
    """As much of an article as a reply to it depends on."""

    id: int
    kind: Kind
    state: State
    published_at: datetime | None
    replies_open: bool
    withdrawn_reason: str

    def is_public(self, now: datetime) -> bool:
        """Whether readers may see it at `now`."""
        return has_appeared(self.state, self.published_at, now)

    def takes_replies(self, now: datetime, close_days: int | None) -> bool:
        """Whether readers may reply to it at `now`; `close_days` is the site's `replies_close_days`."""
        is_over = have_closed(self.published_at, close_days, now)
        return self.replies_open and self.is_public(now) and not is_over


def by_id(article_id: int) -> Subject | None:
    """The article with this id, whatever its state."""
    row = db.session.connection().execute(_by_id(), {"id": article_id}).one_or_none()
    return Subject(*row) if row else None


@cache
def _by_id() -> sa.Select[Any]:
    columns = (getattr(Article, name) for name in Subject._fields)
    return sa.select(*columns).where(Article.id == sa.bindparam("id"))
