"""Addresses of people, as they are compared."""

import unicodedata


def email_key(email: str) -> str:
    """The address as it is compared: NFKC, without spaces around, case folded.

    The part before the @ may tell large letters from small by RFC 5321, but no provider does, and
    people do not type what they registered. Folding can undo the normal form, so it is made again.
    Nothing is ever mailed to a key: two addresses that share one are still two letter boxes.
    """
    folded = unicodedata.normalize("NFKC", email).casefold().strip()
    return unicodedata.normalize("NFKC", folded)
