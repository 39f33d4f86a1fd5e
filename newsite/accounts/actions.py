"""What is done with accounts. Each action writes its audit entry; the caller commits."""

from datetime import datetime

import sqlalchemy as sa

from newsite import audit, mail
from newsite.accounts import passwords, queries
from newsite.accounts.emails import email_key
from newsite.accounts.models import ReplyMail, Role, SignIn, User
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site import queries as sites
from newsite.text import tidy_line

COMMAND_LINE = "The command line"  # who did it, where `by` is None


def create_user(
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    badge: str = "",
    by: User | None = None,
) -> User:
    """A new account. Without `by`, it was made on the command line.

    Raises RuleBroken for the field `email`, `name` or `password`.
    """
    values = {"email": email, "name": name, "badge": badge}
    user = make_user(**values, role=role, password=password, now=now)
    record("made an account for", user, by=by, now=now)
    return user


def make_user(
    *, email: str, name: str, role: Role, password: str, now: datetime, badge: str = ""
) -> User:
    """The same without an entry in the log, for callers that write another one."""
    user = User(role=role, created_at=now, password_hash="", is_active=True)
    _describe(user, name=name, email=email, badge=badge)
    _set_password(user, password)
    db.session.add(user)
    return user


def change_profile(
    user: User,
    *,
    name: str,
    email: str,
    badge: str,
    reply_mail: ReplyMail | None = None,
    by: User,
    now: datetime,
) -> User:
    """The account with another name, address or badge. Raises RuleBroken for `email` or `name`.

    `reply_mail` is how often its owner wants mail about replies, None if that was not asked. To choose
    it has mail sent again to an address that servers had refused.
    """
    with db.session.no_autoflush:  # half a change must not meet the unique address
        _describe(user, name=name, email=email, badge=badge)
    if reply_mail is not None:
        user.reply_mail = reply_mail
        mail.forgive(user.email)
    record("changed the profile of", user, by=by, now=now)
    return user


def change_password(
    user: User, current: str, password: str, *, keep: SignIn | None, now: datetime
) -> User:
    """The account with the password that its owner chose; every device but `keep` is signed out.

    Raises RuleBroken for the field `current` or `password`.
    """
    if not passwords.matches(user.password_hash, current):
        raise RuleBroken("Enter the password that you sign in with now.", field="current")
    _set_password(user, password)
    sign_out_everywhere_else(user, keep=keep)
    record("changed the password of", user, by=user, now=now)
    return user


def set_password(user: User, password: str, *, by: User | None, now: datetime) -> User:
    """The account with a password that somebody else gives it; every device is signed out.

    Raises RuleBroken for the field `password`.
    """
    _set_password(user, password)
    sign_out_everywhere_else(user, keep=None)
    record("set a new password for", user, by=by, now=now)
    return user


def set_role(user: User, role: Role, *, by: User | None, now: datetime) -> User:
    """The account with another role. Raises RuleBroken, for `role`, for the last active admin."""
    if role is user.role:
        return user
    _require_another_admin(user, field="role")
    user.role = role
    record(f"gave the role of {role.value} to", user, by=by, now=now)
    return user


def deactivate(user: User, *, by: User | None, now: datetime) -> User:
    """The account, closed: its work stays, its devices are signed out.

    Raises RuleBroken for the last active admin.
    """
    if not user.is_active:
        return user
    _require_another_admin(user)
    user.is_active = False
    sign_out_everywhere_else(user, keep=None)
    record("closed the account of", user, by=by, now=now)
    return user


def activate(user: User, *, by: User | None, now: datetime) -> User:
    """The account, open again with the password that it had."""
    if not user.is_active:
        user.is_active = True
        record("opened the account of", user, by=by, now=now)
    return user


def sign_out_everywhere_else(user: User, *, keep: SignIn | None) -> None:
    """Ends every device of this user but `keep`: at once, and whatever was loaded before."""
    query = sa.delete(SignIn).where(SignIn.user_id == user.id)
    if keep is not None:
        query = query.where(SignIn.id != keep.id)
    db.session.execute(query)


def record(action: str, user: User, *, by: User | None, now: datetime) -> None:
    """Writes down what `by` did to an account."""
    db.session.flush()  # a new account's id stands in the entry's address
    audit.record(
        at=now,
        user_id=by.id if by else None,
        user_name=by.name if by else COMMAND_LINE,
        action=action,
        subject=user.name,
        address=f"/desk/people/{user.id}",
    )


def named(name: str, email: str) -> tuple[str, str]:
    """Name and address, tidied. Raises RuleBroken for the field `name` or `email` if they are none."""
    name, email = tidy_line(name), tidy_line(email)
    if not name:
        raise RuleBroken("Enter a name.", field="name")
    if "@" not in email:
        raise RuleBroken("Enter an email address, such as name@example.org.", field="email")
    return name, email


def _describe(user: User, *, name: str, email: str, badge: str) -> None:
    name, email = named(name, email)
    other = queries.user_by_email(email)
    if other is not None and other is not user:
        raise RuleBroken("Another account has this email address.", field="email")
    user.name, user.badge = name, tidy_line(badge)
    user.email, user.email_key = email, email_key(email)


def _set_password(user: User, password: str) -> None:
    site = sites.find_site()
    guessable = [user.email, user.email.partition("@")[0], user.name]
    passwords.check(password, guessable=[*guessable, site.name] if site else guessable)
    user.password_hash = passwords.hashed(password)


def _require_another_admin(user: User, *, field: str | None = None) -> None:
    if queries.active_admins() == [user.id]:
        raise RuleBroken(
            f"{user.name} is the last active admin. Make somebody else an admin first.", field=field
        )
