"""Replies and what was decided about them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import Base, Ordered

UNDONE = "Undone"  # the reason of a decision that takes the one before it back
MAX_DEPTH = 10  # WordPress's; a site says how many of them it uses


class Status(enum.StrEnum):
    """Where a reply is."""

    pending = "pending"
    approved = "approved"
    spam = "spam"
    trash = "trash"


class Follows(enum.StrEnum):
    """What the writer of a reply is told about by mail."""

    nothing = "nothing"
    answers = "answers"  # to this reply
    thread = "thread"  # all replies to the article, a few at a time


class ReportReason(enum.StrEnum):
    """Why a reader thinks that a reply should not stand there."""

    offensive = "offensive"
    abusive = "abusive"
    spam = "spam"
    other = "other"


class BanKind(enum.StrEnum):
    """By what somebody is known who may not reply."""

    address = "address"  # of mail
    name = "name"
    network = "network"
    host = "host"  # that a link or the website leads to


class Comment(Base):
    """A reply to an article, or an answer to another reply of it."""

    __tablename__ = "comments"
    __table_args__ = (
        # One reply, however often the button is pressed: docs/adr/0005.
        sa.UniqueConstraint("article_id", "fingerprint"),
        sa.Index("ix_comments_page", "article_id", "is_on_page", "place"),
        sa.Index("ix_comments_threads", "article_id", "is_on_page", "depth", "place"),
        sa.Index("ix_comments_newest", "article_id", "is_on_page", "created_at", "id"),
        sa.Index("ix_comments_queue", "status", "created_at", "id"),
        sa.Index("ix_comments_likely_spam", "status", "spam_score"),
        # These hold the few rows that have such a value: the condition is in migration 0004, since to
        # say it here would load PostgreSQL's dialect on SQLite too, which takes 5 MB.
        sa.Index("ix_comments_follows", "article_id", "id"),
        sa.Index("ix_comments_reported", "reported_at", "id"),
        sa.Index("ix_comments_appealed", "appealed_at", "id"),
        sa.Index("ix_comments_network", "network", "id"),
        sa.Index("ix_comments_staff", "article_id", "user_id", "place"),  # in 0008
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("articles.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("comments.id", ondelete="SET NULL"), index=True
    )
    depth: Mapped[int]  # 1 to MAX_DEPTH
    place: Mapped[str | None] = mapped_column(
        Ordered
    )  # sorts a thread as it is read: `threads.place`
    status: Mapped[Status] = mapped_column(default=Status.pending)
    # Approved, or a gap: removed, but an answer to it still stands.
    is_on_page: Mapped[bool] = mapped_column(default=False)

    author_name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)  # as compared
    website: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(deferred=True)  # as sent
    body_html: Mapped[str]  # cleaned
    body_policy: Mapped[int]  # number of the policy that cleaned it
    # Of who said what where, and how it begins of what was said: `submission.fingerprint`.
    fingerprint: Mapped[str] = mapped_column(Ordered)
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )  # a member of staff
    badge: Mapped[str] = mapped_column(default="")  # staff's, as it was when they wrote
    created_at: Mapped[datetime]
    block_html: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    block_mark: Mapped[str] = mapped_column(default="", server_default="")  # see `blocks`
    # What the spam filter said when it came, 0 to 1; null: nothing that counts, or an editor has looked.
    spam_score: Mapped[float | None] = mapped_column(sa.Double)

    approved_at: Mapped[datetime | None]  # when it first came on its page
    confirmed_at: Mapped[
        datetime | None
    ]  # when a mailed link showed that the address is its writer's
    edited_at: Mapped[datetime | None]  # by its writer
    withdrawn_at: Mapped[datetime | None]  # by its writer: then it is in the trash
    erased_at: Mapped[
        datetime | None
    ]  # name, address and words, or some of them, at its writer's wish
    follows: Mapped[Follows] = mapped_column(
        default=Follows.nothing, server_default=Follows.nothing.value
    )
    told_at: Mapped[datetime | None]  # what was approved until then has been mailed to its writer
    is_locked: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # no answers
    network: Mapped[str] = mapped_column(default="", server_default="")  # /24 or /48, for 7 days
    reported_at: Mapped[datetime | None]  # the first report that nobody has settled
    appeal: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # its writer's, to the editors
    appealed_at: Mapped[datetime | None]  # until somebody has decided

    article: Mapped[Article] = relationship()
    parent: Mapped["Comment | None"] = relationship(remote_side=[id])
    entries: Mapped[list["ModerationEntry"]] = relationship(
        back_populates="comment", cascade="all, delete-orphan", order_by="ModerationEntry.id"
    )

    # Not a column: set on what `submit_reply` returns when the same words were sent a moment before.
    is_repeat = False

    @property
    def is_approved(self) -> bool:
        """Whether its words are on the page."""
        return self.status is Status.approved

    @property
    def standing(self) -> list["ModerationEntry"]:
        """The decisions about it that nobody took back, oldest first."""
        found: list[ModerationEntry] = []
        for entry in self.entries:
            if entry.reason == UNDONE:
                del found[-1:]
            else:
                found.append(entry)
        return found

    @property
    def explanation(self) -> "ModerationEntry | None":
        """Why it is where it is: of one that waits the rule that held it, of any other the decision that moved it."""
        waits, standing = self.status is Status.pending, self.standing
        says = [one for one in standing if (one.rule if waits else one.is_move)]
        found = says or standing
        return found[-1] if found else None


class ModerationEntry(Base):
    """One decision about a reply: never changed afterwards."""

    __tablename__ = "moderation_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    old_status: Mapped[Status | None]  # None: it had just arrived
    new_status: Mapped[Status]
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    rule: Mapped[str] = mapped_column(default="")  # which rule decided, if nobody did
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="", server_default="")  # to the reply's writer
    at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(back_populates="entries")
    by: Mapped[User | None] = relationship()

    @property
    def is_move(self) -> bool:
        """Whether it put the reply elsewhere."""
        return self.old_status is not self.new_status

    @property
    def was_undone(self) -> bool:
        """Whether the next decision took this one back."""
        entries = self.comment.entries
        following = entries[entries.index(self) + 1 :][:1]
        return any(one.reason == UNDONE for one in following)


class Report(Base):
    """A reader's word that a reply should not stand there."""

    __tablename__ = "reports"
    __table_args__ = (sa.UniqueConstraint("comment_id", "reporter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"))
    reason: Mapped[ReportReason]
    words: Mapped[str] = mapped_column(default="")
    # HMAC of the network, so that one counts once; null after 7 days.
    reporter: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    comment: Mapped[Comment] = relationship()


class Ban(Base):
    """Somebody whose replies are put aside unread, until it ends."""

    __tablename__ = "bans"
    __table_args__ = (sa.UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BanKind]
    value: Mapped[str]  # as compared; of a mail address its HMAC, so that none is kept
    label: Mapped[str]  # as the desk shows it; of a mail address "j…@example.org"
    reason: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(index=True)  # None: until it is lifted

    created_by: Mapped[User | None] = relationship()
