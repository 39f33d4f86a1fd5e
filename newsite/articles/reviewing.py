"""Handing a draft to an editor, taking it back, and sending it back with a word. The caller commits."""

from datetime import datetime

from newsite.accounts.models import User
from newsite.articles import actions, notes
from newsite.articles.models import Article, Note, State
from newsite.errors import NotAllowed, RuleBroken


def submit(article: Article, *, by: User, now: datetime) -> Article:
    """The article, waiting for an editor: to a writer it can only be read from now on.

    Raises NotAllowed, or RuleBroken where there is nothing yet to be read.
    """
    actions.require_may_edit(article, by)
    if article.state is not State.draft:
        raise RuleBroken("Only a draft can be handed in.")
    if not article.body.strip():
        raise RuleBroken("Write the text before you hand it in.", field="body")
    return _moved(article, State.review, now)


def take_back(article: Article, *, by: User, now: datetime) -> Article:
    """The article, a draft again, as its writer or an editor wishes. Raises NotAllowed or RuleBroken."""
    actions.require_may_see(article, by)
    _require_in_review(article)
    return _moved(article, State.draft, now)


def send_back(article: Article, *, words: str, by: User, now: datetime) -> Note:
    """The note that the article goes back to its writer with; it is a draft again.

    Raises NotAllowed unless `by` is an editor, RuleBroken (field `words`) without a word of why.
    """
    if not by.is_editor:
        raise NotAllowed("Only an editor may send an article back.")
    _require_in_review(article)
    note = notes.write(article, words, by=by, now=now)
    _moved(article, State.draft, now)
    return note


def _require_in_review(article: Article) -> None:
    if article.state is not State.review:
        raise RuleBroken("The article is not in review.")


def _moved(article: Article, state: State, now: datetime) -> Article:
    article.state = state
    article.version += 1
    article.saved_at = now
    return article
