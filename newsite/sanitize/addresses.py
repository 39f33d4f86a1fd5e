"""Which addresses people may link to, decided by what an address is, never by what it is not."""

import re

# No part can match what its neighbour matches, so a match takes time in proportion to its length.
_UNFIT = r"\s\x00-\x1f\x7f-\x9f<>\"`{}|\\^"  # spaces, controls, and what RFC 3986 has no place for
_WEB_ADDRESS = re.compile(
    r"https?://"
    r"[^\W_](?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+"  # a host with a dot; so no user name, no localhost
    r"(?::[0-9]{1,5})?"
    rf"(?:[/?#][^{_UNFIT}]*)?",
    re.IGNORECASE,
)
# An article may also link to a mailbox, a page of this site and a place in the text. Bleach takes
# all-digit schemes for a host and a port ("javascript:1"), so it is not asked.
_ARTICLE_LINK = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)[^\t\n\\]*", re.IGNORECASE)
_MAILBOX = re.compile(rf"mailto:[^@{_UNFIT}?]+@[^@{_UNFIT}?]+", re.IGNORECASE)
_OWN_PICTURE = re.compile(r"/media/[\w/-]+(?:\.[\w/-]+)*")  # no "..", no query, no other host

# A run that may hold a web address; `is_web_address` decides after the sentence's own punctuation
# has been taken off. One character class, so that it reads any text once.
BARE_ADDRESS = re.compile(rf"(?<!\w)https?://[^{_UNFIT}]+", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Whether the value is an http(s) address with a public-looking host and no credentials."""
    return _WEB_ADDRESS.fullmatch(value) is not None


def is_reply_link(value: str) -> bool:
    """Whether a value may be the target of a link in a reply."""
    return is_web_address(value) or _MAILBOX.fullmatch(value) is not None


def is_article_link(value: str) -> bool:
    """Whether a value may be the target of a link in an article."""
    return _ARTICLE_LINK.fullmatch(value) is not None


def is_own_picture(value: str) -> bool:
    """Whether a value is the address of a picture that this site serves itself."""
    return _OWN_PICTURE.fullmatch(value) is not None


def is_foreign(value: str) -> bool:
    """Whether a value leads to the web by a full address."""
    return value.lower().startswith(("http://", "https://"))


def without_punctuation(address: str) -> str:
    """The address without what belongs to the sentence around it, as in `(see https://a.org/b).`.

    A closing bracket stays if the address itself opened it, as many encyclopedia addresses do.
    """
    spare = {")": address.count(")") - address.count("("), "]": address.count("]")}
    spare["]"] -= address.count("[")
    end = len(address)
    while end and (address[end - 1] in ".,;:!?'*_~…”’»" or spare.get(address[end - 1], 0) > 0):
        end -= 1
        if address[end] in spare:
            spare[address[end]] -= 1
    return address[:end]
