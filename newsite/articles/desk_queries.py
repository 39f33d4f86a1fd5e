"""Reading articles for the people who write them: whatever their state, last saved first."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from newsite.accounts.models import User
from newsite.articles import search
from newsite.articles.models import (
    Article,
    Contributor,
    Credit,
    Kind,
    Revision,
    Section,
    State,
    Tag,
    article_tags,
)
from newsite.db import db, has_words
from newsite.paging import Cursor, Page, cut, past_index

PAGE_SIZE = 30
COUNTED = 1_000  # enough to know; beyond, a count would read the whole index
SHOWN_NAMES = 200  # tags or contributors on a page; more are found by searching
Thing = TypeVar("Thing", Section, Tag, Contributor)
Named = TypeVar("Named", Tag, Contributor)


class Shelf(enum.StrEnum):
    """Where the desk keeps an article: its state, with what is scheduled apart from what is out."""

    draft = "draft"
    review = "review"
    scheduled = "scheduled"
    published = "published"
    withdrawn = "withdrawn"
    trash = "trash"


@dataclass(frozen=True)
class Asked:
    """Which articles somebody wants to see; None and "" leave nothing out, but the trash where nothing is sought."""

    shelf: Shelf | None = None
    kind: Kind | None = None
    section: int | None = None  # id
    writer: int | None = None  # id of who began it
    reader: int | None = None  # id of who sees what they began, and what is out
    words: str = ""  # somewhere in the title
    sought: str = ""  # in the title or any text, as the search finds them


@dataclass(frozen=True)
class Counted(Generic[Thing]):
    """A section, tag or contributor, and how many articles it has, in whatever state; COUNTED stands for more too."""

    thing: Thing
    count: int

    @property
    def has_more(self) -> bool:
        """Whether it may have more than were counted."""
        return self.count == COUNTED


def listed(
    asked: Asked, *, now: datetime, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> Page[Article]:
    """The articles asked for, last saved first; section, writer and credits loaded."""
    saved_at = past_index(Article.saved_at) if asked.sought else Article.saved_at
    query = (
        sa.select(Article)
        .where(*_matches(asked, now))
        .order_by(saved_at.desc(), Article.id.desc())
        .options(
            joinedload(Article.section),
            joinedload(Article.created_by),
            selectinload(Article.credits),
        )
    )
    if before is not None:
        here = sa.tuple_(saved_at, Article.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    rows = db.session.scalars(query.limit(limit + 1)).all()
    return cut(rows, limit, lambda article: Cursor(article.saved_at, article.id))


def seen_by(writer: int, now: datetime) -> sa.ColumnElement[bool]:
    """That a writer sees an article: it is theirs, or out."""
    return (Article.created_by_id == writer) | _on_shelf(Shelf.published, now)


def counts(now: datetime, *, writer: int | None = None) -> dict[Shelf, int]:
    """How many articles and pages stand on each shelf; one writer's, if given. COUNTED stands for more too."""
    whose = () if writer is None else (Article.created_by_id == writer,)
    rows = (
        sa.select(sa.literal(1)).where(_on_shelf(shelf, now), *whose).limit(COUNTED).subquery()
        for shelf in Shelf
    )
    columns = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in rows]
    return dict(zip(Shelf, db.session.execute(sa.select(*columns)).one(), strict=True))


def in_review() -> int:
    """How many articles wait for an editor; COUNTED stands for more too."""
    rows = sa.select(sa.literal(1)).where(Article.state == State.review).limit(COUNTED).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def writers() -> list[User]:
    """Everybody who ever began an article, by name."""
    began = sa.exists().where(Article.created_by_id == User.id)
    return list(db.session.scalars(sa.select(User).where(began).order_by(User.name)))


def revisions(article: Article) -> list[Revision]:
    """All versions of an article, newest first, each with who saved it; without their texts."""
    query = sa.select(Revision).where(Revision.article_id == article.id)
    query = query.order_by(Revision.version.desc()).options(joinedload(Revision.by))
    return list(db.session.scalars(query))


def revision(article: Article, version: int) -> Revision | None:
    """One version of an article, with its text and who saved it."""
    return db.session.scalar(_whole(article).where(Revision.version == version))


def texts(article: Article) -> list[Revision]:
    """All versions of an article, newest first, with their texts."""
    query = _whole(article).order_by(Revision.version.desc())
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def last_revision(article: Article) -> Revision:
    """The version whose text the article has now, with who saved it."""
    query = _whole(article).order_by(Revision.version.desc()).limit(1)
    return db.session.scalars(query).one()


def sections() -> list[Counted[Section]]:
    """All sections in the order of the front page."""
    count = _count(Article.section_id == Section.id)
    query = sa.select(Section, count).order_by(Section.position, Section.name, Section.id)
    return [Counted(thing, number) for thing, number in db.session.execute(query)]


def tags(words: str = "", *, limit: int = SHOWN_NAMES) -> list[Counted[Tag]]:
    """The tags with these words in their name, by name; one more than `limit` if there are more."""
    return _named(Tag, words, _count(article_tags.c.tag_id == Tag.id), limit)


def contributors(words: str = "", *, limit: int = SHOWN_NAMES) -> list[Counted[Contributor]]:
    """The contributors with these words in their name, by name; one more than `limit` if there are more."""
    return _named(Contributor, words, _count(Credit.contributor_id == Contributor.id), limit)


def _named(
    model: type[Named], words: str, count: sa.ScalarSelect[int], limit: int
) -> list[Counted[Named]]:
    query = sa.select(model, count).where(has_words(words, model.name))
    query = query.order_by(sa.func.lower(model.name), model.id).limit(limit + 1)
    return [Counted(thing, number) for thing, number in db.session.execute(query)]


def _count(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many rows there are to one of the query around this, COUNTED at most."""
    around = (Section, Tag, Contributor)
    rows = sa.select(sa.literal(1)).where(condition).correlate(*around).limit(COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(rows).correlate(*around).scalar_subquery()


def _whole(article: Article) -> sa.Select[Revision]:
    """An article's versions, with text and writer."""
    return (
        sa.select(Revision)
        .where(Revision.article_id == article.id)
        .options(undefer(Revision.body), joinedload(Revision.by))
    )


def _matches(asked: Asked, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions that `asked` stands for."""
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.shelf is not None or not asked.sought:
        conditions.append(_on_shelf(asked.shelf, now))
    if asked.kind is not None:
        conditions.append(Article.kind == asked.kind)
    if asked.section is not None:
        conditions.append(Article.section_id == asked.section)
    if asked.writer is not None:
        conditions.append(Article.created_by_id == asked.writer)
    if asked.reader is not None:
        conditions.append(seen_by(asked.reader, now))
    if asked.words:
        conditions.append(has_words(asked.words, Article.title))
    if not asked.sought:
        return conditions
    # By the index of words: that of a shelf or a section could be walked to its end for nothing.
    fits = past_index(sa.and_(sa.true(), *conditions))
    return [Article.id.in_(search.ids(asked.sought)), fits]


def _on_shelf(shelf: Shelf | None, now: datetime) -> sa.ColumnElement[bool]:
    if shelf is None:
        return Article.state != State.trash
    if shelf is Shelf.scheduled:  # they are few, and found by their time
        waits = sa.select(Article.id).where(
            Article.kind.in_(Kind), Article.state == State.published, Article.published_at > now
        )
        return Article.id.in_(waits)
    if shelf is Shelf.published:
        return (Article.state == State.published) & (Article.published_at <= now)
    return Article.state == State(shelf.value)
