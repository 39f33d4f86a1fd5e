"""Reading articles and what orders them. A public query takes `now`: what is scheduled is not there yet."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload, undefer

from newsite.articles import months, redirects, renaming, walks
from newsite.articles.models import (
    Article,
    Contributor,
    Credit,
    Redirect,
    Revision,
    RevisionKind,
    Section,
    State,
    Tag,
    article_tags,
)
from newsite.articles.paths import key
from newsite.articles.printed import Text
from newsite.db import db
from newsite.paging import Cursor, Page, cut

PAGE_SIZE = 20  # articles on a page of a list
MOST_STICKY = 50  # with an end: more of them at once are no top of a page


def by_path(path: str) -> Article | None:
    """The article at `path` in any way of writing it, whatever its state; body, section, tags, credits loaded."""
    query = _whole().where(Article.path_key == key(path))
    return db.session.scalar(query)


def by_id(article_id: int) -> Article | None:
    """The article with this id, whatever its state; body, section, tags and credits loaded."""
    return db.session.scalar(_whole().where(Article.id == article_id))


def without_text(article_id: int) -> Article | None:
    """The article with this id, whatever its state; text, section, tags and credits are loaded when asked for."""
    return db.session.get(Article, article_id)


def redirect_from(path: str, query: str = "") -> Redirect | None:
    """Where an old address leads: to an article, which is loaded, or to another address."""
    return redirects.at(key(path), query)


def way_below(led: Redirect | None, rest: str, now: datetime) -> str | None:
    """Where `rest`, a feed, is, that was below an address of the past: below the section or the like there now."""
    return renaming.below(led.target, rest) if led and not is_hidden(led.target, now) else None


def is_hidden(target: str, now: datetime) -> bool:
    """Whether a redirect leads to a tag that no published article has, or to its feed: readers get neither."""
    path_key, _ = renaming.split(target.partition("?")[0]) or ("", "")
    if not path_key.startswith(f"/{renaming.ROOTS[Tag]}/"):
        return False
    there = tag(path_key.rpartition("/")[2])
    return there is None or not with_tag(there, now, limit=1).items


def sticky(now: datetime, limit: int) -> list[Article]:
    """Articles kept at the top of the front page, newest first; section and credits loaded.

    Those without an end and those whose end is yet to come are two short walks through one index:
    what was kept there once is not read.
    """
    listed = sa.select(Article.id).where(*walks.is_listed(now), Article.is_sticky.is_(True))
    lasting = walks.newest(listed.where(Article.sticky_until.is_(None))).limit(limit).subquery()
    ending = listed.where(Article.sticky_until > now).order_by(Article.sticky_until)
    ids = (sa.select(walk.c.id) for walk in (lasting, ending.limit(MOST_STICKY).subquery()))
    query = walks.loaded(sa.select(Article)).where(Article.id.in_(sa.union_all(*ids)))
    return list(db.session.scalars(walks.newest(query).limit(limit)))


def latest(now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE) -> Page[Article]:
    """The newest articles, newest first; section and credits loaded."""
    return walks.page(walks.articles(), now, before=before, limit=limit)


def in_section(
    section: Section, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """A section's articles, newest first; section and credits loaded."""
    query = walks.articles().where(Article.section_id == section.id)
    return walks.page(query, now, before=before, limit=limit)


def front_rows(now: datetime, size: int, sections: Sequence[Section]) -> dict[int, list[Article]]:
    """The newest `size` articles of each section, by the section's id, in one query.

    Section and credits loaded. One short index walk a section, joined by UNION ALL.
    """
    if not sections:
        return {}
    firsts = [
        sa.select(
            walks.newest(
                sa.select(Article.id).where(*walks.is_listed(now), Article.section_id == section.id)
            )
            .limit(size)
            .subquery()
            .c.id
        )
        for section in sections
    ]
    query = walks.newest(
        walks.loaded(sa.select(Article)).where(Article.id.in_(sa.union_all(*firsts)))
    )
    rows: dict[int, list[Article]] = {}
    for article in db.session.scalars(query):
        rows.setdefault(article.section_id or 0, []).append(article)
    return rows


def with_tag(
    tag: Tag, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """The articles with a tag, newest first; section and credits loaded."""
    row = article_tags.c
    query = walks.loaded(sa.select(Article)).join(article_tags, row.article_id == Article.id)
    query = query.where(row.tag_id == tag.id, Article.state == State.published)
    order = row.listed_at, row.article_id
    return walks.page(query, now, before=before, limit=limit, order=order)


def by_contributor(
    contributor: Contributor, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """The articles that a contributor's name stands over, newest first; section and credits loaded."""
    query = walks.loaded(sa.select(Article)).join(Credit, Credit.article_id == Article.id)
    query = query.where(Credit.contributor_id == contributor.id, Article.state == State.published)
    order = Credit.listed_at, Credit.article_id
    return walks.page(query, now, before=before, limit=limit, order=order)


def in_month(
    first_day: date,
    zone: ZoneInfo,
    now: datetime,
    *,
    before: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> Page[Article]:
    """The articles of one month in the site's zone, newest first; section and credits loaded."""
    begin, end = months.bounds(first_day, zone)
    last = end - timedelta(microseconds=1)  # the finest that both engines hold
    query = walks.articles().where(Article.published_at >= begin)
    return walks.page(query, min(now, last), before=before, limit=limit)


def from_the_archive(now: datetime) -> Article | None:
    """The newest article here that had appeared in an earlier year; section and credits loaded."""
    return db.session.scalar(walks.newest(walks.listed(now).where(Article.is_old_work)).limit(1))


def corrections(article: Text) -> list[Revision]:
    """An article's corrections, newest first."""
    query = sa.select(Revision).where(
        Revision.article_id == article.id, Revision.kind == RevisionKind.correction
    )
    return list(db.session.scalars(query.order_by(Revision.version.desc())))


def all_corrections(
    now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Revision]:
    """The corrections of everything that readers can see, newest first, each with its article."""
    query = (
        sa.select(Revision)
        .join(Revision.article)
        .options(contains_eager(Revision.article))
        .where(Revision.kind == RevisionKind.correction)
        .where(Article.state == State.published, Article.published_at <= now)
    )
    if before is not None:
        here = sa.tuple_(Revision.at, Revision.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    newest = query.order_by(Revision.at.desc(), Revision.id.desc()).limit(limit + 1)
    return cut(db.session.scalars(newest).all(), limit, lambda one: Cursor(one.at, one.id))


def sections() -> list[Section]:
    """All sections in the order of the front page."""
    return list(db.session.scalars(sa.select(Section).order_by(Section.position, Section.name)))


def section(slug: str) -> Section | None:
    """The section with this slug."""
    return db.session.scalar(sa.select(Section).where(Section.slug == slug))


def tag(slug: str) -> Tag | None:
    """The tag with this slug."""
    return db.session.scalar(sa.select(Tag).where(Tag.slug == slug))


def contributor(slug: str) -> Contributor | None:
    """The contributor with this slug."""
    return db.session.scalar(sa.select(Contributor).where(Contributor.slug == slug))


def _whole() -> sa.Select[Article]:
    return walks.loaded(sa.select(Article)).options(
        undefer(Article.body), undefer(Article.body_html), selectinload(Article.tags)
    )
