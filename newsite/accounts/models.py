"""Users and the devices on which they are signed in."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsite.db import Base


class Role(enum.StrEnum):
    """What somebody may do at the desk; each may do all that the next one may."""

    admin = "admin"  # everything: people and the site's settings too
    editor = "editor"  # publishes and moderates
    writer = "writer"  # drafts


class ReplyMail(enum.StrEnum):
    """How often an editor is told by mail which replies wait."""

    never = "never"
    hourly = "hourly"
    daily = "daily"


class User(Base):
    """Somebody who works at the desk."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]  # as typed
    email_key: Mapped[str] = mapped_column(unique=True)  # as compared: see `emails.email_key`
    name: Mapped[str]
    badge: Mapped[str] = mapped_column(default="")  # beside the name on replies: "Branch editor"
    role: Mapped[Role]
    password_hash: Mapped[str]  # argon2id, with its parameters
    is_active: Mapped[bool] = mapped_column(default=True)
    reply_mail: Mapped[ReplyMail] = mapped_column(
        default=ReplyMail.hourly, server_default=ReplyMail.hourly.value
    )
    created_at: Mapped[datetime]
    totp_secret: Mapped[str] = mapped_column(default="", server_default="")  # base 32; "" without
    totp_since: Mapped[datetime | None]  # when it was shown to work: until then it does not count
    totp_step: Mapped[int | None]  # the last one that was used, so that none is used twice

    sign_ins: Mapped[list["SignIn"]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    recovery_codes: Mapped[list["RecoveryCode"]] = relationship(cascade="all, delete-orphan")
    passkeys: Mapped[list["Passkey"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.id"
    )

    @property
    def is_admin(self) -> bool:
        """Whether people and settings are theirs to change."""
        return self.role is Role.admin

    @property
    def is_editor(self) -> bool:
        """Whether they may publish and moderate."""
        return self.role in (Role.admin, Role.editor)


class SignIn(Base):
    """A device on which somebody is signed in: its cookie has the token, the row only its hash."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(
        unique=True
    )  # SHA-256 in hex: the token is random enough
    device: Mapped[str]  # browser and system, from the User-Agent
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]  # to about ten minutes
    ends_at: Mapped[datetime] = mapped_column(index=True)
    proved_at: Mapped[
        datetime | None
    ]  # when its user last showed who they are, for what is dangerous

    user: Mapped[User] = relationship(back_populates="sign_ins")


class RecoveryCode(Base):
    """A code that stands for the second factor once, when a telephone is lost."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]  # SHA-256 in hex: the code is random enough
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A device or password manager that signs somebody in."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # COSE
    sign_count: Mapped[int]
    name: Mapped[str]  # its owner's word for it
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="passkeys")


class Invitation(Base):
    """Somebody who is asked to work at the desk, and has not chosen a password yet."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]  # as typed
    email_key: Mapped[str] = mapped_column(unique=True)  # as compared
    name: Mapped[str]
    role: Mapped[Role]
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 in hex of what the link carries
    invited_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    invited_by: Mapped[User | None] = relationship()
