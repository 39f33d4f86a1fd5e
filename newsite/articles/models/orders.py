"""What orders articles: sections, tags, contributors, and how many a month has."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.articles.models.words import ContributorKind
from newsite.db import Base, UTCDateTime

article_tags = sa.Table(
    "article_tags",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("listed_at", UTCDateTime()),  # the article's own: kept by `listing.keep`
    sa.Index("ix_article_tags_listing", "tag_id", "listed_at", "article_id"),
)


class Section(Base):
    """A part of the paper. Every article is in at most one."""

    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)  # its place on the front page


class Tag(Base):
    """A word that ties articles together across sections."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Contributor(Base):
    """A person or a group with a page of its own. No user account is needed to be one."""

    __tablename__ = "contributors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[ContributorKind]
    about: Mapped[str] = mapped_column(default="")


class Credit(Base):
    """One contributor's place in an article's byline."""

    __tablename__ = "credits"
    __table_args__ = (sa.Index("ix_credits_listing", "contributor_id", "listed_at", "article_id"),)

    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    contributor_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contributors.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(default=0)
    listed_at: Mapped[datetime | None]  # the article's own: kept by `listing.keep`

    contributor: Mapped[Contributor] = relationship(lazy="joined")


class MonthCount(Base):
    """How many articles a month has, scheduled ones too: kept by `listing.keep`, for the archive."""

    __tablename__ = "months"

    timezone: Mapped[str] = mapped_column(primary_key=True)  # IANA: where the month was counted
    first_day: Mapped[date] = mapped_column(primary_key=True)
    articles: Mapped[int]
