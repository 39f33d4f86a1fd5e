"""Addresses of other machines, as an operator writes them into the settings: whether one can be meant."""

import re
from urllib.parse import urlsplit

USUAL_PORTS = {"http": 80, "https": 443}
# A name or an IPv4 address, or what `urlsplit` takes for an IPv6 one; and a port.
HOST = re.compile(r"(?:[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*|\[[0-9a-f:.]+\])(?::[0-9]+)?")
REDIS = {"redis", "rediss", "unix"}
_REDIS_NUMBER = re.compile(r"(?:/[0-9]{0,4})?")  # Redis counts its databases
_REDIS_QUERY = re.compile(r"(?:db=[0-9]{1,4})?")


def is_redis(given: str) -> bool:
    """Whether this is an address of Redis, on a host or a socket."""
    try:
        parts = urlsplit(given)
        is_port = parts.port != 0
    except ValueError:
        return False
    if parts.scheme not in REDIS or parts.fragment or not is_port:
        return False
    if parts.scheme == "unix":
        is_here = not parts.hostname and len(parts.path) > 1
        return is_here and _REDIS_QUERY.fullmatch(parts.query) is not None
    return bool(parts.hostname) and not parts.query and bool(_REDIS_NUMBER.fullmatch(parts.path))


def is_cache(given: str) -> bool:
    """Whether this is an address of an HTTP cache: a host, and perhaps a port and a path."""
    try:
        parts = urlsplit(given)
        is_host = HOST.fullmatch(parts.netloc.lower()) is not None and parts.port != 0
    except ValueError:  # the port is no number that a port can be
        return False
    is_plain = given.isascii() and "?" not in given and "#" not in given
    return parts.scheme in USUAL_PORTS and is_host and is_plain
