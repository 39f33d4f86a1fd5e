"""Addresses of sections, tags and contributors, and where readers of an old one are led. The caller commits.

They are made of a slug, which an editor may change. As with articles, the old address leads to the new one, never
over a third, and never back: what has an address now is found before any redirect is asked.
"""

import re
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite.articles import paths
from newsite.articles.models import Article, Contributor, Redirect, Section, Tag
from newsite.db import db
from newsite.site import editing
from newsite.site.models import MenuItem, Site

Named = Section | Tag | Contributor

ROOTS: dict[type[Named], str] = {Section: "section", Tag: "tag", Contributor: "by"}
_MODELS = {root: model for model, root in ROOTS.items()}
_ADDRESS = re.compile(f"(/(?:{'|'.join(_MODELS)})/[^/]+)(/.*)?")


class Place(NamedTuple):
    """What something was called, and where it was to be found."""

    name: str
    address: str


class Leads:
    """The redirects to sections, tags and contributors by where they lead, read once for a list of many lines."""

    def __init__(self) -> None:
        begins = (sa.func.lower(Redirect.target).startswith(f"/{root}/") for root in _MODELS)
        self._by_key: dict[str, list[Redirect]] = {}
        for redirect in db.session.scalars(sa.select(Redirect).where(sa.or_(*begins))):
            self.note(redirect)

    def note(self, redirect: Redirect) -> None:
        """Takes in a redirect that is new, or that leads elsewhere than before."""
        self._by_key.setdefault(_led_key(redirect), []).append(redirect)

    def to(self, path_key: str) -> list[Redirect]:
        """Those that lead there, or to what is below it."""
        noted = dict.fromkeys(self._by_key.get(path_key, []))  # some may have been changed since
        return [one for one in noted if _led_key(one) == path_key]


def place(one: Named) -> Place:
    """What it is called, and where it is to be found."""
    return Place(one.name, address(type(one), one.slug))


def address(model: type[Named], slug: str) -> str:
    """The address of a section, tag or contributor with this slug."""
    return f"/{ROOTS[model]}/{slug}/"


def split(path: str) -> tuple[str, str] | None:
    """The key of the section's, tag's or contributor's address that a path begins with, and what follows it."""
    match = _ADDRESS.fullmatch(paths.key(path))
    return (match[1], (match[2] or "").lstrip("/")) if match else None


def is_address(path: str) -> bool:
    """Whether a section, tag or contributor might have this address."""
    parts = split(path)
    return parts is not None and not parts[1]


def below(target: str, rest: str) -> str | None:
    """The address of a feed, say, below a section, tag or contributor; None if the target is none of these."""
    return f"{target.rstrip('/')}/{rest}" if is_address(target) else None


def holder(path_key: str) -> Named | None:
    """The section, tag or contributor that has this address."""
    _, root, slug = path_key.split("/")
    model: Any = _MODELS[root]
    with db.session.no_autoflush:
        found: Named | None = db.session.scalar(sa.select(model).where(model.slug == slug))
    return found


def lead_on(one: Named, was: Place, *, site: Site, now: datetime) -> None:
    """Leads readers and menus from where it was to where it is, which `taxonomy` has cleared for it.

    What was led to the old address before is led to the new one.
    """
    here = place(one)
    menus = (MenuItem(was.name, was.address), MenuItem(here.name, here.address))
    editing.rename_in_menus(site, *menus)
    if was.address == here.address:
        return
    clear(was.address)  # somebody may have led it elsewhere at the moment when it was given
    point_on(was.address, here.address)
    db.session.add(Redirect(path_key=paths.key(was.address), target=here.address, created_at=now))
    db.session.flush()


def clear(*addresses: str) -> None:
    """Takes away redirects from addresses that something has, or is given."""
    keys = [paths.key(one) for one in addresses]
    db.session.execute(sa.delete(Redirect).where(Redirect.path_key.in_(keys), Redirect.query == ""))


def forget(one: Named) -> None:
    """Takes away the redirects to what is deleted: an address that leads to nothing says so by itself."""
    for redirect in _leading_to(place(one).address):
        db.session.delete(redirect)


def point_on(
    old: str, target: str, article: Article | None = None, *, leads: Leads | None = None
) -> None:
    """Leads whatever is led to `old` to where that leads: a target, or an article.

    `leads` spares the look through all redirects, and is kept up to date.
    """
    for redirect in leads.to(paths.key(old)) if leads else _leading_to(old):
        rest = (split(redirect.target) or ("", ""))[1]
        redirect.target = "" if article else below(target, rest) or target
        redirect.article = article
        if leads:
            leads.note(redirect)


def _leading_to(old: str) -> list[Redirect]:
    """The redirects to an address, or to what is below it."""
    path_key = paths.key(old)
    begins = sa.func.lower(Redirect.target).startswith(path_key, autoescape=True)
    with db.session.no_autoflush:
        listed = db.session.scalars(sa.select(Redirect).where(begins)).all()
    return [one for one in listed if _led_key(one) == path_key]


def _led_key(redirect: Redirect) -> str:
    """The key of the section's, tag's or contributor's address that a redirect leads to; "" if it does not."""
    return (split(redirect.target.partition("?")[0]) or ("",))[0]
