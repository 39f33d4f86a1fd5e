"""Articles and pages."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.closing import have_closed
from newsite.articles.models.orders import Contributor, Credit, Section, Tag, article_tags
from newsite.articles.models.words import Format, Kind, Label, Precision, RevisionKind, State
from newsite.db import Base
from newsite.media.models import Picture

if TYPE_CHECKING:
    from newsite.articles.models.history import Revision
    from newsite.articles.models.working import PictureUse


class Article(Base):
    """A text of the site: an article in the lists, or a page beside them."""

    __tablename__ = "articles"
    __table_args__ = (
        sa.Index("ix_articles_listing", "kind", "state", "published_at", "id"),
        sa.Index("ix_articles_section_listing", "section_id", "state", "published_at", "id"),
        sa.Index("ix_articles_old_work", "is_old_work", "kind", "state", "published_at", "id"),
        sa.Index(
            "ix_articles_sticky", "is_sticky", "sticky_until", "kind", "state", "published_at", "id"
        ),
        sa.Index("ix_articles_listed", "listed_at"),
        sa.Index("ix_articles_saved", "state", "saved_at", "id"),
        # For the desk, which asks for any state: all of them, or those of one kind, section or writer.
        sa.Index("ix_articles_desk", "saved_at", "id"),
        sa.Index("ix_articles_desk_kind", "kind", "saved_at", "id"),
        sa.Index("ix_articles_desk_section", "section_id", "saved_at", "id"),
        sa.Index("ix_articles_desk_writer", "created_by_id", "saved_at", "id"),
        sa.Index("ix_articles_own", "created_by_id", "state", "saved_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(default=Kind.article)
    state: Mapped[State] = mapped_column(default=State.draft)
    version: Mapped[int] = mapped_column(default=1)  # one more with every save: see `actions.save`

    path: Mapped[str | None]  # as served, decoded; None until first published, unless typed
    path_key: Mapped[str | None] = mapped_column(unique=True)  # as compared: see `paths.key`

    title: Mapped[str]
    standfirst: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="", deferred=True)  # as written
    body_format: Mapped[Format] = mapped_column(default=Format.markdown)
    body_html: Mapped[str] = mapped_column(
        default="", deferred=True
    )  # cleaned: what may be printed
    body_policy: Mapped[int] = mapped_column(default=0)  # number of the policy that cleaned it
    words: Mapped[int] = mapped_column(default=0)

    byline: Mapped[str] = mapped_column(default="")  # as printed, without "By"
    label: Mapped[Label] = mapped_column(default=Label.news)
    section_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("sections.id", ondelete="SET NULL")
    )

    first_published: Mapped[date | None]  # when it first appeared anywhere, as far as known
    first_published_precision: Mapped[Precision] = mapped_column(default=Precision.day)
    published_at: Mapped[datetime | None]  # on this site; in the future: scheduled
    # `published_at` of what stands in lists, else None: kept by `listing.keep`, on tags and credits too.
    listed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]  # last editorial change after publication
    is_old_work: Mapped[bool] = mapped_column(
        default=False
    )  # appeared elsewhere in an earlier year
    source_name: Mapped[str] = mapped_column(default="")  # who published it first, if somebody else
    source_url: Mapped[str] = mapped_column(default="")
    source_is_original: Mapped[bool] = mapped_column(default=False)  # then it is the canonical one

    replies_open: Mapped[bool] = mapped_column(default=True)
    reply_count: Mapped[int] = mapped_column(default=0)  # approved ones; kept by comments
    is_sticky: Mapped[bool] = mapped_column(default=False)
    sticky_until: Mapped[datetime | None]  # None: until an editor takes it down
    withdrawn_reason: Mapped[str] = mapped_column(default="")  # readers see it

    lead_picture_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("pictures.id", ondelete="SET NULL"), index=True
    )
    card: Mapped[str] = mapped_column(default="", server_default="")  # of its social card's file
    is_noindex: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # In the draft's secret address; empty: nobody but staff sees it.
    share_mark: Mapped[str] = mapped_column(default="", server_default="")
    trashed_at: Mapped[datetime | None]  # it is deleted 30 days later

    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    created_by: Mapped[User | None] = relationship()
    lead_picture: Mapped[Picture | None] = relationship()
    section: Mapped[Section | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=article_tags, order_by=Tag.name)
    credits: Mapped[list[Credit]] = relationship(
        order_by=Credit.position, cascade="all, delete-orphan"
    )
    contributors: AssociationProxy[list[Contributor]] = association_proxy("credits", "contributor")
    picture_uses: Mapped[list["PictureUse"]] = relationship(cascade="all, delete-orphan")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="article", cascade="all, delete-orphan", order_by="Revision.version"
    )

    @property
    def change_count(self) -> int:
        """How often it was changed after publication: its versions are read for it."""
        return sum(revision.kind is not RevisionKind.draft for revision in self.revisions)

    def is_public(self, now: datetime) -> bool:
        """Whether readers may see it at `now`."""
        return has_appeared(self.state, self.published_at, now)

    def is_scheduled(self, now: datetime) -> bool:
        """Whether it will appear by itself after `now`."""
        return self.state is State.published and not self.is_public(now)

    def is_sticky_at(self, now: datetime) -> bool:
        """Whether it stands at the top of the front page at `now`."""
        return self.is_sticky and (self.sticky_until is None or now < self.sticky_until)

    def takes_replies(self, now: datetime, close_days: int | None) -> bool:
        """Whether readers may reply to it at `now`; `close_days` is the site's `replies_close_days`."""
        is_over = have_closed(self.published_at, close_days, now)
        return self.replies_open and self.is_public(now) and not is_over


def has_appeared(state: State, published_at: datetime | None, now: datetime) -> bool:
    """Whether readers may see an article of this state and time at `now`."""
    return state is State.published and published_at is not None and published_at <= now
