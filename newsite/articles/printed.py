"""Articles as a page prints them: plain values, read by a few statements that are built once.

To load them as objects that could be changed took most of the time of a page made anew
(docs/performance.md). A desk's preview has such an object, so what prints takes either: `Text`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsite.articles import walks
from newsite.articles.closing import have_closed
from newsite.articles.models import (
    Article,
    Contributor,
    ContributorKind,
    Credit,
    Kind,
    Label,
    Precision,
    Revision,
    RevisionKind,
    Section,
    State,
    Tag,
    article_tags,
    has_appeared,
)
from newsite.articles.paths import key
from newsite.db import MAX_ID, UTCDateTime, connection
from newsite.media import shown
from newsite.media.models import Picture
from newsite.media.shown import Columns, ShownPicture

RELATED = 3
RELATED_AMONG = 20  # of each tag: enough to find three that share most, however long the tag's list


class Named(NamedTuple):
    """A section or a tag."""

    id: int
    name: str
    slug: str


class Credited(NamedTuple):
    """A contributor in a byline."""

    id: int
    name: str
    slug: str
    kind: ContributorKind


@dataclass(frozen=True)
class Printed:
    """An article; its columns are those of `Article`. In lists it comes without text and tags."""

    id: int
    kind: Kind
    state: State
    path: str | None
    title: str
    standfirst: str
    byline: str
    label: Label
    first_published: date | None
    first_published_precision: Precision
    published_at: datetime | None
    updated_at: datetime | None
    source_name: str
    source_url: str
    source_is_original: bool
    is_noindex: bool
    replies_open: bool
    reply_count: int
    withdrawn_reason: str
    section: Named | None
    lead_picture: ShownPicture | None = None
    body_html: str = ""
    change_count: int = 0  # since it was published; of whole ones
    tags: Sequence[Named] = field(default=())
    contributors: Sequence[Credited] = field(default=())

    @property
    def section_id(self) -> int | None:
        """The id of its section."""
        return self.section.id if self.section else None

    def is_public(self, now: datetime) -> bool:
        """Whether readers may see it at `now`."""
        return has_appeared(self.state, self.published_at, now)

    def is_scheduled(self, now: datetime) -> bool:
        """Whether it will appear by itself after `now`."""
        return self.state is State.published and not self.is_public(now)

    def takes_replies(self, now: datetime, close_days: int | None) -> bool:
        """Whether readers may reply to it at `now`; `close_days` is the site's `replies_close_days`."""
        is_over = have_closed(self.published_at, close_days, now)
        return self.replies_open and self.is_public(now) and not is_over


Text = Article | Printed
_NAMES = [
    name
    for name in Printed.__dataclass_fields__
    if name not in ("section", "lead_picture", "body_html", "change_count", "tags", "contributors")
]
_IS_TAG = -1  # in place of a place in the byline
_SECTION = [Section.id, Section.name, Section.slug]
_BEFORE_PICTURE = len(_NAMES) + len(_SECTION)


def by_path(path: str) -> Printed | None:
    """The article at `path` in any way of writing it, whatever its state; whole."""
    row = connection().execute(_at_path(), {"key": key(path)}).one_or_none()
    if row is None:
        return None
    tags: list[Named] = []
    contributors: list[Credited] = []
    for place, *columns in connection().execute(_names(), {"article": row.id}):
        if place == _IS_TAG:
            tags.append(Named(*columns[:3]))
        else:
            contributors.append(Credited(*columns))
    whole = {"body_html": row.body_html, "change_count": row.change_count}
    return _printed(row, **whole, tags=tags, contributors=contributors)


def neighbours(article: Text, now: datetime) -> tuple[Printed | None, Printed | None]:
    """The article before and the one after, in order of publication; without credits."""
    at = article.published_at
    if at is None:
        return None, None
    given: dict[str, Any] = {"at": at, "id": article.id, "now": now}
    given |= {"until": at, "last": article.id} if at <= now else {"until": now, "last": MAX_ID}
    found = [_printed(row) for row in connection().execute(_beside(), given)]
    sides = {(one.published_at, one.id) < (at, article.id): one for one in found}
    return sides.get(True), sides.get(False)


def related(article: Text, now: datetime, limit: int = RELATED) -> list[Printed]:
    """Articles that share the most tags with this one; where tags tie or lack, newest of its section first.

    Of each tag, its newest RELATED_AMONG are looked at.
    """
    given: dict[str, Any] = {"own": article.id, "now": now, "limit": limit}
    tags: Sequence[Tag | Named] = article.tags
    given |= {f"tag{at}": tag.id for at, tag in enumerate(tags)}
    if not tags and article.section_id is not None:
        given["section"] = article.section_id
    query = _sharing(len(tags)) if tags else _in_section("section" in given)
    rows = connection().execute(query, given).all()
    credited = _credits([row.id for row in rows])
    return [_printed(row, contributors=credited.get(row.id, ())) for row in rows]


def _printed(row: sa.Row[Any], **more: Any) -> Printed:
    plain = dict(zip(_NAMES, row, strict=False))
    section = row[len(_NAMES) : _BEFORE_PICTURE]
    picture = shown.of(row[_BEFORE_PICTURE : _BEFORE_PICTURE + len(Columns._fields)])
    more["section"] = None if section[0] is None else Named(*section)
    return Printed(**plain, lead_picture=picture, **more)


