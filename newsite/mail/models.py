"""Addresses that mail does not reach."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from newsite.db import Base


class MailTrouble(Base):
    """An address that a mail server refused for good. No address is kept: an HMAC of it."""

    __tablename__ = "mail_troubles"

    address: Mapped[str] = mapped_column(primary_key=True)
    refusals: Mapped[int]  # since the last mail that it took
    last_at: Mapped[datetime]
    given_up_at: Mapped[datetime | None]
