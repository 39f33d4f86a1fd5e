"""What lists are read from, and the prepared blocks of replies."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Brings the database up. Blocks are left empty: pages make them until they are stored."""
    op.create_table(
        "months",
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("timezone", "first_day", name=op.f("pk_months")),
    )
    for table in ("articles", "article_tags", "credits"):
        op.add_column(table, sa.Column("listed_at", INSTANT, nullable=True))
    for name in ("block_html", "block_mark"):
        op.add_column("comments", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _fill()
    for name, table, columns in (
        ("ix_articles_listed", "articles", ["listed_at"]),
        (
            "ix_articles_sticky",
            "articles",
            ["is_sticky", "sticky_until", "kind", "state", "published_at", "id"],
        ),
        ("ix_articles_desk", "articles", ["saved_at", "id"]),
        ("ix_articles_desk_kind", "articles", ["kind", "saved_at", "id"]),
        ("ix_articles_desk_section", "articles", ["section_id", "saved_at", "id"]),
        ("ix_articles_desk_writer", "articles", ["created_by_id", "saved_at", "id"]),
        ("ix_articles_own", "articles", ["created_by_id", "state", "saved_at", "id"]),
        ("ix_article_tags_listing", "article_tags", ["tag_id", "listed_at", "article_id"]),
        ("ix_credits_listing", "credits", ["contributor_id", "listed_at", "article_id"]),
    ):
        op.create_index(name, table, columns)
    for name, table in (
        ("ix_articles_is_sticky", "articles"),
        ("ix_articles_created_by_id", "articles"),
        ("ix_article_tags_tag_id", "article_tags"),
        ("ix_credits_contributor_id", "credits"),
    ):
        op.drop_index(name, table_name=table)


def _fill() -> None:
    listed = "kind = 'article' AND state = 'published'"
    op.execute(sa.text(f"UPDATE articles SET listed_at = published_at WHERE {listed}"))  # noqa: S608
    theirs = "SELECT listed_at FROM articles WHERE articles.id = article_id"
    for table in ("article_tags", "credits"):
        op.execute(sa.text(f"UPDATE {table} SET listed_at = ({theirs})"))  # noqa: S608
    connection = op.get_bind()
    zone = connection.scalar(sa.text("SELECT timezone FROM site"))
    if zone is None:  # no site yet, so no article either
        return
    articles = sa.table("articles", sa.column("listed_at", INSTANT))
    instants = connection.scalars(
        sa.select(articles.c.listed_at).where(articles.c.listed_at.is_not(None))
    )
    months = Counter(_month(at, ZoneInfo(zone)) for at in instants)
    rows = [
        {"timezone": zone, "first_day": first_day, "articles": count}
        for first_day, count in sorted(months.items())
    ]
    kept = sa.table(
        "months",
        sa.column("timezone", sa.String()),
        sa.column("first_day", sa.Date()),
        sa.column("articles", sa.Integer()),
    )
    op.bulk_insert(kept, rows)


def _month(at: datetime, zone: ZoneInfo) -> object:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)  # SQLite gives it without
    return aware.astimezone(zone).date().replace(day=1)
