"""A site of any size, the same at every run: articles over forty months, and replies as uneven as life's.

Texts go through the program's own functions, each distinct one once; rows are stored in bulk. Two articles
stand at addresses of their own, with the same neighbours at every size: one has 50 replies, one the most. So does
a page.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from benchmarks.replies import Text, prepared, rows_of_replies
from benchmarks.words import Words
from newsite import changes, demo
from newsite.accounts import actions as accounts
from newsite.accounts.models import Role
from newsite.articles import listing, paths, render, taxonomy
from newsite.articles.models import (
    Article,
    ContributorKind,
    Credit,
    Format,
    Kind,
    Label,
    Revision,
    RevisionKind,
    State,
    article_tags,
)
from newsite.comments import blocks
from newsite.comments.models import Comment, ModerationEntry
from newsite.db import Base, db
from newsite.sanitize import POLICY
from newsite.text import slugify, word_count
from newsite.web.context import reserved

VERSION = 3  # raised whenever the same size comes out else
FIFTY, MOST = "/measured/fifty-replies/", "/measured/most-replies/"
PAGE = "/measured/page/"
CORRECTED = 3  # the version that a correction made
END = datetime(2026, 11, 1, tzinfo=UTC)  # the newest article's time
PERIOD = timedelta(days=40 * 30)
SECTIONS, TAGS, CONTRIBUTORS = 8, 300, 40  # each contributor fills a page at every size
BODIES, REPLY_TEXTS = 200, 997  # distinct ones, each cleaned once
REPLY_CHARS = 220  # on average
MOST_REPLIES = 10_000
BATCH = 5_000  # rows at once
FIFTY_FROM_END, MOST_FROM_END = 25, 40  # places from the newest article
T = TypeVar("T")


class Size(NamedTuple):
    """How much a site holds."""

    articles: int
    replies: int

    def __str__(self) -> str:
        """The size as it stands in a table."""
        return f"{self.articles:,} articles, {self.replies:,} replies"


class _Things(NamedTuple):
    """What articles are made of; ids of rows that stand."""

    words: Words
    bodies: list[tuple[str, str, int]]  # as written, as HTML, words
    sections: list[int]
    tags: list[int]
    contributors: list[int]


def fill(size: Size, seed: int = 1) -> None:
    """Fills the current app's empty, upgraded database, and commits."""
    words = Words(seed)
    site = demo.found(now=END - PERIOD, reserved=reserved())
    site.name, site.tagline = "The Measured Paper", "Paper of the benchmarks"
    site.shows_changes = True
    editor = accounts.create_user(
        email="edith@example.org",
        name="Edith",
        role=Role.editor,
        password=words.text(40),
        now=END - PERIOD,
    )
    things = _things(words)
    db.session.commit()
    counts = reply_counts(size, words)
    first = (db.session.scalar(sa.select(sa.func.max(Article.id))) or 0) + 1
    texts = [Text.of(words.text(REPLY_CHARS)) for _ in range(REPLY_TEXTS)]
    numbers, look = itertools.count(1), blocks.look(site)
    for part in _batched(range(size.articles), BATCH // 5):
        rows = [_article(first + at, at, size, things) for at in part]
        replies = [
            reply
            for at, row in zip(part, rows, strict=True)
            for reply in rows_of_replies(row, counts[at], texts, numbers, by_id=editor.id)
        ]
        _store_articles(rows, things)
        _store(Comment.__table__, (prepared(reply.row, look) for reply in replies))
        _store(ModerationEntry.__table__, (one for reply in replies for one in reply.entries))
        db.session.commit()
    _store_articles([_page(first + size.articles, size, things)], things)
    listing.keep_all(site)
    changes.touch(changes.SITE, changes.FRONT, changes.CORRECTIONS)
    db.session.commit()
    _settle()


def reply_counts(size: Size, words: Words) -> list[int]:
    """How many replies each article has, by its place: a few have most of them, as a rank's inverse."""
    ranks = range(1, size.articles + 1)
    low, high = 0.0, float(size.replies * 2)
    for _ in range(60):
        middle = (low + high) / 2
        total = sum(min(MOST_REPLIES, int(middle / rank)) for rank in ranks)
        low, high = (middle, high) if total <= size.replies else (low, middle)
    counts = [min(MOST_REPLIES, int(low / rank)) for rank in ranks]
    most = counts.pop(0)
    words.random.shuffle(counts)
    counts.insert(size.articles - MOST_FROM_END, most)
    counts[size.articles - FIFTY_FROM_END] = 50
    return counts


def _things(words: Words) -> _Things:
    sections = [
        taxonomy.save_section(
            None, name=words.words(1 + at % 2) + f" {at}", slug="", description=""
        )
        for at in range(SECTIONS)
    ]
    tags = taxonomy.tags(f"{words.words(2)} {at}" for at in range(TAGS))
    people = [
        taxonomy.save_contributor(
            None, name=f"{words.name()} {at}", slug="", kind=ContributorKind.person, about=""
        )
        for at in range(CONTRIBUTORS)
    ]
    db.session.flush()
    written = [words.body() for _ in range(BODIES)]
    html = [render.body_html(body, Format.markdown) for body in written]
    bodies = [(body, made, word_count(made)) for body, made in zip(written, html, strict=True)]
    ids = [[one.id for one in group] for group in (sections, tags, people)]
    return _Things(words, bodies, *ids)


def _article(article_id: int, at: int, size: Size, things: _Things) -> dict[str, Any]:
    """One article's row; the newest is the last."""
    published = END - PERIOD * (size.articles - 1 - at) / size.articles
    body, html, words = things.bodies[at % BODIES]
    title = things.words.words(6)
    path = f"/{published:%Y/%m}/{slugify(title, 'article')}-{article_id}/"
    from_end = size.articles - at
    path = {FIFTY_FROM_END: FIFTY, MOST_FROM_END: MOST}.get(from_end, path)
    is_old, is_corrected = at % 20 == 7, at % 40 == 9  # never the two that are measured
    return {
        "id": article_id,
        "kind": Kind.article,
        "state": State.published,
        "version": CORRECTED if is_corrected else 2,
        "path": path,
        "path_key": paths.key(path),
        "title": title,
        "standfirst": things.words.text(60),
        "body": body,
        "body_format": Format.markdown,
        "body_html": html,
        "body_policy": POLICY,
        "words": words,
        "byline": "",
        "label": Label.news,
        "section_id": things.sections[at % SECTIONS],
        "first_published": date(2015, 1 + at % 12, 1 + at % 28) if is_old else None,
        "published_at": published,
        "updated_at": published + timedelta(days=1) if is_corrected else None,
        "is_old_work": is_old,
        "reply_count": 0,  # `rows_of_replies` counts
        "created_at": published,
        "saved_at": published,
    }


def _page(article_id: int, size: Size, things: _Things) -> dict[str, Any]:
    """A page beside the lists, as old as the site."""
    row = _article(article_id, 0, size, things)
    return row | {"kind": Kind.page, "path": PAGE, "path_key": paths.key(PAGE)}


def _store_articles(rows: list[dict[str, Any]], things: _Things) -> None:
    _store(Article.__table__, rows)
    _store(Revision.__table__, (one for row in rows for one in _revisions(row)))
    rng = things.words.random
    weights = list(itertools.accumulate(1 / rank for rank in range(1, TAGS + 1)))
    tags, credited = [], []
    for row in rows:
        drawn = rng.choices(things.tags, cum_weights=weights, k=6)
        tags += [{"article_id": row["id"], "tag_id": tag} for tag in list(dict.fromkeys(drawn))[:3]]
        names = rng.sample(things.contributors, 1 + row["id"] % 2)
        credited += [
            {"article_id": row["id"], "contributor_id": name, "position": position}
            for position, name in enumerate(names)
        ]
    _store(article_tags, tags)
    _store(Credit.__table__, credited)


def _revisions(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = ("title", "standfirst", "body", "body_format", "byline")
    common = {name: row[name] for name in names} | {"article_id": row["id"]}
    yield common | {"version": 1, "kind": RevisionKind.draft, "note": "", "at": row["created_at"]}
    if row["updated_at"]:
        note = "The first version had the wrong day. It is right now."
        kind = RevisionKind.correction
        yield common | {"version": CORRECTED, "kind": kind, "note": note, "at": row["updated_at"]}


def _store(table: sa.FromClause, rows: Any) -> None:
    assert isinstance(table, sa.Table)
    for batch in _batched(rows, BATCH):
        db.session.execute(sa.insert(table), batch)


def _batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def _settle() -> None:
    """PostgreSQL: its counters go on after the ids that were given, and its planner knows the tables."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and table.name not in ("site", "change_counter"):
            sequence = sa.func.pg_get_serial_sequence(table.name, "id")
            latest = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 1)).scalar_subquery()
            db.session.execute(sa.select(sa.func.setval(sequence, latest)))
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
