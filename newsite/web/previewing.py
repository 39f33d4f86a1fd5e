"""An article's page before it is out, as readers will see it. What it shows is not stored."""

from flask import g

from newsite.articles import addresses
from newsite.articles.models import Article, State
from newsite.db import db
from newsite.web.articles import article_page
from newsite.web.context import current_site, now, reserved


def shown(article: Article, banner: str = "") -> str:
    """The page as it will be once the article is out: at once, or at the time that is set.

    With a banner, a sentence over it, and no date unless one is set. The transaction is rolled back.
    """
    is_dated = article.published_at is not None or not banner
    if article.state is not State.published:
        article.published_at = article.published_at or now()
        article.state = State.published
    if article.path is None:
        article.path = addresses.free(article, current_site(), reserved(), now())
    g.now = max(now(), article.published_at or now())
    page = article_page(article, banner=banner, is_dated=is_dated)
    db.session.rollback()
    return page
