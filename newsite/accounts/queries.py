"""Reading who works at the desk and where they are signed in."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from newsite.accounts.emails import email_key
from newsite.accounts.models import Role, SignIn, User
from newsite.db import db

IDLE = timedelta(days=14)  # a device that nobody used for so long is signed out


def user_by_id(user_id: int) -> User | None:
    """The user with this id, whether active or not."""
    return db.session.get(User, user_id)


def user_by_email(email: str) -> User | None:
    """The user whose address is the same by `email_key`, whether active or not."""
    return db.session.scalar(sa.select(User).where(User.email_key == email_key(email)))


def users() -> list[User]:
    """Everybody who has an account: the active first, then by name."""
    order = (User.is_active.desc(), sa.func.lower(User.name), User.id)
    return list(db.session.scalars(sa.select(User).order_by(*order)))


def sign_in_by_token(token: str, now: datetime) -> SignIn | None:
    """The device whose cookie holds `token`, its user loaded; None if either has ended."""
    query = (
        sa.select(SignIn)
        .join(SignIn.user)
        .options(contains_eager(SignIn.user))
        .where(SignIn.token_hash == token_hash(token), User.is_active, *_is_open(now))
    )
    return db.session.scalar(query)


def devices(user: User, now: datetime) -> list[SignIn]:
    """Where somebody is signed in, the last used first."""
    query = sa.select(SignIn).where(SignIn.user_id == user.id, *_is_open(now))
    return list(db.session.scalars(query.order_by(SignIn.last_used_at.desc(), SignIn.id.desc())))


def active_admins() -> list[int]:
    """The ids of the active admins, locked until the commit: two who remove each other queue."""
    query = sa.select(User.id).where(User.role == Role.admin, User.is_active).with_for_update()
    return list(db.session.scalars(query))


def token_hash(token: str) -> str:
    """What is kept of a token: SHA-256 in hex. Of 256 random bits nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return SignIn.ends_at > now, SignIn.last_used_at > now - IDLE
