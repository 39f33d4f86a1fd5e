"""Articles and pages, and the things that order them."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.closing import have_closed
from newsite.db import Base, UTCDateTime


class Kind(enum.StrEnum):
    """An article has a place in time and in the lists; a page (About, Contact) stands by itself."""

    article = "article"
    page = "page"


class State(enum.StrEnum):
    """Where an article is in its life. Scheduled is `published` with a time that is yet to come."""

    draft = "draft"
    published = "published"
    withdrawn = "withdrawn"  # was published, and its address says that it is gone
    trash = "trash"


class Format(enum.StrEnum):
    """How a body was written. Chosen by its writer, never guessed."""

    markdown = "markdown"
    html = "html"


class Precision(enum.StrEnum):
    """How exactly the day of first publication is known."""

    day = "day"
    month = "month"
    year = "year"


class Label(enum.StrEnum):
    """What kind of text a reader is looking at."""

    news = "news"
    opinion = "opinion"
    statement = "statement"


class ContributorKind(enum.StrEnum):
    """Whether a byline's name is one person's or a group's."""

    person = "person"
    organisation = "organisation"


class RevisionKind(enum.StrEnum):
    """What a saved version was for."""

    draft = "draft"  # before publication
    typo = "typo"  # the date of the last change stays
    update = "update"
    correction = "correction"  # carries a note that readers see


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

    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    created_by: Mapped[User | None] = relationship()
    section: Mapped[Section | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=article_tags, order_by=Tag.name)
    credits: Mapped[list[Credit]] = relationship(
        order_by=Credit.position, cascade="all, delete-orphan"
    )
    contributors: AssociationProxy[list[Contributor]] = association_proxy("credits", "contributor")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="article", cascade="all, delete-orphan", order_by="Revision.version"
    )

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


class MonthCount(Base):
    """How many articles a month has, scheduled ones too: kept by `listing.keep`, for the archive."""

    __tablename__ = "months"

    timezone: Mapped[str] = mapped_column(primary_key=True)  # IANA: where the month was counted
    first_day: Mapped[date] = mapped_column(primary_key=True)
    articles: Mapped[int]


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

    article: Mapped[Article] = relationship(back_populates="revisions")
    by: Mapped[User | None] = relationship()


class Redirect(Base):
    """An address that an article had, and where a reader who asks for it is sent."""

    __tablename__ = "redirects"
    __table_args__ = (sa.UniqueConstraint("path_key", "query"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path_key: Mapped[str]  # as in Article
    query: Mapped[str] = mapped_column(default="")  # "p=12", for addresses that were a query
    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]

    article: Mapped[Article] = relationship()
