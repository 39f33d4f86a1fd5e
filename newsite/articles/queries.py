"""Reading articles and what orders them. A public query takes `now`: what is scheduled is not there yet."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVarTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from newsite.articles.models import (
    Article,
    Contributor,
    Credit,
    Kind,
    Redirect,
    Revision,
    RevisionKind,
    Section,
    State,
    Tag,
    article_tags,
)
from newsite.articles.paths import key
from newsite.db import db
from newsite.paging import Cursor, Page, cut

PAGE_SIZE = 20  # articles on a page of a list
RELATED = 3
FEED_SIZE = 20
Columns = TypeVarTuple("Columns")


class Month(NamedTuple):
    """A month that has articles, and how many."""

    first_day: date
    articles: int


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


def redirect_from(path: str, query: str = "") -> Article | None:
    """The article that an old address leads to."""
    statement = (
        sa.select(Article)
        .join(Redirect, Redirect.article_id == Article.id)
        .where(Redirect.path_key == key(path), Redirect.query == query)
    )
    return db.session.scalar(statement)


def sticky(now: datetime, limit: int) -> list[Article]:
    """Articles kept at the top of the front page, newest first; section and credits loaded."""
    query = _listed(now).where(
        Article.is_sticky, (Article.sticky_until.is_(None)) | (Article.sticky_until > now)
    )
    return list(db.session.scalars(_newest(query).limit(limit)))


def latest(now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE) -> Page[Article]:
    """The newest articles, newest first; section and credits loaded."""
    return _page(_listed(now), before, limit)


def in_section(
    section: Section, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """A section's articles, newest first; section and credits loaded."""
    return _page(_listed(now).where(Article.section_id == section.id), before, limit)


def front_rows(now: datetime, size: int, sections: Sequence[Section]) -> dict[int, list[Article]]:
    """The newest `size` articles of each section, by the section's id, in one query.

    Section and credits loaded. One short index walk a section, joined by UNION ALL.
    """
    if not sections:
        return {}
    walks = [
        sa.select(
            _newest(sa.select(Article.id).where(*_is_listed(now), Article.section_id == section.id))
            .limit(size)
            .subquery()
            .c.id
        )
        for section in sections
    ]
    query = _newest(_loaded(sa.select(Article)).where(Article.id.in_(sa.union_all(*walks))))
    rows: dict[int, list[Article]] = {}
    for article in db.session.scalars(query):
        rows.setdefault(article.section_id or 0, []).append(article)
    return rows


