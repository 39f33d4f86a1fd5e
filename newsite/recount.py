"""Numbers and places that are kept beside what they say: which of them are wrong, and all of them put right.

Actions keep them right. They can be wrong after somebody wrote into the database past newsite.
"""

from dataclasses import asdict, dataclass
from typing import NamedTuple, cast

import sqlalchemy as sa

from newsite import changes
from newsite.articles import listing, months
from newsite.articles.models import Article
from newsite.comments import loops
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.site import queries as sites

_ARTICLES = cast(sa.Table, Article.__table__)
_APPROVED = (
    sa.select(sa.func.count())
    .where(Comment.article_id == _ARTICLES.c.id, Comment.status == Status.approved)
    .scalar_subquery()
)


class Miscounted(NamedTuple):
    """An article that does not say how many approved replies it has."""

    article_id: int
    says: int
    has: int


@dataclass(frozen=True)
class Report:
    """What was put right, in rows."""

    replies: int  # articles whose number of replies was wrong
    places: int  # articles, tags and credits that stood elsewhere in lists
    months: int  # of the archive
    circles: int  # of replies that answered each other

    def as_dict(self) -> dict[str, int]:
        """The numbers by name, for machines."""
        return asdict(self)


def miscounted(limit: int) -> list[Miscounted]:
    """Articles that count their replies wrongly, by their numbers."""
    query = sa.select(_ARTICLES.c.id, _ARTICLES.c.reply_count, _APPROVED.label("has"))
    query = query.where(_ARTICLES.c.reply_count != _APPROVED).order_by(_ARTICLES.c.id)
    return [Miscounted(*row) for row in db.session.execute(query.limit(limit))]


def mend() -> Report:
    """Puts all of it right, and has every kept page dropped if any was wrong; the caller commits.

    Articles and replies wait for it on both engines: what they count would change under it.
    """
    site = sites.the_site()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE articles IN SHARE ROW EXCLUSIVE MODE"))
    wrong = sa.update(_ARTICLES).where(_ARTICLES.c.reply_count != _APPROVED)
    fixed = db.session.scalars(wrong.values(reply_count=_APPROVED).returning(_ARTICLES.c.id))
    replies, places = len(fixed.all()), listing.place_all()
    of_months = len(months.miscounted())
    listing.recount(site)
    report = Report(replies, places, of_months, loops.open_all())
    if any(report.as_dict().values()):
        changes.touch(changes.SITE)
    return report
