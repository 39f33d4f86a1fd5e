"""What becomes of a reply before anybody has read it: the settings of WordPress's discussion, in its order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from newsite.comments import bans
from newsite.comments.models import Comment, Status
from newsite.comments.spam import learning
from newsite.comments.spam.verdicts import Verdict, verdict
from newsite.db import db
from newsite.sanitize import link_count
from newsite.site.models import Site
from newsite.text import plain, tidy_characters, tidy_line

MAX_SHOWN_CHARS = 60  # of a word of the lists, where an editor is told which one it was
MAX_NAMES = 100  # that one address has replied under: nobody has more of them in earnest
READ_FIRST = "Every reply is read first"
NOT_CONFIRMED = "Address not confirmed"
FIRST_REPLY = "First reply with this name and address"
LOOKS_LIKE_SPAM = "Looks like spam"  # and why, after a colon
KNOWN = "Address confirmed, and approved before"
UNHELD = "No rule held it"
# What is known of the sender is not kept, so that nobody can look at it again.
_SEEN_ONCE = ("Network address on your list", "Browser on your list")


@dataclass(frozen=True)
class Sender:
    """What is known of who sends, besides the form. Nothing of it is stored but the network's prefix."""

    network: str = ""  # the address's first part as `limits.prefix` writes it, "" if unknown
    agent: str = ""  # User-Agent, for the keys only
    address: str = ""  # the whole one, for the keys only


NOBODY = Sender()  # of what came another way than through the form


class Ruling(NamedTuple):
    """What the rules say of a reply."""

    status: Status
    rule: str  # which of them said so, in words for an editor; empty for a reply that may appear
    is_trusted: bool  # a reply of this name from this confirmed address was approved before
    spam_score: (
        float | None
    )  # by which the desk sorts: `Verdict.kept_score`; None of what is put aside


def judge(
    comment: Comment, site: Site, *, sender: Sender, now: datetime, suspicion: str = ""
) -> Ruling:
    """What becomes of a reply that has just come, or was changed. It only reads, with at most three small queries.

    `suspicion` is the rule of the trap that its sender stepped into, if there was one. The filter
    takes longer than all the others: it is asked last, or not at all.
    """
    is_trusted = _was_approved_before(comment)
    ban = bans.standing(comment, sender, now)
    if ban:  # its value is not written down with the reply: that stays for longer
        is_spam = bool(suspicion) or _verdict(comment, is_trusted=is_trusted).is_hold
        status = Status.spam if is_spam else Status.trash
        return Ruling(status, f"Banned {ban.kind.value}", is_trusted, None)
    disallowed = _listed(site.disallowed_keys, comment, sender)
    if disallowed:
        rule = f"Disallowed {disallowed.what}{disallowed.key}"
        return Ruling(Status.trash, rule, is_trusted, None)
    if suspicion:
        return Ruling(Status.spam, suspicion, is_trusted, None)
    found = _verdict(comment, is_trusted=is_trusted)
    if found.is_hold:
        held = [f"{LOOKS_LIKE_SPAM}: {'; '.join(found.reasons)}"]
    else:
        held = _why_held(comment, site, sender, is_trusted=is_trusted)
    status = Status.pending if held else Status.approved
    return Ruling(status, " · ".join(held), is_trusted, found.kept_score)


def passed(ruling: Ruling) -> str:
    """What stands in place of a rule where none held a reply, in words for an editor."""
    return KNOWN if ruling.is_trusted else UNHELD


def is_seen_once(rule: str) -> bool:
    """Whether it was the sender that a rule looked at: to judge again would overlook it."""
    return any(words in rule for words in _SEEN_ONCE)


def _verdict(comment: Comment, *, is_trusted: bool) -> Verdict:
    return verdict(learning.current(), learning.suspect(comment), is_trusted=is_trusted)


def _why_held(comment: Comment, site: Site, sender: Sender, *, is_trusted: bool) -> list[str]:
    """All rules that make a reply wait; none: it may appear."""
    links = link_count(comment.body_html)
    rules = []
    if site.replies_hold_all:
        rules.append(READ_FIRST)
    if 0 < site.replies_max_links <= links:
        rules.append(f"{links} {'link' if links == 1 else 'links'}")
    listed = _listed(site.moderation_keys, comment, sender)
    if listed:
        rules.append(f"{listed.what.capitalize()} on your list{listed.key}")
    if site.replies_hold_unknown and not is_trusted:
        rules.append(NOT_CONFIRMED if comment.confirmed_at is None else FIRST_REPLY)
    return rules


def _was_approved_before(comment: Comment) -> bool:
    """Whether another reply with this name is on its page, and both showed that the address is theirs."""
    if comment.confirmed_at is None:  # anybody can type an address
        return False
    names = (
        sa.select(Comment.author_name)
        .where(
            Comment.email_key == comment.email_key,
            Comment.status == Status.approved,
            Comment.confirmed_at.is_not(None),
            Comment.id != comment.id,
        )
        .distinct()
        .limit(MAX_NAMES)
    )
    own = comment.author_name.casefold()  # the database's lower() knows no letters but ours
    return any(name.casefold() == own for name in db.session.scalars(names))


def _listed(keys: str, comment: Comment, sender: Sender) -> "_Listed | None":
    """The first line of a list that is found in a reply or its sender.

    As in WordPress a line is a part of a word, in small or capital letters, and it is looked for in
    the name, the address, the website, the words with and without their tags, the network address
    and the browser's name.
    """
    if not keys:
        return None
    written = (comment.author_name, comment.email, comment.website, comment.body)
    text = _folded("\n".join([*written, plain(comment.body_html)]))
    address, agent = _folded(sender.address), _folded(sender.agent)
    for folded, key in _lines(keys):
        if folded in text:
            return _Listed("word", f": {_short(key)}")
        if folded in address:
            return _Listed("network address")  # which one is not written down with the reply
        if folded in agent:
            return _Listed("browser", f": {_short(key)}")
    return None


class _Listed(NamedTuple):
    """What was on a list, and its line after a colon."""

    what: str
    key: str = ""


@lru_cache(maxsize=4)  # a site has two lists
def _lines(keys: str) -> tuple[tuple[str, str], ...]:
    """The lines of a list, each as it is looked for and as it was written."""
    lines: Iterable[str] = (tidy_line(line) for line in keys.splitlines())
    return tuple({_folded(line): line for line in lines if line}.items())


def _folded(text: str) -> str:
    return tidy_characters(text).casefold()


def _short(key: str) -> str:
    return key if len(key) <= MAX_SHOWN_CHARS else f"{key[:MAX_SHOWN_CHARS]}…"
