"""Rules for replies, what their writers may do with them, reports, bans, and mail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(20)


def upgrade() -> None:
    """Brings the database up. What stands on a page counts as approved when it was sent: nobody knows better."""
    for name, default in (("house_rules", ""), ("moderation_keys", ""), ("disallowed_keys", "")):
        _add("site", name, sa.String(), default)
    for name, is_on in (
        ("replies_hold_all", sa.false()),
        ("replies_hold_unknown", sa.true()),
        ("takes_reports", sa.true()),
    ):
        _add("site", name, sa.Boolean(), is_on)
    for name, number in (
        ("replies_max_links", "2"),
        ("replies_flood_seconds", "15"),
        ("replies_depth", "5"),
        ("replies_threads", "50"),
    ):
        _add("site", name, sa.Integer(), number)
    op.add_column("site", sa.Column("replies_close_days", sa.Integer(), nullable=True))
    _add("users", "reply_mail", WORD, "hourly")
    _add("moderation_entries", "note", sa.String(), "")
    _change_comments()
    _make_tables()


def _change_comments() -> None:
    instants = (
        "approved",
        "confirmed",
        "edited",
        "withdrawn",
        "erased",
        "told",
        "reported",
        "appealed",
    )
    for name in instants:
        op.add_column("comments", sa.Column(f"{name}_at", INSTANT, nullable=True))
    _add("comments", "follows", WORD, "nothing")
    _add("comments", "network", sa.String(), "")
    _add("comments", "appeal", sa.String(), "")
    _add("comments", "is_locked", sa.Boolean(), sa.false())
    op.execute("UPDATE comments SET approved_at = created_at WHERE status = 'approved'")
    for name, column, where in (
        ("ix_comments_follows", "article_id", "follows != 'nothing'"),
        ("ix_comments_reported", "reported_at", "reported_at IS NOT NULL"),
        ("ix_comments_appealed", "appealed_at", "appealed_at IS NOT NULL"),
        ("ix_comments_network", "network", "network != ''"),
    ):
        few = sa.text(where)
        op.create_index(name, "comments", [column, "id"], sqlite_where=few, postgresql_where=few)


def _make_tables() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        _key("reports", "comment_id", "comments", "CASCADE"),
        _key("reports", "settled_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("comment_id", "reporter", name=op.f("uq_reports_comment_id_reporter")),
    )
    op.create_index(op.f("ix_reports_created_at"), "reports", ["created_at"])
    op.create_index(op.f("ix_reports_settled_by_id"), "reports", ["settled_by_id"])
    op.create_table(
        "bans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        _key("bans", "created_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_bans_kind_value")),
    )
    op.create_index(op.f("ix_bans_created_by_id"), "bans", ["created_by_id"])
    op.create_index(op.f("ix_bans_ends_at"), "bans", ["ends_at"])
    op.create_table(
        "mail_troubles",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("given_up_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_troubles")),
    )
    op.create_table(
        "spent_tokens",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spent_tokens")),
    )
    op.create_index(op.f("ix_spent_tokens_ends_at"), "spent_tokens", ["ends_at"])


def _add(table: str, name: str, type_: Any, default: Any) -> None:
    """A column that is never null; rows that are there get the default."""
    column = sa.Column(name, type_, nullable=False, server_default=default)
    op.add_column(table, column)


def _key(table: str, column: str, to: str, gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=gone)