def with_tag(
    tag: Tag, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """The articles with a tag, newest first; section and credits loaded."""
    query = _listed(now).join(article_tags).where(article_tags.c.tag_id == tag.id)
    return _page(query, before, limit)


def by_contributor(
    contributor: Contributor, now: datetime, *, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """The articles that a contributor's name stands over, newest first; section and credits loaded."""
    query = _listed(now).where(
        Article.id.in_(sa.select(Credit.article_id).where(Credit.contributor_id == contributor.id))
    )
    return _page(query, before, limit)


def in_month(
    first_day: date,
    zone: ZoneInfo,
    now: datetime,
    *,
    before: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> Page[Article]:
    """The articles of one month in the site's zone, newest first; section and credits loaded."""
    begin, end = month_bounds(first_day, zone)
    query = _listed(now).where(Article.published_at >= begin, Article.published_at < end)
    return _page(query, before, limit)


def months(zone: ZoneInfo, now: datetime) -> list[Month]:
    """The months that have articles, newest first."""
    instants = db.session.scalars(sa.select(Article.published_at).where(*_is_listed(now)))
    counts: dict[date, int] = {}
    for instant in instants:
        first = instant.astimezone(zone).date().replace(day=1)  # type: ignore[union-attr]
        counts[first] = counts.get(first, 0) + 1
    return [Month(first, count) for first, count in sorted(counts.items(), reverse=True)]


def months_beside(
    first_day: date, zone: ZoneInfo, now: datetime
) -> tuple[date | None, date | None]:
    """The months with articles that are nearest before and after this one."""
    begin, end = month_bounds(first_day, zone)
    listed = sa.select(Article.published_at).where(*_is_listed(now))
    before = db.session.scalar(
        listed.where(Article.published_at < begin).order_by(Article.published_at.desc()).limit(1)
    )
    after = db.session.scalar(
        listed.where(Article.published_at >= end).order_by(Article.published_at).limit(1)
    )
    earlier, later = (
        at.astimezone(zone).date().replace(day=1) if at else None for at in (before, after)
    )
    return earlier, later


def neighbours(article: Article, now: datetime) -> tuple[Article | None, Article | None]:
    """The article before and the one after, in order of publication."""
    place = sa.tuple_(sa.literal(article.published_at), sa.literal(article.id))
    here = sa.tuple_(Article.published_at, Article.id)
    listed = sa.select(Article.id).where(*_is_listed(now))
    before = _newest(listed.where(here < place)).limit(1).subquery()
    after = listed.where(here > place).order_by(Article.published_at, Article.id)
    ids = sa.union_all(sa.select(before.c.id), sa.select(after.limit(1).subquery().c.id))
    found = db.session.scalars(_newest(sa.select(Article).where(Article.id.in_(ids))))
    sides = {_order(one) < _order(article): one for one in found}
    return sides.get(True), sides.get(False)


def related(article: Article, now: datetime, limit: int = RELATED) -> list[Article]:
    """Articles that share the most tags with this one; where tags tie or lack, newest of its section first."""
    tag_ids = [tag.id for tag in article.tags]
    others = _listed(now).where(Article.id != article.id)
    if tag_ids:
        shared = (
            sa.select(article_tags.c.article_id, sa.func.count().label("count"))
            .where(article_tags.c.tag_id.in_(tag_ids))
            .group_by(article_tags.c.article_id)
            .subquery()
        )
        query = others.join(shared, shared.c.article_id == Article.id).order_by(
            shared.c.count.desc(), Article.published_at.desc(), Article.id.desc()
        )
    else:
        query = _newest(others.where(Article.section_id == article.section_id))
    return list(db.session.scalars(query.limit(limit)))


def from_the_archive(now: datetime) -> Article | None:
    """The newest article here that had appeared in an earlier year; section and credits loaded."""
    return db.session.scalar(_newest(_listed(now).where(Article.is_old_work)).limit(1))


def corrections(article: Article) -> list[Revision]:
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


def month_bounds(first_day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a month begins and ends in `zone`."""
    following = date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first_day, following))
    return begin, end


def place(article: Article) -> Cursor:
    """Where a published article stands in a list."""
    assert article.published_at is not None
    return Cursor(article.published_at, article.id)


def _order(article: Article) -> tuple[datetime | None, int]:
    return article.published_at, article.id


def _is_listed(now: datetime) -> tuple[Any, ...]:
    return (
        Article.kind == Kind.article,
        Article.state == State.published,
        Article.published_at <= now,
    )


def _loaded(query: sa.Select[Article]) -> sa.Select[Article]:
    return query.options(joinedload(Article.section), selectinload(Article.credits))


def _listed(now: datetime) -> sa.Select[Article]:
    return _loaded(sa.select(Article)).where(*_is_listed(now))


def _whole() -> sa.Select[Article]:
    return _loaded(sa.select(Article)).options(
        undefer(Article.body), undefer(Article.body_html), selectinload(Article.tags)
    )


def _newest(query: sa.Select[*Columns]) -> sa.Select[*Columns]:
    return query.order_by(Article.published_at.desc(), Article.id.desc())


def _page(query: sa.Select[Article], before: Cursor | None, limit: int) -> Page[Article]:
    if before is not None:
        here = sa.tuple_(Article.published_at, Article.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    rows = db.session.scalars(_newest(query).limit(limit + 1)).all()
    return cut(rows, limit, place)
