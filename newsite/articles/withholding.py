"""Taking a version out of everybody's sight, with a reason that stands in its place. The caller commits."""

import re
from dataclasses import dataclass
from datetime import datetime

from newsite import changes, text
from newsite.accounts.models import User
from newsite.articles import desk_queries, keys
from newsite.articles.models import Article, Revision
from newsite.errors import NotAllowed, RuleBroken
from newsite.text import tidy_text

MAX_REASON_CHARS = 500
SHOWN_WORDS = 8  # of those that another version has too: enough to see what is meant
SHORT_CHARS = 3  # "the", "was": in small letters they stand everywhere, and tell nobody anything
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class Also:
    """Another version that readers may see, and words in it that are to be taken out of sight with the first."""

    revision: Revision
    words: list[str]  # in their order in the first, at most SHOWN_WORDS
    may_be_withheld: (
        bool  # the version of now may not: the words are in its note, or it would not be here
    )


def also_in(revision: Revision) -> list[Also]:
    """The versions that have words of this one which the article has no more, newest first.

    Where a version is withheld and its neighbour is not, what was to be hidden is read there.
    """
    versions = desk_queries.texts(revision.article)
    standing = _words(versions[0], "")
    gone = {
        key: word
        for key, word in _words(revision, revision.note).items()
        if key not in standing and (len(word) > SHORT_CHARS or not word.islower())
    }
    found = []
    for one in versions:
        theirs = _words(one, one.note)
        shared = [word for key, word in gone.items() if key in theirs]
        if shared and one.id != revision.id and not one.is_withheld:
            found.append(Also(one, shared[:SHOWN_WORDS], one.id != versions[0].id))
    return found


def withhold(revision: Revision, *, reason: str, by: User, now: datetime) -> Revision:
    """The version without words for anybody but editors; readers see the reason where it stood.

    Its note is withheld with it. Raises NotAllowed, or RuleBroken, on the field `reason` where that is missing.
    """
    _require_editor(by)
    if desk_queries.last_revision(revision.article).id == revision.id:
        raise RuleBroken("These are the words that the article has now. Change them first.")
    reason = tidy_text(reason)
    if not reason:
        raise RuleBroken("Say why: readers see it in the version’s place.", field="reason")
    revision.withheld_reason, revision.withheld_at, revision.withheld_by = reason, now, by
    _touch(revision.article)
    return revision


def release(revision: Revision, *, by: User) -> Revision:
    """The version, to be seen again as any other. Raises NotAllowed."""
    _require_editor(by)
    revision.withheld_reason, revision.withheld_at, revision.withheld_by = "", None, None
    _touch(revision.article)
    return revision


def may_read(revision: Revision, user: User) -> bool:
    """Whether this user of the desk may read the version's words."""
    return user.is_editor or not revision.is_withheld


def _words(revision: Revision, note: str) -> dict[str, str]:
    """The words of a version and a note in their order, each once, by how they are compared."""
    parts = (revision.title, revision.standfirst, revision.byline, text.plain(revision.body), note)
    found: dict[str, str] = {}
    for word in _WORD.findall("\n".join(parts)):
        found.setdefault(word.casefold(), word)
    return found


def _require_editor(user: User) -> None:
    if not user.is_editor:
        raise NotAllowed("Only an editor may withhold a version.")


def _touch(article: Article) -> None:
    changes.touch(keys.article(article.id), keys.text(article.id), changes.CORRECTIONS)
