"""The one row that says what the site is called, how it looks and how it is set."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.db import Base

DEFAULT_ACCENT = "#c3122f"
DEFAULT_PATTERN = "/%year%/%month%/%slug%/"


@dataclass(frozen=True)
class MenuItem:
    """One line of a menu: the words and the address, which may be a path of this site or a web address."""

    label: str
    address: str


class Logo(Base):
    """A picture that stands for the name in the masthead: re-encoded by us, small enough for a row."""

    __tablename__ = "logos"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)  # of the bytes, in hex
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)  # PNG
    width: Mapped[int]  # px
    height: Mapped[int]  # px


class Site(Base):
    """What an editor of the site decides about it. One row."""

    __tablename__ = "site"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tagline: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    footer: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en-GB")  # BCP 47
    timezone: Mapped[str] = mapped_column(default="Europe/London")  # IANA
    accent: Mapped[str] = mapped_column(default=DEFAULT_ACCENT)  # "#" and six hex digits
    path_pattern: Mapped[str] = mapped_column(default=DEFAULT_PATTERN)  # for new articles
    header_menu: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    footer_menu: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    logo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("logos.id", ondelete="SET NULL"))
    founded_at: Mapped[datetime]

    # What becomes of replies: WordPress's rules, by its names where it has one. See `comments.rules`.
    house_rules: Mapped[str] = mapped_column(default="", server_default="")  # shown at the form
    replies_hold_all: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Held unless the address is confirmed, and a reply that it confirmed was approved before.
    replies_hold_unknown: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    replies_max_links: Mapped[int] = mapped_column(
        default=2, server_default="2"
    )  # held at; 0: never
    moderation_keys: Mapped[str] = mapped_column(default="", server_default="")  # one a line: held
    disallowed_keys: Mapped[str] = mapped_column(default="", server_default="")  # one a line: trash
    replies_flood_seconds: Mapped[int] = mapped_column(default=15, server_default="15")  # 0: none
    replies_close_days: Mapped[int | None]  # after publication; None: they stay open
    replies_depth: Mapped[int] = mapped_column(
        default=5, server_default="5"
    )  # of answers to answers
    replies_threads: Mapped[int] = mapped_column(default=50, server_default="50")  # on a page
    takes_reports: Mapped[bool] = mapped_column(default=True, server_default=sa.true())

    # Readers may compare the versions of an article that changed after it was published.
    shows_changes: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    counts_reads: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    logo: Mapped[Logo | None] = relationship(lazy="joined")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone: every date on it is a date there."""
        return ZoneInfo(self.timezone)

    @property
    def header_items(self) -> list[MenuItem]:
        """The menu under the masthead, in its order."""
        return [MenuItem(item["label"], item["address"]) for item in self.header_menu]

    @property
    def footer_items(self) -> list[MenuItem]:
        """The menu at the foot of every page, in its order."""
        return [MenuItem(item["label"], item["address"]) for item in self.footer_menu]
