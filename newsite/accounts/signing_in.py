"""Signing in and out: the tokens of devices, and how long they last."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from newsite import audit
from newsite.accounts import passwords, queries
from newsite.accounts.models import SignIn, User
from newsite.db import db
from newsite.errors import RuleBroken

LIFETIME = timedelta(days=30)  # then the password is asked for again, however busy the device was
NOTED_EVERY = timedelta(
    minutes=10
)  # how exactly the last use is known: a write for each page is too dear
PROOF_FOR = timedelta(minutes=15)  # then whoever sits down at the device proves nothing
MAX_DEVICE_CHARS = 100
WRONG = "The email address and the password do not belong to an account here."


def identify(email: str, password: str) -> User:
    """The active user with this address and password; reads only, takes the same time for nobody.

    Raises RuleBroken with one and the same sentence, whatever was wrong.
    """
    user = queries.user_by_email(email)
    is_right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not user.is_active or not is_right:
        raise RuleBroken(WRONG)
    return user


def renew_hash(user: User, password: str) -> None:
    """Keeps the password that `identify` found right by today's parameters, if its hash is of yesterday."""
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)


def sign_in(user: User, *, device: str, now: datetime) -> tuple[SignIn, str]:
    """A device on which `user`, who has shown who they are, is signed in, and the token for its cookie.

    `device` is what its owner will know it by. Raises RuleBroken if the account was closed in the meantime.
    """
    if not user.is_active:
        raise RuleBroken(WRONG)
    token = secrets.token_urlsafe(32)
    entry = SignIn(
        user=user,
        token_hash=queries.token_hash(token),
        device=device[:MAX_DEVICE_CHARS],
        created_at=now,
        last_used_at=now,
        ends_at=now + LIFETIME,
        proved_at=now,
    )
    db.session.add(entry)
    _record(audit.SIGNED_IN, entry, now)
    return entry, token


def sign_out(device: SignIn, *, now: datetime) -> None:
    """Ends one device: its token opens nothing any more."""
    _record(audit.SIGNED_OUT, device, now)
    db.session.delete(device)


def is_proof_fresh(device: SignIn, now: datetime) -> bool:
    """Whether its user has shown on this device, so short a time ago, who they are, that they need not again."""
    return device.proved_at is not None and now - device.proved_at < PROOF_FOR


def is_use_worth_noting(device: SignIn, now: datetime) -> bool:
    """Whether the last use that is written down is so old that this one has to be."""
    return now - device.last_used_at >= NOTED_EVERY


def note_use(device_id: int, now: datetime) -> None:
    """Writes down that a device was used, unless it was signed out in the meantime."""
    query = sa.update(SignIn).where(SignIn.id == device_id).values(last_used_at=now)
    db.session.execute(query)


def tidy(now: datetime) -> int:
    """Deletes the devices whose time is over, and says how many."""
    ended = sa.or_(SignIn.ends_at <= now, SignIn.last_used_at <= now - queries.IDLE)
    result = db.session.execute(sa.delete(SignIn).where(ended).returning(SignIn.id))
    return len(result.all())


def _record(action: str, device: SignIn, now: datetime) -> None:
    audit.record(
        at=now,
        user_id=device.user.id,
        user_name=device.user.name,
        action=action,
        subject=f"on {device.device}",
        address="/desk/devices/",
    )
