"""Finding articles by their words, in an index that each engine keeps for it: docs/adr/0032.

The index follows what stands in the table: whatever stores an article's texts writes its words too, in the
same transaction, and whatever deletes the article deletes them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper

from newsite.articles.models import Article
from newsite.db import db
from newsite.paging import past_index
from newsite.text import folded_words, plain

MAX_TERMS = 10  # of a search; more find nothing but a text that was copied
PREFIX_CHARS = 3  # a word of so many letters finds longer ones that begin with it
SEARCHED = 2_000  # articles with common words that a list goes through, the newest
MAX_BYTES = 400_000  # of an article's words together: PostgreSQL holds a million
STEP = 200  # articles whose words are written before the next commit
TEXTS = ("title", "standfirst", "byline", "path", "body_html")

_ARTICLES = cast(sa.Table, Article.__table__)
_TRIGGER = "articles_fts_deleted"  # SQLite's: a virtual table has no foreign keys
_PUT = {
    "sqlite": "INSERT INTO articles_fts (rowid, title, words) VALUES (:id, :title, :words)",
    "postgresql": (
        "INSERT INTO articles_fts (article_id, title, words) VALUES (:id, "
        "array_to_tsvector(string_to_array(:title, ' ')), array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}


class Step(NamedTuple):
    """What was written of the index so far."""

    last: int  # id of an article
    articles: int


def find(asked: str, *conditions: sa.ColumnElement[bool], limit: int) -> list[Article]:
    """The newest articles with all these words, first those that have them in the title.

    A condition says who is asking: all that readers may see, or what somebody at the desk may.
    """
    terms = _terms(asked)
    if not terms:
        return []
    table = _index(db.engine.dialect.name)
    found: list[Article] = []
    for has_words in _matching(terms):
        query = sa.select(Article).join(table, table.c.id == Article.id)
        query = query.where(has_words, *conditions).order_by(_newest(table)).limit(limit)
        found += db.session.scalars(query)
    return list(dict.fromkeys(found))[:limit]


def ids(asked: str) -> sa.Select[int]:
    """The ids of the newest SEARCHED articles with all these words."""
    table, terms = _index(db.engine.dialect.name), _terms(asked)
    has_words = list(_matching(terms))[1] if terms else sa.false()  # those of the title too
    return sa.select(table.c.id).where(has_words).order_by(_newest(table)).limit(SEARCHED)


def rebuild_after(connection: Connection, last: int) -> Step | None:
    """Writes the words of the next few articles after this id anew; after all, forgets those that are gone: None.

    Whoever saves one of them waits until the transaction ends.
    """
    ids = sa.select(_ARTICLES.c.id).where(_ARTICLES.c.id > last).order_by(_ARTICLES.c.id)
    # Locked: words that are saved meanwhile would be overwritten by the older ones that were read here.
    found = connection.scalars(ids.limit(STEP).with_for_update(key_share=True)).all()
    if not found:
        table = _index(connection.dialect.name)
        gone = table.c.id.not_in(sa.select(_ARTICLES.c.id))
        connection.execute(sa.delete(table).where(gone))
        return None
    _put(connection, found)
    return Step(found[-1], len(found))


def rebuild(connection: Connection) -> None:
    """Writes the words of all articles anew, in the connection's transaction."""
    last = 0
    while step := rebuild_after(connection, last):
        last = step.last


def wrong(connection: Connection) -> int:
    """How many articles are not in the index, and how many in it are gone. Their words are not compared."""
    known = _index(connection.dialect.name).c.id
    lost = sa.select(_ARTICLES.c.id).where(~sa.exists().where(known == _ARTICLES.c.id))
    gone = sa.select(known).where(known.not_in(sa.select(_ARTICLES.c.id)))
    counts = (sa.select(sa.func.count()).select_from(one.subquery()) for one in (lost, gone))
    return sum(connection.scalar(count) or 0 for count in counts)


def is_followed(connection: Connection) -> bool:
    """Whether the index hears of articles that are deleted: on SQLite a table made anew loses its triggers."""
    if connection.dialect.name != "sqlite":
        return True
    query = sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    return bool(connection.scalar(query, {"name": _TRIGGER}))


@event.listens_for(Article, "after_insert")
def _inserted(mapper: Mapper[Any], connection: Connection, article: Article) -> None:
    _put(connection, [article.id])


@event.listens_for(Article, "after_update")
def _updated(mapper: Mapper[Any], connection: Connection, article: Article) -> None:
    attributes = sa.inspect(article).attrs
    if any(attributes[name].history.has_changes() for name in TEXTS):
        _put(connection, [article.id])


def _put(connection: Connection, ids: Sequence[int]) -> None:
    """Writes the words of these articles as they stand in the table."""
    columns = (_ARTICLES.c[name] for name in TEXTS)
    rows = connection.execute(sa.select(_ARTICLES.c.id, *columns).where(_ARTICLES.c.id.in_(ids)))
    words = [_row(row) for row in rows]
    table = _index(connection.dialect.name)
    connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
    connection.execute(sa.text(_PUT[connection.dialect.name]), words)


def _row(row: sa.Row[Any]) -> dict[str, object]:
    texts = (row.title, row.standfirst, row.byline, row.path or "", plain(row.body_html))
    return {"id": row.id, "title": _kept(row.title), "words": _kept("\n".join(texts))}


def _kept(text: str) -> str:
    """The different words of a text, as far as there is room, with spaces between them."""
    words = " ".join(folded_words(text))
    if len(words) * 4 <= MAX_BYTES:  # no letter has more bytes
        return words
    return words.encode()[:MAX_BYTES].decode(errors="ignore").rpartition(" ")[0]


def _index(engine: str) -> sa.TableClause:
    """The index as this engine has it, with the article's id as `id`."""
    column: sa.ColumnClause[int] = sa.column(
        "rowid" if engine == "sqlite" else "article_id", sa.Integer
    )
    column.key = "id"
    return sa.table("articles_fts", column)


def _terms(asked: str) -> list[str]:
    return folded_words(asked)[:MAX_TERMS]


def _newest(table: sa.TableClause) -> sa.ColumnElement[Any]:
    # PostgreSQL takes a rare word for a common one, and would look for it in article after article.
    is_led = db.engine.dialect.name == "postgresql"
    return (past_index(table.c.id) if is_led else table.c.id).desc()


def _matching(terms: Sequence[str]) -> Iterator[sa.ColumnElement[bool]]:
    """What asks for all of the terms, in the title and anywhere.

    They are letters and digits alone: no sign in them means anything to an engine.
    """
    engine = db.engine.dialect.name
    if engine == "sqlite":
        asked = " AND ".join(f'"{term}"{"*" if _is_prefix(term) else ""}' for term in terms)
        match = sa.literal_column("articles_fts").op("MATCH", is_comparison=True)
        yield from (match(f"{name} : ({asked})") for name in ("title", "words"))
        return
    asked = " & ".join(f"'{term}'{':*' if _is_prefix(term) else ''}" for term in terms)
    query = sa.cast(sa.literal(asked), _tsquery())
    for name in ("title", "words"):
        yield sa.literal_column(f"articles_fts.{name}").op("@@", is_comparison=True)(query)


def _tsquery() -> Any:
    # Here, since a site on SQLite would carry 5 MB for nothing.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.TSQUERY()


def _is_prefix(term: str) -> bool:
    return len(term) >= PREFIX_CHARS
