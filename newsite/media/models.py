"""Pictures, the sizes that they are served in, and files beside articles."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.accounts.models import User
from newsite.db import Base


class Picture(Base):
    """A picture of the site's own: re-encoded by us, with nothing in it but what is seen."""

    __tablename__ = "pictures"
    __table_args__ = (sa.Index("ix_pictures_newest", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(
        unique=True
    )  # of what was uploaded, in hex: the same twice is one
    key: Mapped[str] = mapped_column(
        unique=True
    )  # its files' names begin with it: random, anew when replaced
    format: Mapped[str] = mapped_column(
        sa.String(20)
    )  # of what we keep: "jpeg", "png", "webp", "gif"
    width: Mapped[int]  # px, of what we keep
    height: Mapped[int]  # px
    bytes: Mapped[int]  # of what we keep
    name: Mapped[str]  # the file's, as it was uploaded
    alt: Mapped[str] = mapped_column(default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)  # then it needs no words
    caption: Mapped[str] = mapped_column(default="")
    credit: Mapped[str] = mapped_column(default="")
    focal_x: Mapped[int] = mapped_column(default=50)  # percent from the left: what is never cut off
    focal_y: Mapped[int] = mapped_column(default=50)  # percent from the top
    is_animated: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]

    created_by: Mapped[User | None] = relationship()
    renditions: Mapped[list["Rendition"]] = relationship(
        back_populates="picture", cascade="all, delete-orphan", order_by="Rendition.width"
    )


class Rendition(Base):
    """One size of a picture, in one format, which is there to be served."""

    __tablename__ = "renditions"
    __table_args__ = (sa.UniqueConstraint("picture_id", "width", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(sa.ForeignKey("pictures.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(sa.String(20))  # "webp", "avif", "jpeg"
    width: Mapped[int]  # px
    height: Mapped[int]  # px
    bytes: Mapped[int]

    picture: Mapped[Picture] = relationship(back_populates="renditions")


class File(Base):
    """A document that articles link to."""

    __tablename__ = "files"
    __table_args__ = (sa.Index("ix_files_newest", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)  # of its bytes, in hex
    key: Mapped[str] = mapped_column(unique=True)  # random: the folder that it lies in
    name: Mapped[str]  # what it is saved as
    title: Mapped[str]  # what its link says
    media_type: Mapped[str]
    bytes: Mapped[int]
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]

    created_by: Mapped[User | None] = relationship()
