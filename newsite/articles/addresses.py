"""Giving an article its address, and leading readers of the old one to the new one."""

import itertools
import re
from datetime import datetime

import sqlalchemy as sa

from newsite.articles import paths, redirects
from newsite.articles.models import Article, Kind, Redirect, State
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import AddressTaken, RuleBroken
from newsite.site.models import Site

PAGE_PATTERN = "/%slug%/"  # a page's address has no date
_NUMBER = "(-([2-9]|[1-9][0-9]))?"  # that we made: a year at the end, or -02, was typed


def give(article: Article, typed: str, *, site: Site, reserved: Reserved, now: datetime) -> None:
    """Sets the article's path: as typed, or by the site's pattern where nothing is typed and none is needed yet.

    A published article always has one; leaving an address leaves a redirect.
    Raises RuleBroken (field `path`) if the address cannot be had.
    """
    if typed and typed == article.path:
        return  # however it is written: an imported address is kept to the letter
    if typed:
        path = paths.written(typed, reserved)
        if article.path_key != paths.key(path):
            _refuse_taken(paths.key(path), article)
        _move(article, path, now)
    elif article.path is None:
        _move(article, free(article, site, reserved, now), now)
    else:  # the article is where it was announced, if it was
        _settle(article, paths.key(article.path))


def renew(article: Article, *, site: Site, reserved: Reserved, now: datetime) -> None:
    """Gives the article the address that the site's pattern makes of it now, as if it never had another.

    What was never published has none until it is. Leaving an address leaves a redirect.
    """
    if article.state in (State.draft, State.review):
        article.path = article.path_key = None
    elif article.path is not None or article.state is State.published:
        _move(article, free(article, site, reserved, now), now)


def take_back(article: Article, *, site: Site, now: datetime) -> None:
    """Keeps what was announced leading to a scheduled article that becomes a draft, whatever address that gets.

    One that was typed waits for its day. One by the pattern is given up: it has another day in it.
    Readers may have seen the article there: its day may have been moved when it was out.
    """
    _leave(article.path_key, article, now)
    if is_by_pattern(article, site, now):
        article.path = article.path_key = None


def free(article: Article, site: Site, reserved: Reserved, now: datetime) -> str:
    """The address that the site's pattern gives an article, numbered where it is taken. Only reads."""
    path = _by_pattern(article, site, now)
    if reserved.holds(path):  # a number at its end would not help
        path = f"/{article.kind}{path}"
    candidates = itertools.chain([path], (paths.numbered(path, n) for n in itertools.count(2)))
    return next(candidate for candidate in candidates if _is_free(paths.key(candidate), article))


def is_by_pattern(article: Article, site: Site, now: datetime) -> bool:
    """Whether the article's address is what the site's pattern makes of it, numbered or not: nobody has typed it."""
    made = re.escape(_by_pattern(article, site, now).rstrip("/")) + _NUMBER
    return article.path is not None and re.fullmatch(f"{made}/", article.path) is not None


def checked_pattern(pattern: str, reserved: Reserved) -> str:
    """A pattern for new addresses, tidied. Raises RuleBroken (field `path_pattern`) with the mend."""
    tidied = paths.check_pattern(pattern)
    first = tidied.split("/")[1]
    if "%" not in first and reserved.holds(f"/{first}/"):
        raise RuleBroken(
            f"The site itself uses addresses that begin with /{first}. Begin with something else.",
            field="path_pattern",
        )
    return tidied


def _by_pattern(article: Article, site: Site, now: datetime) -> str:
    return paths.from_pattern(
        PAGE_PATTERN if article.kind is Kind.page else site.path_pattern,
        title=article.title,
        day=(article.published_at or now).astimezone(site.zone).date(),
        section=article.section.slug if article.section else "",
        fallback=f"{article.kind}-{article.id or int(now.timestamp())}",
    )


def _move(article: Article, path: str, now: datetime) -> None:
    old, new = article.path_key, paths.key(path)
    article.path, article.path_key = path, new
    if old == new or article.state in (State.draft, State.review):
        return  # a draft is nowhere yet: what was announced before it was one again leads to it as it is
    _settle(article, new)
    _leave(old, article, now)  # what was announced is asked for


def _settle(article: Article, path_key: str) -> None:
    """The address is the article's own again, or its own for the first time: it is not led there."""
    db.session.execute(
        sa.delete(Redirect).where(Redirect.path_key == path_key, Redirect.article_id == article.id)
    )


def _leave(path_key: str | None, article: Article, now: datetime) -> None:
    """Leads from an address, if it had one, to the article, wherever that is, unless that is so already."""
    with db.session.no_autoflush:
        if path_key is not None and redirects.at(path_key) is None:
            db.session.add(Redirect(path_key=path_key, article_id=article.id, created_at=now))


def _refuse_taken(path_key: str, article: Article) -> None:
    with db.session.no_autoflush:
        led = redirects.at(path_key)
    if led is not None and led.article is None:
        raise AddressTaken(
            "A redirect has this address. Choose another, or delete it.", field="path"
        )
    holder = _holder(path_key)
    if holder is not None and holder is not article:
        raise AddressTaken(
            f"“{holder.title}” has this address or had it. Choose another.", field="path"
        )


def _is_free(path_key: str, article: Article) -> bool:
    with db.session.no_autoflush:
        led = redirects.at(path_key)
    is_led = led is not None and led.article is None
    return not is_led and _holder(path_key) in (None, article)


def _holder(path_key: str) -> Article | None:
    """The article that has this address, or that is found by it through a redirect."""
    with db.session.no_autoflush:
        return db.session.scalar(
            sa.select(Article).where(Article.path_key == path_key)
        ) or db.session.scalar(
            sa.select(Article)
            .join(Redirect, Redirect.article_id == Article.id)
            .where(Redirect.path_key == path_key, Redirect.query == "")
        )