def _credits(ids: list[int]) -> dict[int, list[Credited]]:
    """Who stands in the bylines of these articles, in their order."""
    credited: dict[int, list[Credited]] = {}
    for row in connection().execute(_credited(), {"articles": ids}) if ids else ():
        credited.setdefault(row[0], []).append(Credited(*row[1:]))
    return credited


# Each statement is built once: that takes longer than to run it.


def _articles() -> sa.Select[Any]:
    columns = [column.label(f"section_{column.key}") for column in _SECTION]
    plain = (getattr(Article, name) for name in _NAMES)
    query = sa.select(*plain, *columns, *shown.columns())
    query = query.outerjoin(Section, Section.id == Article.section_id)
    return query.outerjoin(Picture, Picture.id == Article.lead_picture_id)


@cache
def _at_path() -> sa.Select[Any]:
    changed = sa.select(sa.func.count()).where(
        Revision.article_id == Article.id, Revision.kind != RevisionKind.draft
    )
    count = changed.correlate(Article).scalar_subquery().label("change_count")
    query = _articles().add_columns(Article.body_html, count)
    return query.where(Article.path_key == sa.bindparam("key"))


@cache
def _names() -> sa.CompoundSelect[Any]:
    """The tags and contributors of `article`, each in their order, in one statement."""
    article = sa.bindparam("article", type_=sa.Integer())
    who = Contributor.id, Contributor.name, Contributor.slug, Contributor.kind
    people = sa.select(Credit.position.label("place"), *who).join(Credit)
    tags = sa.select(sa.literal(_IS_TAG), Tag.id, Tag.name, Tag.slug, sa.null()).join(article_tags)
    both: sa.CompoundSelect[Any] = sa.union_all(
        people.where(Credit.article_id == article), tags.where(article_tags.c.article_id == article)
    )
    return both.order_by("place", "name")


@cache
def _credited() -> sa.Select[int, int, str, str, ContributorKind]:
    columns = Contributor.id, Contributor.name, Contributor.slug, Contributor.kind
    query = sa.select(Credit.article_id, *columns).join(Contributor)
    query = query.where(Credit.article_id.in_(sa.bindparam("articles", expanding=True)))
    return query.order_by(Credit.article_id, Credit.position)


@cache
def _beside() -> sa.Select[Any]:
    """The nearest articles before `until` and `last`, and after `at` and `id`."""
    at, until, now = (sa.bindparam(name, type_=UTCDateTime()) for name in ("at", "until", "now"))
    number, last = (sa.bindparam(name, type_=sa.Integer()) for name in ("id", "last"))
    here, place = sa.tuple_(*walks.ORDER), sa.tuple_(at, number)
    listed = sa.select(Article.id).where(*walks.IS_ARTICLE)
    earlier = walks.newest(listed.where(here < sa.tuple_(until, last))).limit(1).subquery()
    later = listed.where(here > place, Article.published_at <= now).order_by(*walks.ORDER)
    ids = (sa.select(side.c.id) for side in (earlier, later.limit(1).subquery()))
    return walks.newest(_articles().where(Article.id.in_(sa.union_all(*ids))))


@cache
def _in_section(is_in_one: bool) -> sa.Select[Any]:
    """The newest articles of `section` but `own`; of those in no section, without it."""
    section = sa.bindparam("section", type_=sa.Integer()) if is_in_one else None
    now = sa.bindparam("now", type_=UTCDateTime())
    query = _articles().where(
        *walks.IS_ARTICLE,
        Article.published_at <= now,
        Article.id != sa.bindparam("own"),
        Article.section_id == section,
    )
    return walks.newest(query).limit(sa.bindparam("limit", type_=sa.Integer()))


@cache  # for each number of tags
def _sharing(tags: int) -> sa.Select[Any]:
    """The articles that share most of `tag0`, `tag1` and so on with `own`."""
    near = sa.union_all(*(_newest_with(f"tag{at}") for at in range(tags))).subquery()
    shared = (
        sa.select(near.c.article_id, near.c.listed_at, sa.func.count().label("tags"))
        .group_by(near.c.article_id, near.c.listed_at)
        .order_by(sa.desc("tags"), near.c.listed_at.desc(), near.c.article_id.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer()))
        .subquery()
    )
    query = _articles().join(shared, shared.c.article_id == Article.id)
    query = query.where(Article.state == State.published)
    return query.order_by(
        shared.c.tags.desc(), shared.c.listed_at.desc(), shared.c.article_id.desc()
    )


def _newest_with(tag: str) -> sa.Select[int, datetime | None]:
    """The newest articles with the tag of this parameter but `own`: a short walk through an index."""
    row, now = article_tags.c, sa.bindparam("now", type_=UTCDateTime())
    walk = (
        sa.select(row.article_id, row.listed_at)
        .where(row.tag_id == sa.bindparam(tag), row.article_id != sa.bindparam("own"))
        .where(row.listed_at <= now)
        .order_by(row.listed_at.desc(), row.article_id.desc())
        .limit(RELATED_AMONG)
        .subquery()
    )
    return sa.select(walk.c.article_id, walk.c.listed_at)
