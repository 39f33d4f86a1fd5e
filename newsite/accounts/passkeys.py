"""Passkeys (WebAuthn): a device or a password manager that signs its owner in. Needs the extra `passkeys`.

What a browser is asked to sign is a signed value that is good for five minutes, for one purpose, once; nothing of it
is kept in the meantime. The library is loaded when it is used: it is large, and most requests have no passkey.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from newsite import limits, tokens
from newsite.accounts import second_factor
from newsite.accounts.actions import record
from newsite.accounts.models import Passkey, User
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.text import tidy_line

REGISTER, SIGN_IN, PROVE = "passkey.register", "passkey.sign-in", "passkey.prove"
VALID = timedelta(minutes=5)  # to find the key, or the finger for it
MAX_NAME_CHARS = 60
MOST = 20  # of one account
UNUSABLE = "The passkey could not be used. Try again, or sign in in another way."


@dataclass(frozen=True)
class Place:
    """Where passkeys are made for: they work on no other host."""

    host: str  # without a port
    origin: str  # scheme, host and port
    name: str  # of the site


@dataclass(frozen=True)
class Question:
    """What a browser is asked: options for its script, and a token that comes back with the answer."""

    options: str  # JSON
    token: str


def are_possible() -> bool:
    """Whether the library is installed."""
    return find_spec("webauthn") is not None


def ask_to_register(user: User, place: Place, *, now: datetime) -> Question:
    """What is asked of a device that is to become a passkey of the user."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    challenge, token = _challenge(REGISTER, user.id, now)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=bytes.fromhex(limits.hidden(f"passkey:{user.id}"))[:32],
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        exclude_credentials=_described(user.passkeys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return Question(options_to_json(options), token)


def register(
    user: User, answer: str, token: str, *, name: str, place: Place, now: datetime
) -> list[str]:
    """Adds the passkey that a browser has made; the recovery codes, if these are the first. The caller commits.

    Raises RuleBroken, for the field `name` or as a whole.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415

    name = tidy_line(name)
    if not name or len(name) > MAX_NAME_CHARS:
        raise RuleBroken(f"Enter a name of 1 to {MAX_NAME_CHARS} characters.", field="name")
    if len(user.passkeys) >= MOST:
        raise RuleBroken("There are many passkeys already. Remove one first.")
    challenge = _opened(REGISTER, token, user.id, now)
    with _understood():
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    found = bytes_to_base64url(made.credential_id)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == found)):
        raise RuleBroken("This passkey has been added already.")
    key, count = made.credential_public_key, made.sign_count
    passkey = Passkey(
        credential_id=found, public_key=key, sign_count=count, name=name, created_at=now
    )
    user.passkeys.append(passkey)
    record("added a passkey for", user, by=user, now=now)
    return second_factor.ensure_recovery_codes(user)


def ask_to_sign_in(
    purpose: str, place: Place, *, user: User | None = None, now: datetime
) -> Question:
    """What is asked of a passkey: of any, or of those of the user whose password was right."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    challenge, token = _challenge(purpose, user.id if user else 0, now)
    # A key that comes instead of the password has to know whose hand holds it.
    need = UserVerificationRequirement
    options = generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        allow_credentials=_described(user.passkeys) if user else None,
        user_verification=need.PREFERRED if user else need.REQUIRED,
    )
    return Question(options_to_json(options), token)


def check(
    purpose: str, answer: str, token: str, place: Place, *, user: User | None, now: datetime
) -> User:
    """Whose passkey has answered: `user`'s, if given. Raises RuleBroken. The caller commits."""
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json  # noqa: PLC0415

    challenge = _opened(purpose, token, user.id if user else 0, now)
    with _understood():
        sent = parse_authentication_credential_json(answer)
    query = sa.select(Passkey).where(Passkey.credential_id == bytes_to_base64url(sent.raw_id))
    passkey = db.session.scalar(query.with_for_update())
    if passkey is None or not passkey.user.is_active or user not in (None, passkey.user):
        raise RuleBroken(UNUSABLE)
    with _understood():
        checked = verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=user is None,
        )
    passkey.sign_count, passkey.last_used_at = checked.new_sign_count, now
    return passkey.user


def remove(passkey: Passkey, *, now: datetime) -> None:
    """Takes a passkey away; recovery codes go with the last second factor. The caller commits."""
    user = passkey.user
    user.passkeys.remove(passkey)
    record("removed a passkey of", user, by=user, now=now)
    if not second_factor.has_one(user):
        second_factor.forget_recovery_codes(user)


def _challenge(purpose: str, user_id: int, now: datetime) -> tuple[bytes, str]:
    challenge = secrets.token_hex(32)
    return challenge.encode(), tokens.signed(purpose, [challenge, user_id], now=now)


def _opened(purpose: str, token: str, user_id: int, now: datetime) -> bytes:
    """The challenge in a token, which is used up. Raises RuleBroken."""
    value = tokens.opened(purpose, token, now=now, valid=VALID)
    is_good = value is not None and value[1] == user_id
    if not is_good or not tokens.spend(token, ends_at=now + VALID + tokens.SKEW):
        raise RuleBroken("That took longer than five minutes. Try again.")
    return str(value[0]).encode()


def _described(passkeys: list[Passkey]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415

    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in passkeys
    ]


@contextmanager
def _understood() -> Iterator[None]:
    """Turns whatever the library says about an answer into one sentence for its sender."""
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        yield
    except (WebAuthnException, ValueError):
        raise RuleBroken(UNUSABLE) from None
