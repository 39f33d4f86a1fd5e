"""A new password by mail: a link for half an hour, which dies with the password that it is to replace."""

from datetime import datetime, timedelta

from newsite import tokens
from newsite.accounts import actions, passwords, queries
from newsite.accounts.models import User
from newsite.db import db
from newsite.errors import Conflict

PURPOSE = "password"
VALID = timedelta(minutes=30)


def path(user: User, *, now: datetime) -> str:
    """Where the owner of the account's letter box chooses a new password."""
    value = [user.id, passwords.mark(user.password_hash)]
    return f"/desk/reset/{tokens.signed(PURPOSE, value, now=now)}"


def user_of(token: str, *, now: datetime) -> User | None:
    """Whose password a link replaces; None if it has ended, was used, or the password is another by now."""
    value = tokens.opened(PURPOSE, token, now=now, valid=VALID)
    if value is None:
        return None
    user_id, mark = value
    user = queries.user_by_id(user_id)
    if user is None or not user.is_active or passwords.mark(user.password_hash) != mark:
        return None
    return user


def reset(user: User, token: str, password: str, *, now: datetime) -> User:
    """The account with the password that its owner chose; every device is signed out. The caller commits.

    Raises RuleBroken for the field `password`, Conflict if the link was used a moment ago.
    """
    actions.set_password(user, password, by=user, now=now)
    if not tokens.spend(token, ends_at=now + VALID + tokens.SKEW):
        db.session.rollback()
        raise Conflict("This link was used a moment ago.")
    return user
