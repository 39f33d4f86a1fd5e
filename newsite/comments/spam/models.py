"""What moderators taught the filter, and what was made of it."""

from array import array

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsite.comments.spam.training import Lesson
from newsite.db import Base

_TYPE = "I"  # four bytes a bucket


class SpamLesson(Base):
    """One decision, about a reply of this site or about a line that the operator gave.

    It holds no words: numbers of buckets, from which no text can be read back.
    """

    __tablename__ = "spam_lessons"
    __table_args__ = (sa.Index("ix_spam_lessons_newest", "is_spam", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # With the reply, what was learned from it goes.
    comment_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("comments.id", ondelete="CASCADE"), unique=True
    )
    key: Mapped[str | None] = mapped_column(
        unique=True
    )  # of a line that was given: its fingerprint
    is_spam: Mapped[bool]
    buckets: Mapped[bytes]

    @staticmethod
    def packed(buckets: frozenset[int]) -> bytes:
        """Buckets as they are stored: in order, so that the same reply is always the same bytes."""
        return array(_TYPE, sorted(buckets)).tobytes()

    @staticmethod
    def lesson(is_spam: bool, packed: bytes) -> Lesson:
        """The lesson that was stored so."""
        buckets = array(_TYPE)
        buckets.frombytes(packed)
        return Lesson(buckets, is_spam)


class SpamModel(Base):
    """The one row with what was learned."""

    __tablename__ = "spam_model"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[
        str
    ]  # another one whenever the tables change: what was read into memory is of one
    honest: Mapped[int]  # lessons of this kind
    spam: Mapped[int]
    tables: Mapped[bytes]  # `Model.packed`
