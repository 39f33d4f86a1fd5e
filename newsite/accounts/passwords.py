"""Passwords: how they are kept, compared, made, and which are refused."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from newsite.errors import RuleBroken

MIN_CHARS = 12
MAX_CHARS = 200  # a passphrase of thirty words; longer is an attempt to keep us reckoning
MADE_GROUPS = 5  # of four letters out of 31: 99 bits

# OWASP's least profile for argon2id: 50 ms and 19 MiB for each sign-in that is under way.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Of a random password that nobody has kept: an unknown account costs as much time as a known one.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$jpnbPowcBiX9bf2bsgmicQ$"
    "aohWeOkqy53ukJWEL6jTkKb+B3X3smPWW7CZ3A3sDHo"
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for another: i l o 0 1


def hashed(password: str) -> str:
    """The argon2id hash to keep, with its parameters and salt in it."""
    return _HASHER.hash(_octets(password))


def matches(hash_: str | None, password: str) -> bool:
    """Whether the password was the one hashed. None, for nobody, takes the same time: False."""
    try:
        return _HASHER.verify(hash_ or _NOBODY, _octets(password)) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


def mark(hash_: str) -> str:
    """A sign of the hash for links and cookies: another as soon as the password is another."""
    return hashlib.sha256(hash_.encode()).hexdigest()[:32]


def is_outdated(hash_: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hash_)


def made(groups_of_four: int = MADE_GROUPS) -> str:
    """A new random password of 99 bits that can be read over the telephone; a shorter or longer one if asked."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups_of_four))
    return "-".join(groups)


def check(password: str, *, guessable: Iterable[str] = ()) -> None:
    """Raises RuleBroken, for the field `password`, unless it may be somebody's password.

    `guessable` are the words that anybody would try for this person; letters' size and spaces do
    not tell a password from them. There are no rules about kinds of characters: length is what
    counts (NIST SP 800-63B, 3.1.1).
    """
    length = len(unicodedata.normalize("NFKC", password))
    if length < MIN_CHARS:
        raise RuleBroken(
            f"Enter a password of {MIN_CHARS} characters or more. Four random words are good.",
            field="password",
        )
    if length > MAX_CHARS:
        raise RuleBroken(f"Enter a password of at most {MAX_CHARS} characters.", field="password")
    if _plain(password) in map(_plain, guessable):
        raise RuleBroken(
            "Enter a password that is not your email address, your name or the site’s name.",
            field="password",
        )


def _octets(password: str) -> bytes:
    # NFKC, so that the same keys on another system's keyboard are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
