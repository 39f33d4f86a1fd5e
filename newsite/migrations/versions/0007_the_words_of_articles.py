"""The index that articles are found by: a table of search's own on each engine, filled from what is there."""

import html
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STEP = 500  # articles read at once
MOST_CHARS = 100  # of a word
MOST_BYTES = 400_000  # of an article's words together
INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)\b[^>]*>"
)
TAG = re.compile(r"<[^>]*>")
ALONE = (
    "\u2e80-\u303f\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"  # written without spaces
)
WORD = re.compile(f"[{ALONE}]|[^\\W_{ALONE}]+")


def upgrade() -> None:
    """Brings the database up."""
    if op.get_bind().dialect.name == "sqlite":
        # Words are folded and parted before they come here: this tokenizer only cuts at the spaces.
        op.execute("CREATE VIRTUAL TABLE articles_fts USING fts5(title, words, tokenize = 'ascii')")
        op.execute(
            "CREATE TRIGGER articles_fts_deleted AFTER DELETE ON articles "
            "BEGIN DELETE FROM articles_fts WHERE rowid = old.id; END"
        )
        put = "INSERT INTO articles_fts (rowid, title, words) VALUES (:id, :title, :words)"
    else:
        _make_on_postgresql()
        put = (
            "INSERT INTO articles_fts (article_id, title, words) VALUES (:id, "
            "array_to_tsvector(string_to_array(:title, ' ')), array_to_tsvector(string_to_array(:words, ' ')))"
        )
    _fill(op.get_bind(), sa.text(put))


def _make_on_postgresql() -> None:
    op.create_table(
        "articles_fts",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.TSVECTOR(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_articles_fts"),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_articles_fts_article_id_articles",
            ondelete="CASCADE",
        ),
    )
    # A list of what is not in the index yet would be read by every search, and make the index look dear.
    how: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
    for name in ("title", "words"):
        op.create_index(f"ix_articles_fts_{name}", "articles_fts", [name], **how)


def _fill(connection: sa.Connection, put: sa.TextClause) -> None:
    last = 0
    query = sa.text(
        "SELECT id, title, standfirst, byline, path, body_html FROM articles "
        "WHERE id > :last ORDER BY id LIMIT :step"
    )
    while rows := connection.execute(query, {"last": last, "step": STEP}).all():
        last = rows[-1].id
        connection.execute(put, [_row(row) for row in rows])


def _row(row: sa.Row[tuple[int, str, str, str, str | None, str]]) -> dict[str, object]:
    body = html.unescape(TAG.sub(" ", INLINE.sub("", row.body_html)))
    texts = (row.title, row.standfirst, row.byline, row.path or "", body)
    return {"id": row.id, "title": _words(row.title), "words": _words(" ".join(texts))}


def _words(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(letter for letter in apart if not unicodedata.combining(letter))
    found = WORD.findall(unicodedata.normalize("NFC", folded).casefold())
    kept, room = [], MOST_BYTES
    for word in dict.fromkeys(word[:MOST_CHARS] for word in found):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join(kept)
