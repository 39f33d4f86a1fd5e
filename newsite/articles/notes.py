"""What staff say to one another about an article. No reader ever sees it. The caller commits."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from newsite.accounts.models import User
from newsite.articles import actions
from newsite.articles.models import Article, Note
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.text import tidy_text

MAX_CHARS = 2_000  # after trimming; more is a text of its own
SHOWN = 200  # the newest; a longer talk is better held in person


def write(article: Article, words: str, *, by: User, now: datetime) -> Note:
    """A new note about the article. Raises NotAllowed, or RuleBroken on the field `words`."""
    actions.require_may_see(article, by)
    words = tidy_text(words)
    if not words:
        raise RuleBroken("Write the note.", field="words")
    if len(words) > MAX_CHARS:
        raise RuleBroken(f"Make it shorter: {MAX_CHARS} characters or fewer.", field="words")
    note = Note(article=article, by=by, words=words, at=now)
    db.session.add(note)
    return note


def settle(note: Note, *, by: User, now: datetime) -> Note:
    """The note, done with; one that is settled already stays as it is. Raises NotAllowed."""
    actions.require_may_see(note.article, by)
    if note.settled_at is None:
        note.settled_at, note.settled_by = now, by
    return note


def reopen(note: Note, *, by: User) -> Note:
    """The note, to be dealt with again. Raises NotAllowed."""
    actions.require_may_see(note.article, by)
    note.settled_at, note.settled_by = None, None
    return note


def of(article: Article) -> list[Note]:
    """The newest notes about an article, newest first, each with who wrote and who settled it."""
    query = (
        sa.select(Note)
        .where(Note.article_id == article.id)
        .order_by(Note.at.desc(), Note.id.desc())
        .options(joinedload(Note.by), joinedload(Note.settled_by))
    )
    return list(db.session.scalars(query.limit(SHOWN)))


def open_about(articles: Iterable[Article]) -> dict[int, int]:
    """How many notes about each of these are not settled, by the article's id; where there are none it is left out."""
    query = (
        sa.select(Note.article_id, sa.func.count())
        .where(Note.article_id.in_([one.id for one in articles]), Note.settled_at.is_(None))
        .group_by(Note.article_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def by_id(article: Article, note_id: int) -> Note | None:
    """The note with this id, if it is about the article."""
    query = sa.select(Note).where(Note.article_id == article.id, Note.id == note_id)
    return db.session.scalar(query)
