"""A draft shown to whoever has its secret address, until that ends. The caller commits."""

import secrets
from datetime import datetime

from newsite.accounts.models import User
from newsite.articles import actions, queries
from newsite.articles.models import Article, State
from newsite.errors import RuleBroken

MARK_BYTES = 24  # of chance: nobody guesses it, however often they try


def share(article: Article, *, by: User, now: datetime) -> Article:
    """The article with a new secret address; an older one leads nowhere from now on.

    Raises NotAllowed, or RuleBroken for what readers see already or nobody is to see.
    """
    actions.require_may_see(article, by)
    if not is_draft(article, now):
        raise RuleBroken("Only what is not published yet is shared by a secret link.")
    article.share_mark = secrets.token_urlsafe(MARK_BYTES)
    return article


def end(article: Article, *, by: User) -> Article:
    """The article without a secret address. Raises NotAllowed."""
    actions.require_may_see(article, by)
    article.share_mark = ""
    return article


def opened(article_id: int, mark: str) -> Article | None:
    """The article that this secret address opens, whatever its state; as `queries.by_id` loads it."""
    article = queries.by_id(article_id)
    if article is None or not article.share_mark:
        return None
    is_its = secrets.compare_digest(article.share_mark.encode(), mark.encode("utf-8", "replace"))
    return article if is_its else None


def is_draft(article: Article, now: datetime) -> bool:
    """Whether it is on its way to readers and has not come there: a draft, in review, or scheduled."""
    return article.state in (State.draft, State.review) or article.is_scheduled(now)
