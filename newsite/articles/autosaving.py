"""What somebody types is kept while they type, and who has the same article open is told. The caller commits.

What is kept is a form's fields, as they were sent: no version, not cleaned, and shown to nobody but its writer.
Each opened editor has a place of its own, so that two tabs do not write over one another (docs/adr/0030).
"""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.models import Article, Presence, SavedDraft
from newsite.db import db, insert
from newsite.errors import RuleBroken

KEPT_FOR = timedelta(days=30)  # as long as the trash
PRESENT_FOR = timedelta(seconds=45)  # the editor says every fifteen that it is open
MAX_CHARS = 2_000_000  # of all fields: twice the longest text that may be stored


def saved(user: User, place: str) -> SavedDraft | None:
    """What this user has typed there and not saved; None if there is nothing."""
    return db.session.scalar(_of(user).where(SavedDraft.place == place))


def saved_of(user: User, article: Article) -> list[SavedDraft]:
    """All that this user has typed into an article and not saved; the newest first."""
    query = _of(user).where(SavedDraft.article_id == article.id)
    return list(db.session.scalars(query.order_by(SavedDraft.saved_at.desc(), SavedDraft.id)))


def begun(user: User) -> list[SavedDraft]:
    """What this user began as a new article, and has never saved; the newest first."""
    query = _of(user).where(SavedDraft.article_id.is_(None))
    return list(db.session.scalars(query.order_by(SavedDraft.saved_at.desc(), SavedDraft.id)))


def keep(
    user: User,
    place: str,
    fields: dict[str, list[str]],
    *,
    article: Article | None,
    version: int,
    now: datetime,
) -> None:
    """What was typed, in the place of what was kept there before; `version` is the one that it began from.

    Raises RuleBroken if it is too long.
    """
    if len(json.dumps(fields)) > MAX_CHARS:
        raise RuleBroken("This text is too long to be kept while you write. Save it in parts.")
    kept = {"fields": fields, "version": version, "saved_at": now}
    row = insert(SavedDraft).values(
        user_id=user.id, place=place, article_id=article and article.id, **kept
    )
    row = row.on_conflict_do_update(index_elements=["user_id", "place"], set_=kept)
    db.session.execute(row)


def forget(user: User, place: str) -> None:
    """Throws away what this user typed there, since it is saved, or not wanted."""
    where = (SavedDraft.user_id == user.id, SavedDraft.place == place)
    db.session.execute(sa.delete(SavedDraft).where(*where))


def arrive(user: User, article: Article, now: datetime) -> None:
    """Notes that this user has the article open."""
    row = insert(Presence).values(article_id=article.id, user_id=user.id, seen_at=now)
    keys = ["article_id", "user_id"]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"seen_at": now}))


def others(user: User, article: Article, now: datetime) -> list[User]:
    """Who else has the article open, by name."""
    query = (
        sa.select(User)
        .join(Presence, Presence.user_id == User.id)
        .where(
            Presence.article_id == article.id,
            Presence.user_id != user.id,
            Presence.seen_at > now - PRESENT_FOR,
        )
    )
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def tidy(now: datetime) -> int:
    """Deletes what nobody came back for, and says how much; the caller commits."""
    db.session.execute(sa.delete(Presence).where(Presence.seen_at <= now - PRESENT_FOR))
    old = sa.delete(SavedDraft).where(SavedDraft.saved_at <= now - KEPT_FOR)
    return len(db.session.execute(old.returning(SavedDraft.id)).all())


def _of(user: User) -> sa.Select[SavedDraft]:
    return sa.select(SavedDraft).where(SavedDraft.user_id == user.id)
