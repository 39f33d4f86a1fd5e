"""Addresses of people, as they are compared."""

import unicodedata

from newsite.text import tidy_characters


def email_key(email: str) -> str:
    """The address as it is compared: NFKC, without spaces around and unseen characters, case folded.

    The part before the @ may tell large letters from small by RFC 5321, but no provider does, and
    people do not type what they registered. Folding can undo the normal form, so it is made again.
    A null character, which PostgreSQL raises an error at, is in no key: nor are others that nobody types.
    Nothing is ever mailed to a key: two addresses that share one are still two letter boxes.
    """
    folded = unicodedata.normalize("NFKC", tidy_characters(email)).casefold().strip()
    return unicodedata.normalize("NFKC", folded)
