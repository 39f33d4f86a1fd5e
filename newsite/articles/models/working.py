"""What the desk keeps beside an article while somebody works on it; readers see none of it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.models.articles import Article
from newsite.db import Base


class SavedDraft(Base):
    """What somebody has typed and not saved yet: one a person and article. It is no version, and not cleaned."""

    __tablename__ = "drafts"
    __table_args__ = (sa.UniqueConstraint("user_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[str]  # the article's id, or of a new one a word that its form carries
    article_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]  # of the article, from which it began; 0 of a new one
    fields: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # of the editor's form, as sent
    saved_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    article: Mapped[Article | None] = relationship()


class Presence(Base):
    """Somebody who has an article open in the editor."""

    __tablename__ = "presences"

    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Note(Base):
    """A word between staff about an article."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    words: Mapped[str]
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    article: Mapped[Article] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)


class PictureUse(Base):
    """That an article shows a picture, be it in its text or above it."""

    __tablename__ = "picture_uses"

    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    picture_id: Mapped[int] = mapped_column(
        sa.ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class BrokenLink(Base):
    """An address of this site that an article links to, and that leads nowhere."""

    __tablename__ = "broken_links"

    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(primary_key=True)
    found_at: Mapped[datetime]

    article: Mapped[Article] = relationship()


class Reads(Base):
    """How often an article was read on a day, as far as this server answered. Nobody is told apart."""

    __tablename__ = "reads"

    day: Mapped[date] = mapped_column(primary_key=True)  # in the site's zone
    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    count: Mapped[int]

    article: Mapped[Article] = relationship()
