"""Bans: whose replies are put aside unread, and until when. The caller commits.

A ban compares; it does not collect. Of a mail address it keeps an HMAC and a label such as
“j…@example.org”, of a network its prefix. Who is banned learns that a reply was not published, not why.
"""

import ipaddress
import re
import unicodedata
from datetime import datetime
from functools import cache
from html import unescape
from typing import Any, Protocol
from urllib.parse import urlsplit

import sqlalchemy as sa

from newsite import audit, limits
from newsite.accounts.emails import email_key
from newsite.accounts.models import User
from newsite.comments.models import Ban, BanKind, Comment
from newsite.db import MAX_ID, UTCDateTime, db, insert
from newsite.errors import NotAllowed, RuleBroken
from newsite.paging import Cursor, Page, cut
from newsite.text import tidy_line

PAGE_SIZE = 50  # bans on a page of their list
MOST_HOSTS = 50  # of one reply that are compared; nobody links to more in earnest
PREFIX = {4: 24, 6: 48}  # bits of a network's address that are ever kept
_HREF = re.compile(r'\shref="(https?://[^"]+)"', re.IGNORECASE)
_WRONG = {
    BanKind.address: "An email address looks like name@example.org.",
    BanKind.name: "Enter the name that stands over the replies.",
    BanKind.network: "A network looks like 192.0.2.0/24 or 2001:db8:1::/48.",
    BanKind.host: "A host looks like example.org.",
}


class HasNetwork(Protocol):
    """Whatever says from which network a reply came."""

    @property
    def network(self) -> str:
        """The prefix as it is written, "" if unknown."""
        ...


def ban(
    kind: BanKind, value: str, *, until: datetime | None, reason: str, by: User, now: datetime
) -> Ban:
    """The ban of an address, name, network or host; one that stands already ends when this one does.

    `until` is None for one that ends only when it is lifted.
    Raises NotAllowed; RuleBroken for the field `value` or `until`.
    """
    _require_editor(by)
    if until is not None and until <= now:
        raise RuleBroken("A ban ends in the future.", field="until")
    compared = as_compared(kind, value)
    if not compared:
        raise RuleBroken(_WRONG[kind], field="value")
    values: dict[str, Any] = {
        "label": _label(kind, value, compared),
        "reason": tidy_line(reason),
        "created_by_id": by.id,
        "created_at": now,
        "ends_at": until,
    }
    row = insert(Ban).values(kind=kind, value=compared, **values)
    row = row.on_conflict_do_update(index_elements=["kind", "value"], set_=values)
    ban_id = db.session.scalar(row.returning(Ban.id))
    made = db.session.get_one(Ban, ban_id, populate_existing=True)
    _record("banned", made, by, now)
    return made


def lift(ban: Ban, *, by: User, now: datetime) -> None:
    """Ends a ban; what it put aside stays where it is. Raises NotAllowed."""
    _require_editor(by)
    _record("lifted the ban of", ban, by, now)
    db.session.delete(ban)


def standing(comment: Comment, sender: HasNetwork, now: datetime) -> Ban | None:
    """A ban that this reply, sent from there, falls under; None if there is none. One query."""
    given = _values(comment, sender.network) | {"now": now}
    return db.session.scalars(_first(), given).first()


def against(comment: Comment, now: datetime) -> list[Ban]:
    """All bans that a reply which is stored falls under, oldest first."""
    given = _values(comment, comment.network) | {"now": now}
    return list(db.session.scalars(_matching(), given))


