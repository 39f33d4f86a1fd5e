"""The second factor of an account: codes by time (RFC 6238), and recovery codes for the day a telephone is lost.

Each action writes its audit entry; the caller commits. What opens an account is used up by a statement that only
one of two requests can win.
"""

import hmac
from datetime import datetime

import pyotp
import sqlalchemy as sa

from newsite.accounts import passwords
from newsite.accounts.actions import record
from newsite.accounts.models import RecoveryCode, User
from newsite.accounts.queries import token_hash
from newsite.db import db
from newsite.errors import RuleBroken

STEP = 30  # seconds that a code is shown for
SKEW = 1  # steps by which a telephone's clock may differ, before and after
RECOVERY_CODES = 10
RECOVERY_GROUPS = 4  # of four letters out of 31: 79 bits
WRONG = "This code is not right, or was used before. Enter the one that is shown now."


def has_one(user: User) -> bool:
    """Whether signing in takes more than the password."""
    return user.totp_since is not None or bool(user.passkeys)


def begin(user: User) -> None:
    """Gives the account a secret, which counts once a code has shown that it arrived.

    Raises RuleBroken where one counts already: it must be switched off first.
    """
    if user.totp_since is not None:
        raise RuleBroken("The codes of an app are asked for already. Switch them off first.")
    user.totp_secret = pyotp.random_base32()


def address(user: User, issuer: str) -> str:
    """The `otpauth:` address that an app reads from a picture."""
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.email, issuer_name=issuer)


def spelled(user: User) -> str:
    """The secret for typing it by hand, in groups of four."""
    secret = user.totp_secret
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def switch_on(user: User, code: str, *, now: datetime) -> list[str]:
    """The recovery codes of an account that asks for codes from here on; [] if it had them already.

    Raises RuleBroken for the field `code`.
    """
    if not user.totp_secret or user.totp_since is not None:
        raise RuleBroken("This was begun on another page. Begin again.")
    if not _use_step(user, code, now):
        raise RuleBroken(
            "This is not the code that the app shows now. Is the telephone’s clock right?",
            field="code",
        )
    user.totp_since = now
    record("switched on codes by an app for", user, by=user, now=now)
    return ensure_recovery_codes(user)


def check(user: User, code: str, *, now: datetime) -> None:
    """Uses up a code of the app, or a recovery code. Raises RuleBroken, for the field `code`, if it is none."""
    code = "".join(code.split())
    if user.totp_since is not None and _use_step(user, code, now):
        return
    if not _use_recovery_code(user, code, now):
        raise RuleBroken(WRONG, field="code")
    record("used a recovery code of", user, by=user, now=now)


def ensure_recovery_codes(user: User) -> list[str]:
    """New recovery codes for an account that has none left; [] for one that has."""
    return [] if codes_left(user) else _make_recovery_codes(user)


def renew_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """Ten new recovery codes, in place of all old ones. Raises RuleBroken without a second factor."""
    if not has_one(user):
        raise RuleBroken("Recovery codes stand for a second factor. Set one up first.")
    made = _make_recovery_codes(user)
    record("made new recovery codes for", user, by=user, now=now)
    return made


def codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    query = sa.select(sa.func.count(RecoveryCode.id)).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(query) or 0


def switch_off(user: User, *, now: datetime) -> None:
    """Asks for codes of the app no more; recovery codes go with the last second factor."""
    if user.totp_since is None:
        return
    _forget_totp(user)
    if not user.passkeys:
        forget_recovery_codes(user)
    record("switched off codes by an app for", user, by=user, now=now)


def take_away(user: User, *, by: User | None, now: datetime) -> bool:
    """Lets somebody in by the password alone, who lost everything else; whether there was anything to take."""
    had = has_one(user)
    _forget_totp(user)
    forget_recovery_codes(user)
    user.passkeys.clear()
    if had:
        record("took away the second factor of", user, by=by, now=now)
    return had


def forget_recovery_codes(user: User) -> None:
    """Ends all recovery codes, as when nothing is left that they stand for."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _use_step(user: User, code: str, now: datetime) -> bool:
    """Whether the code is one of now, or of just before or after, and later than the last that was used."""
    here = int(now.timestamp()) // STEP
    machine = pyotp.TOTP(user.totp_secret)
    steps = range(here - SKEW, here + SKEW + 1)
    is_same = [
        hmac.compare_digest(machine.generate_otp(step).encode(), code.encode()) for step in steps
    ]
    step = next((step for step, same in zip(steps, is_same, strict=True) if same), None)
    if step is None:
        return False
    is_unused = sa.or_(User.totp_step.is_(None), User.totp_step < step)
    query = sa.update(User).where(User.id == user.id, is_unused).values(totp_step=step)
    return db.session.execute(query.returning(User.id)).first() is not None


def _use_recovery_code(user: User, code: str, now: datetime) -> bool:
    found = sa.and_(
        RecoveryCode.user_id == user.id,
        RecoveryCode.code_hash == _code_hash(code),
        RecoveryCode.used_at.is_(None),
    )
    query = sa.update(RecoveryCode).where(found).values(used_at=now)
    return db.session.execute(query.returning(RecoveryCode.id)).first() is not None


def _make_recovery_codes(user: User) -> list[str]:
    forget_recovery_codes(user)
    codes = [passwords.made(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_code_hash(code)) for code in codes)
    return codes


def _forget_totp(user: User) -> None:
    user.totp_secret, user.totp_since, user.totp_step = "", None, None


def _code_hash(code: str) -> str:
    """Of its letters alone: people leave dashes out, and telephones write capitals."""
    return token_hash("".join(sign for sign in code.casefold() if sign.isalnum()))
