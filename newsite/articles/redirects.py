"""Addresses of the past that an editor leads somewhere, one by one or by a list. The caller commits.

What a redirect leads to is never a redirect itself: an article is meant by its number, wherever it moves, and
whatever was led to an address is led on when that gets a redirect. So there are no chains, and no circles.
"""

import re
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from newsite.articles import paths, renaming
from newsite.articles.models import Article, Redirect, State
from newsite.articles.paths import Reserved
from newsite.db import MAX_ID, db, has_words
from newsite.errors import AddressTaken, RuleBroken
from newsite.paging import Cursor, Page, cut
from newsite.sanitize import is_web_address

PAGE_SIZE = 50
MAX_TARGET_CHARS = 2_000  # what browsers and proxies take
MAX_QUERY_CHARS = 200
# A path of this site: "//" and "/\" would lead to another one.
_PATH = re.compile(r"/(?![/\\])[^\s\\<>\"\x00-\x1f\x7f]*")
_NOTHING_RESERVED = Reserved(frozenset(), ())
_NOWHERE = "There is no article at {path}. Write where its readers are to be led."


def source(typed: str, reserved: Reserved) -> tuple[str, str]:
    """The old address as it is compared: its key, and its query ("p=12") if it has one.

    Raises RuleBroken (field `address`) for what cannot be an address of this site, or is one that it needs.
    """
    typed = typed.strip()
    if not typed:
        raise RuleBroken("Write the old address, such as /2019/strike/", field="address")
    path, _, query = typed.partition("?")
    query = query.partition("#")[0]
    if len(query) > MAX_QUERY_CHARS:
        raise RuleBroken("What follows the question mark is too long.", field="address")
    try:
        return paths.key(_written(path.partition("#")[0], reserved)), query
    except (RuleBroken, ValueError) as error:  # ValueError: half an IPv6 address
        words = getattr(error, "message", "Write the address such as /2019/strike/")
        raise RuleBroken(words, field="address") from None


def set_target(
    redirect: Redirect,
    typed: str,
    *,
    reserved: Reserved,
    site_url: str,
    leads: renaming.Leads | None = None,
) -> Redirect:
    """The redirect, leading to what was typed: an article's address, a page of this site, or a web address.

    `leads`, for many, knows what is led to sections, tags and contributors, this one from now on too.
    Raises RuleBroken (field `target`) for what leads nowhere, or back to itself.
    """
    if not typed.strip():
        raise RuleBroken("Write where it leads, such as /2026/11/strike/", field="target")
    typed = typed.strip().removeprefix(site_url) or "/"
    if len(typed) > MAX_TARGET_CHARS:
        raise RuleBroken("Make the address shorter: 2000 characters or fewer.", field="target")
    article, target = (None, typed) if is_web_address(typed) else _here(typed, redirect, reserved)
    redirect.article, redirect.target = article, target
    if renaming.is_address(redirect.path_key) and not redirect.query:  # others may be led there
        renaming.point_on(redirect.path_key, redirect.target, redirect.article, leads=leads)
    if leads:
        leads.note(redirect)
    return redirect


def add(
    address: str,
    target: str,
    *,
    reserved: Reserved,
    site_url: str,
    now: datetime,
    leads: renaming.Leads | None = None,
) -> Redirect:
    """A new redirect. Raises RuleBroken naming the field `address` or `target`. `leads` as in `set_target`."""
    redirect = Redirect(query="", created_at=now)
    move(redirect, address, reserved=reserved)
    set_target(redirect, target, reserved=reserved, site_url=site_url, leads=leads)
    db.session.add(redirect)
    db.session.flush()  # so that the next one sees it
    return redirect


def move(redirect: Redirect, address: str, *, reserved: Reserved) -> Redirect:
    """The redirect at this old address. Raises RuleBroken (field `address`) if that is somebody's."""
    path_key, query = source(address, reserved)
    with db.session.no_autoflush:
        article = db.session.scalar(sa.select(Article).where(Article.path_key == path_key))
        other = at(path_key, query)
    if article is not None and not query:
        raise AddressTaken(f"“{article.title}” has this address.", field="address")
    named = renaming.holder(path_key) if renaming.is_address(path_key) else None
    if named is not None:
        raise AddressTaken(f"“{named.name}” has this address.", field="address")
    if other is not None and other is not redirect:
        raise AddressTaken("This address is led somewhere already: change that.", field="address")
    redirect.path_key, redirect.query = path_key, query
    return redirect


def at(path_key: str, query: str = "") -> Redirect | None:
    """The redirect at an address, its article loaded."""
    statement = sa.select(Redirect).options(joinedload(Redirect.article))
    return db.session.scalar(
        statement.where(Redirect.path_key == path_key, Redirect.query == query)
    )


def listed(
    words: str = "", *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Redirect]:
    """The redirects with these words in either address, newest first; articles loaded."""
    query = sa.select(Redirect).outerjoin(Redirect.article).options(joinedload(Redirect.article))
    if words:
        columns = (Redirect.path_key, Redirect.query, Redirect.target, Article.path)
        query = query.where(has_words(words, *columns))
    query = query.where(Redirect.id <= (MAX_ID if before is None else before.id - 1))
    rows = db.session.scalars(query.order_by(Redirect.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda one: Cursor(one.created_at, one.id))


def _here(typed: str, own: Redirect, reserved: Reserved) -> tuple[Article | None, str]:
    """The article, or the target, that is meant by an address of this site."""
    if not _PATH.fullmatch(typed):
        raise RuleBroken(
            "Write an address of this site, such as /2026/11/strike/, or a web address, such as https://example.org/",
            field="target",
        )
    path = urlsplit(typed).path
    with db.session.no_autoflush:
        article, target = _end(path, own)
    if article is None and target is None and not reserved.holds(path):
        raise RuleBroken(_NOWHERE.format(path=path), field="target")
    if renaming.is_address(path):  # with its last slash: without it, one more redirect would follow
        typed = path.rstrip("/") + "/" + typed.removeprefix(path)
    return article, "" if article else target or typed


def _end(path: str, own: Redirect) -> tuple[Article | None, str | None]:
    """Where an address of ours leads in the end: an article, or the target of a redirect; both None: nowhere."""
    path_key = paths.key(path)
    article = db.session.scalar(sa.select(Article).where(Article.path_key == path_key))
    if article is not None and article.state is not State.trash:
        return article, None
    if own.path_key == path_key and not own.query:
        raise RuleBroken("This address would lead to itself.", field="target")
    next_ = at(path_key)
    if next_ is None or next_ is own:
        return None, _end_below(path)
    if next_.target and paths.key(next_.target) == own.path_key:
        raise RuleBroken("This address would lead to itself.", field="target")
    return next_.article, next_.target or None


def _end_below(path: str) -> str | None:
    """Where an address below an old one of a section, tag or contributor leads, such as that of its feed."""
    old, rest = renaming.split(path) or ("", "")
    led = at(old) if rest else None
    return renaming.below(led.target, rest) if led else None


def _written(path: str, reserved: Reserved) -> str:
    """The path, tidied. Of the site's own addresses, those of sections, tags and contributors may be old ones."""
    written = paths.written(path, _NOTHING_RESERVED)
    return written if renaming.is_address(written) else paths.written(path, reserved)
