"""Giving an article its address, and leading readers of the old one to the new one."""

import itertools
from datetime import datetime

import sqlalchemy as sa

from newsite.articles import paths
from newsite.articles.models import Article, Kind, Redirect, State
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import AddressTaken, RuleBroken
from newsite.site.models import Site

PAGE_PATTERN = "/%slug%/"  # a page's address has no date


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


def free(article: Article, site: Site, reserved: Reserved, now: datetime) -> str:
    """The address that the site's pattern gives an article, numbered where it is taken. Only reads."""
    path = paths.from_pattern(
        PAGE_PATTERN if article.kind is Kind.page else site.path_pattern,
        title=article.title,
        day=(article.published_at or now).astimezone(site.zone).date(),
        section=article.section.slug if article.section else "",
        fallback=f"{article.kind}-{article.id or int(now.timestamp())}",
    )
    if reserved.holds(path):  # a number at its end would not help
        path = f"/{article.kind}{path}"
    candidates = itertools.chain([path], (paths.numbered(path, n) for n in itertools.count(2)))
    return next(
        candidate for candidate in candidates if _holder(paths.key(candidate)) in (None, article)
    )


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


def _move(article: Article, path: str, now: datetime) -> None:
    old, new = article.path_key, paths.key(path)
    article.path, article.path_key = path, new
    if old == new:
        return
    # The address is the article's own again, or its own for the first time.
    db.session.execute(
        sa.delete(Redirect).where(Redirect.path_key == new, Redirect.article_id == article.id)
    )
    if old is not None and article.state is not State.draft:  # what was announced is asked for
        db.session.add(Redirect(path_key=old, article_id=article.id, created_at=now))


def _refuse_taken(path_key: str, article: Article) -> None:
    holder = _holder(path_key)
    if holder is not None and holder is not article:
        raise AddressTaken(
            f"“{holder.title}” has this address or had it. Choose another.", field="path"
        )


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
