"""What was changed after publication, as readers may see it: each change, and the words before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from newsite import text
from newsite.articles import render
from newsite.articles.comparison import Fate, Stretch, compared
from newsite.articles.models import Revision, RevisionKind
from newsite.articles.printed import Text
from newsite.db import db

SHOWN = 100  # the newest changes; nobody reads further in one page


@dataclass(frozen=True)
class Step:
    """A change, and the version whose words readers had before it; None where those are not to be seen."""

    revision: Revision
    before: Revision | None

    @property
    def has_words(self) -> bool:
        """Whether readers may compare the words."""
        return self.before is not None and not self.revision.is_withheld


@dataclass(frozen=True)
class Differing:
    """A part of the text that was changed, both its versions laid over one another."""

    part: str  # the column's name
    stretches: list[Stretch]


def steps(article: Text) -> list[Step]:
    """The changes after publication, newest first; without texts."""
    query = sa.select(Revision).where(Revision.article_id == article.id)
    query = query.order_by(Revision.version.desc()).limit(SHOWN + 1)
    return _steps(db.session.scalars(query).all())[:SHOWN]


def step(article: Text, version: int) -> Step | None:
    """The change that made this version, with the texts of both sides; None if readers saw no such change."""
    found = next((one for one in steps(article) if one.revision.version == version), None)
    if found is None or found.before is None:
        return found
    ids = [found.revision.id, found.before.id]
    query = sa.select(Revision).where(Revision.id.in_(ids)).options(undefer(Revision.body))
    db.session.scalars(query.execution_options(populate_existing=True)).all()
    return found


def differences(step: Step) -> list[Differing]:
    """What differs in the words on both sides of a change, part by part; nothing where they are not to be seen."""
    if step.before is None or step.revision.is_withheld:
        return []
    return differing(step.before, step.revision)


def differing(before: Revision, after: Revision) -> list[Differing]:
    """What differs in the words of two versions, part by part, whoever may see them; their texts must be loaded."""
    older, newer = _words(before), _words(after)
    return [
        Differing(part, compared(older[part], newer[part]))
        for part in newer
        if older[part] != newer[part]
    ]


def counted(differing: Sequence[Differing]) -> tuple[int, int]:
    """How many words went, and how many came."""
    fates = [(one.fate, len(one.text.split())) for part in differing for one in part.stretches]
    gone, new = (sum(count for fate, count in fates if fate is of) for of in (Fate.gone, Fate.new))
    return gone, new


def _steps(newest_first: Sequence[Revision]) -> list[Step]:
    return [
        Step(revision, _before(newest_first[place + 1 :], revision))
        for place, revision in enumerate(newest_first)
        if revision.kind is not RevisionKind.draft
    ]


def _before(older: Sequence[Revision], later: Revision) -> Revision | None:
    """The last of the older versions that readers saw and may see.

    Of drafts, readers saw only the one that was published: that before a change of what is public.
    """
    for revision in older:
        was_seen = revision.kind is not RevisionKind.draft or later.kind is not RevisionKind.draft
        if was_seen and not revision.is_withheld:
            return revision
        later = revision
    return None


def _words(revision: Revision) -> dict[str, str]:
    """What readers read of a version, part by part, in the order of the page."""
    html = render.body_html(revision.body, revision.body_format)
    return {
        "title": revision.title,
        "standfirst": revision.standfirst,
        "byline": revision.byline,
        "body": text.plain(html),
    }
