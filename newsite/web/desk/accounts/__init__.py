"""The pages of accounts: signing in, one's own account, and the people of the desk."""

from newsite.web.desk.accounts import (
    factors,
    forgotten,
    invitations,
    log,
    own,
    passkeys,
    people,
    sign_in,
)
from newsite.web.desk.accounts.blueprint import bp

__all__ = [
    "bp",
    "factors",
    "forgotten",
    "invitations",
    "log",
    "own",
    "passkeys",
    "people",
    "sign_in",
]
