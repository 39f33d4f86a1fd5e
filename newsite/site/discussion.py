"""What an admin decides about replies: WordPress's discussion settings. The caller commits."""

from dataclasses import dataclass

from newsite import changes
from newsite.errors import RuleBroken
from newsite.site.models import Site
from newsite.text import tidy_characters, tidy_text

MAX_RULES_CHARS = 2_000  # of the house rules: who replies shall read them
MAX_KEYS_CHARS = 20_000  # of a list: every reply is compared with each of its lines
LINKS = range(101)
FLOOD_SECONDS = range(3_601)  # to an hour
CLOSE_DAYS = range(1, 3_651)  # to ten years
DEPTH = range(1, 11)  # WordPress's, as is the next
THREADS = range(5, 201)


@dataclass(frozen=True)
class Discussion:
    """All that is chosen about replies, by the names of the site's columns."""

    house_rules: str
    replies_hold_all: bool
    replies_hold_unknown: bool
    replies_max_links: int  # a reply with so many is held; 0: never
    moderation_keys: str  # one a line
    disallowed_keys: str
    replies_flood_seconds: int  # between two replies of one network or address; 0: none
    replies_close_days: int | None  # None: never
    replies_depth: int
    replies_threads: int
    takes_reports: bool


def settle(site: Site, chosen: Discussion) -> Site:
    """The site with these rules for replies. Raises RuleBroken naming the field that has to change."""
    site.house_rules = _short("house_rules", tidy_text(chosen.house_rules), MAX_RULES_CHARS)
    site.replies_hold_all = chosen.replies_hold_all
    site.replies_hold_unknown = chosen.replies_hold_unknown
    site.replies_max_links = _within("replies_max_links", chosen.replies_max_links, LINKS)
    site.moderation_keys = _keys("moderation_keys", chosen.moderation_keys)
    site.disallowed_keys = _keys("disallowed_keys", chosen.disallowed_keys)
    flood = _within("replies_flood_seconds", chosen.replies_flood_seconds, FLOOD_SECONDS)
    site.replies_flood_seconds = flood
    days = chosen.replies_close_days
    if days is not None:
        days = _within("replies_close_days", days, CLOSE_DAYS)
    site.replies_close_days = days
    site.replies_depth = _within("replies_depth", chosen.replies_depth, DEPTH)
    site.replies_threads = _within("replies_threads", chosen.replies_threads, THREADS)
    site.takes_reports = chosen.takes_reports
    changes.touch(changes.SITE)
    return site


def number(field: str, written: str, bounds: range) -> int:
    """The number that somebody wrote for this field. Raises RuleBroken for anything else, and out of bounds."""
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise _no_number(field, bounds)
    return _within(field, int(written), bounds)


def _within(field: str, value: int, bounds: range) -> int:
    if value not in bounds:
        raise _no_number(field, bounds)
    return value


def _no_number(field: str, bounds: range) -> RuleBroken:
    least, most = f"{bounds[0]:,}", f"{bounds[-1]:,}"
    return RuleBroken(f"Write a whole number from {least} to {most}.", field=field)


def _keys(field: str, written: str) -> str:
    """The lines of a list, without spaces around them and without empty ones."""
    lines = (line.strip() for line in tidy_characters(written).split("\n"))
    return _short(field, "\n".join(line for line in lines if line), MAX_KEYS_CHARS)


def _short(field: str, value: str, most: int) -> str:
    if len(value) > most:
        sentence = f"Make it shorter: {most:,} characters or fewer; it has {len(value):,}."
        raise RuleBroken(sentence, field=field)
    return value
