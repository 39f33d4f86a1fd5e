"""What an article was before: its versions, and its old addresses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.models.articles import Article
from newsite.articles.models.words import Format, RevisionKind
from newsite.db import Base


class Revision(Base):
    """A saved version of an article, as its writer left it."""

    __tablename__ = "revisions"
    __table_args__ = (
        sa.UniqueConstraint("article_id", "version"),
        sa.Index("ix_revisions_kind", "kind", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("articles.id", ondelete="CASCADE"))
    version: Mapped[int]
    kind: Mapped[RevisionKind] = mapped_column(default=RevisionKind.draft)
    note: Mapped[str] = mapped_column(default="")  # a correction's is printed under the article
    title: Mapped[str]
    standfirst: Mapped[str]
    body: Mapped[str] = mapped_column(deferred=True)
    body_format: Mapped[Format]
    byline: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime]
    # Readers see the reason in place of the version; nobody outside the desk gets the words.
    withheld_reason: Mapped[str] = mapped_column(default="", server_default="")
    withheld_at: Mapped[datetime | None]
    withheld_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    article: Mapped[Article] = relationship(back_populates="revisions")
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    withheld_by: Mapped[User | None] = relationship(foreign_keys=withheld_by_id)

    @property
    def is_withheld(self) -> bool:
        """Whether nobody but editors may read it."""
        return self.withheld_at is not None

    @property
    def public_note(self) -> str:
        """What readers see of its note; where the version is withheld, why."""
        return self.withheld_reason if self.is_withheld else self.note


class Redirect(Base):
    """An address of the past, and where a reader who asks for it is sent: to an article, or to any address."""

    __tablename__ = "redirects"
    __table_args__ = (sa.UniqueConstraint("path_key", "query"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path_key: Mapped[str]  # as in Article
    query: Mapped[str] = mapped_column(default="")  # "p=12", for addresses that were a query
    article_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    target: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # a path of this site or a web address, if it is no article
    created_at: Mapped[datetime]

    article: Mapped[Article | None] = relationship()
