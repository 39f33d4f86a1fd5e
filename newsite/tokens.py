"""Signed values in addresses that are mailed or handed out: what each is for, until when, and whether it was used."""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from itsdangerous import BadSignature, TimestampSigner
from itsdangerous.url_safe import URLSafeTimedSerializer
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column

from newsite.config import Settings
from newsite.db import Base, db, insert

if TYPE_CHECKING:
    from flask import Flask

SKEW = timedelta(minutes=5)  # by which the clocks of two hosts may differ

_secrets: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


class SpentToken(Base):
    """A token that may be used once, and was. A hash alone: whoever reads it can open nothing."""

    __tablename__ = "spent_tokens"

    hash: Mapped[str] = mapped_column(primary_key=True)  # SHA-256, in hex, of what it says and when
    ends_at: Mapped[datetime] = mapped_column(index=True)  # when the token is no good any more


class FixedSigner(TimestampSigner):
    """Signs, and judges ages, at a given time in seconds since 1970."""

    def __init__(self, *arguments: Any, at: int, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.at = at

    def get_timestamp(self) -> int:
        """The time it was given."""
        return self.at


def init_app(app: "Flask", settings: Settings) -> None:
    """Tells the tokens of the app's database the secret that signs them."""
    with app.app_context():
        _secrets[db.engine] = settings.secret_key


def signed(purpose: str, value: Any, *, now: datetime) -> str:
    """A token for this purpose alone: `value`, which JSON can hold and anybody can read, and the time, signed."""
    text: str = _serializer(purpose, now).dumps(value)
    return text


def opened(purpose: str, token: str, *, now: datetime, valid: timedelta | None = None) -> Any:
    """The value in a token that was made for this purpose within `valid`; None in any other."""
    most = int(valid.total_seconds()) if valid is not None else None
    try:
        return _serializer(purpose, now + SKEW).loads(
            token, max_age=None if most is None else most + int(SKEW.total_seconds())
        )
    except BadSignature:
        return None


def spend(token: str, *, ends_at: datetime) -> bool:
    """Uses a token up; False if it was used before, by whomever. The caller commits.

    `ends_at` is when the token is no good any more, used or not.
    """
    row = insert(SpentToken).values(hash=_hash(token), ends_at=ends_at).on_conflict_do_nothing()
    return db.session.execute(row.returning(SpentToken.hash)).first() is not None


def is_spent(token: str) -> bool:
    """Whether a token was used up."""
    return db.session.get(SpentToken, _hash(token)) is not None


def tidy(now: datetime) -> int:
    """Forgets used tokens that are no good any more, and says how many; the caller commits."""
    query = sa.delete(SpentToken).where(SpentToken.ends_at <= now).returning(SpentToken.hash)
    return len(db.session.execute(query).all())


def _serializer(purpose: str, now: datetime) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        _secrets[db.engine],
        salt=f"newsite.{purpose}",
        signer=FixedSigner,
        signer_kwargs={"at": int(now.timestamp())},
    )


def _hash(token: str) -> str:
    """Of what is signed: a signature in base64 can be written in several ways, each as good as the other."""
    said = token.rpartition(".")[0] or token
    return hashlib.sha256(said.encode()).hexdigest()
