"""What was done, in words: for the log of the desk, and for whoever did it."""

from flask import url_for
from flask_babel import gettext

from newsite.articles.models import Article, RevisionKind, State
from newsite.web.context import now
from newsite.web.desk import storing
from newsite.web.desk.notices import tell
from newsite.web.templating import date_time_text

BEGAN = "began"
PUBLISHED, SCHEDULED = "published", "scheduled"
WITHDREW, TOOK_BACK = "withdrew", "took back to a draft"
TRASHED, RESTORED = "put in the trash", "took out of the trash"
HANDED_IN, TOOK_FROM_REVIEW = "handed in", "took back from review"
SENT_BACK, NOTED = "sent back", "wrote a note on"
SHARED, UNSHARED = "made a secret link to", "ended the secret link to"
WITHHELD, RELEASED = "withheld a version of", "showed a withheld version again of"
CHANGED = {
    RevisionKind.typo: "mended a slip in",
    RevisionKind.update: "updated",
    RevisionKind.correction: "corrected",
}


def record(article: Article, action: str) -> None:
    """Writes what the user did with an article into the log of the desk; the caller commits."""
    address = url_for("desk.articles.edit", article_id=article.id)
    storing.record(action, f"“{article.title}”", address)


def published_word(article: Article) -> str:
    """What publishing came to: at once, or later."""
    return SCHEDULED if article.is_scheduled(now()) else PUBLISHED


def tell_stored(article: Article, *, is_published: bool) -> None:
    """Says on the next page that the article is saved, or what readers see and when."""
    if article.state is State.review and not is_published:
        tell(gettext("“%(title)s” is saved, and waits for an editor.", title=article.title))
    elif not is_published:
        tell(gettext("“%(title)s” is saved.", title=article.title))
    elif article.published_at is not None and article.is_scheduled(now()):
        when = date_time_text(article.published_at)
        tell(gettext("“%(title)s” appears on %(when)s.", title=article.title, when=when))
    else:
        tell(gettext("“%(title)s” is on the site.", title=article.title))
