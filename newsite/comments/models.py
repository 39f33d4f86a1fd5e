"""Replies and what was decided about them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.db import Base, Ordered

MAX_DEPTH = 5  # deeper answers stand at the fifth level: more leaves no room for words on a phone


class Status(enum.StrEnum):
    """Where a reply is."""

    pending = "pending"
    approved = "approved"
    spam = "spam"
    trash = "trash"


class Comment(Base):
    """A reply to an article, or an answer to another reply of it."""

    __tablename__ = "comments"
    __table_args__ = (
        # One reply, however often the button is pressed: docs/adr/0005.
        sa.UniqueConstraint("article_id", "fingerprint"),
        sa.Index("ix_comments_page", "article_id", "is_on_page", "place"),
        sa.Index("ix_comments_threads", "article_id", "is_on_page", "depth", "place"),
        sa.Index("ix_comments_queue", "status", "created_at", "id"),
        sa.Index("ix_comments_likely_spam", "status", "spam_score"),
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
    fingerprint: Mapped[str]  # of who said what where: `submission.fingerprint`
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )  # a member of staff
    badge: Mapped[str] = mapped_column(default="")  # staff's, as it was when they wrote
    created_at: Mapped[datetime]
    block_html: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    block_mark: Mapped[str] = mapped_column(default="", server_default="")  # see `blocks`
    # What the spam filter said when it came, 0 to 1; null: nothing that counts, or an editor has looked.
    spam_score: Mapped[float | None] = mapped_column(sa.Double)

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
    at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(back_populates="entries")
    by: Mapped[User | None] = relationship()
