"""Which articles link to a file."""

import sqlalchemy as sa

from newsite.articles.models import Article, State
from newsite.db import db
from newsite.media.models import File

LOOKED_THROUGH = (
    5_000  # articles, those saved last: their texts are read, a tenth of a second's work
)
MOST_NAMED = 50


def linking(file: File) -> list[Article]:
    """Articles that link to the file, last saved first, whatever their state; no older ones than the file."""
    since = sa.select(Article.id).where(Article.saved_at >= file.created_at)
    newest = since.order_by(Article.saved_at.desc(), Article.id.desc()).limit(LOOKED_THROUGH)
    query = sa.select(Article).where(Article.id.in_(newest.subquery().select()))
    query = query.where(Article.state != State.trash)
    query = query.where(Article.body_html.contains(f"/media/{file.key}/", autoescape=True))
    return list(db.session.scalars(query.order_by(Article.saved_at.desc()).limit(MOST_NAMED)))