def running(now: datetime, before: Cursor | None = None, limit: int = PAGE_SIZE) -> Page[Ban]:
    """The bans that have not ended, newest first, each with whoever made it."""
    query = sa.select(Ban).where(_stands(now)).options(sa.orm.joinedload(Ban.created_by))
    if before is not None:
        query = query.where(Ban.id < before.id)
    rows = db.session.scalars(query.order_by(Ban.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda one: Cursor(one.created_at, one.id))


def by_id(ban_id: int) -> Ban | None:
    """The ban with this id."""
    return db.session.get(Ban, ban_id) if ban_id <= MAX_ID else None


def tidy(now: datetime) -> int:
    """Forgets bans that have ended, and says how many; the caller commits."""
    query = sa.delete(Ban).where(Ban.ends_at <= now).returning(Ban.id)
    return len(db.session.execute(query).all())


def as_compared(kind: BanKind, value: str) -> str:
    """What a ban of this is found by; "" for what can be no such thing."""
    folded = _folded(value)
    if kind is BanKind.address:
        key = email_key(value)
        name, at, host = key.rpartition("@")
        return limits.hidden(f"ban:{key}") if name and at and host else ""
    if kind is BanKind.name:
        return folded
    return _network(value) if kind is BanKind.network else _host(folded)


def hosts(comment: Comment) -> list[str]:
    """The hosts that a reply leads to, in its text and as its writer's website, each once."""
    addresses = [unescape(one) for one in _HREF.findall(comment.body_html)]
    found = (_host(one) for one in [*addresses, comment.website] if one)
    return list(dict.fromkeys(host for host in found if host))[:MOST_HOSTS]


def _values(comment: Comment, network: str) -> dict[str, Any]:
    """What bans of each kind would have to be of for a reply that was sent from there."""
    return {
        BanKind.address.value: [as_compared(BanKind.address, comment.email)],
        BanKind.name.value: [as_compared(BanKind.name, comment.author_name)],
        BanKind.network.value: [network],
        BanKind.host.value: [above for host in hosts(comment) for above in _with_above(host)],
    }


@cache  # to build it takes longer than to run it, and every reply asks
def _first() -> sa.Select[Any]:
    return _matching().limit(1)


@cache
def _matching() -> sa.Select[Any]:
    """The bans of one of these values, by their kinds, that stand at `now`; none is of the empty value."""
    meant = [
        sa.and_(Ban.kind == kind, Ban.value.in_(sa.bindparam(kind.value, expanding=True)))
        for kind in BanKind
    ]
    now = sa.bindparam("now", type_=UTCDateTime())
    return sa.select(Ban).where(sa.or_(*meant), _stands(now)).order_by(Ban.id)


def _stands(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    return sa.or_(Ban.ends_at.is_(None), Ban.ends_at > now)


def _with_above(host: str) -> list[str]:
    """The host and those it is a part of: a.b.example.org, b.example.org, example.org."""
    parts = host.split(".")
    return [".".join(parts[first:]) for first in range(max(1, len(parts) - 1))]


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", tidy_line(value)).casefold()


def _network(value: str) -> str:
    """The network as bans keep it, however an editor wrote it; one wider than that is none."""
    try:
        written = ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        return ""
    bits = PREFIX[written.version]
    if written.prefixlen < bits:
        return ""
    return str(ipaddress.ip_network((written.network_address, bits), strict=False))


def _host(address: str) -> str:
    """The host of a web address, or of what is written like a host; as name servers know it, without `www.`."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
        host = host.encode("idna").decode("ascii")
    except ValueError:  # a port that is none, a label that is too long
        return ""
    host = host.strip(".").removeprefix("www.")
    return host if "." in host and " " not in host else ""


def _label(kind: BanKind, value: str, compared: str) -> str:
    if kind is BanKind.address:
        name, _, host = tidy_line(value).rpartition("@")
        return f"{name[:1]}…@{host}"
    return tidy_line(value) if kind is BanKind.name else compared


def _record(action: str, ban: Ban, by: User, now: datetime) -> None:
    # The line outlives the ban, and no network and no reader's name is kept for longer than that.
    is_personal = ban.kind in (BanKind.network, BanKind.name)
    audit.record(
        at=now,
        user_id=by.id,
        user_name=by.name,
        action=action,
        subject=f"a {ban.kind.value}" if is_personal else ban.label,
        address="/desk/replies/bans/",
    )


def _require_editor(by: User) -> None:
    if not by.is_editor:
        raise NotAllowed("Only an editor may do this.")
