"""Pictures and files, drafts that save themselves, notes, what is withheld, redirects by hand, safer accounts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(20)


def upgrade() -> None:
    """Brings the database up."""
    _make_media()
    _change_articles()
    _make_what_articles_have()
    _change_accounts()
    for name, is_on in (
        ("shows_changes", sa.false()),
        ("counts_reads", sa.true()),
        ("requires_second_factor", sa.false()),
    ):
        _add("site", name, sa.Boolean(), is_on)


def _make_media() -> None:
    _table(
        "pictures",
        _column("sha256", sa.String()),
        _column("key", sa.String()),
        _column("format", WORD),
        _column("width", sa.Integer()),
        _column("height", sa.Integer()),
        _column("bytes", sa.Integer()),
        _column("name", sa.String()),
        _column("alt", sa.String()),
        _column("is_decorative", sa.Boolean()),
        _column("caption", sa.String()),
        _column("credit", sa.String()),
        _column("focal_x", sa.Integer()),
        _column("focal_y", sa.Integer()),
        _column("is_animated", sa.Boolean()),
        _column("created_by_id", sa.Integer(), nullable=True),
        _column("created_at", INSTANT),
        _key("pictures", "created_by_id", "users", "SET NULL"),
        *_unique("pictures", "sha256", "key"),
    )
    op.create_index("ix_pictures_newest", "pictures", ["created_at", "id"])
    _index("pictures", "created_by_id")
    _table(
        "renditions",
        _column("picture_id", sa.Integer()),
        _column("format", WORD),
        _column("width", sa.Integer()),
        _column("height", sa.Integer()),
        _column("bytes", sa.Integer()),
        _key("renditions", "picture_id", "pictures", "CASCADE"),
        sa.UniqueConstraint(
            "picture_id", "width", "format", name=op.f("uq_renditions_picture_id_width_format")
        ),
    )
    _table(
        "files",
        _column("sha256", sa.String()),
        _column("key", sa.String()),
        _column("name", sa.String()),
        _column("title", sa.String()),
        _column("media_type", sa.String()),
        _column("bytes", sa.Integer()),
        _column("created_by_id", sa.Integer(), nullable=True),
        _column("created_at", INSTANT),
        _key("files", "created_by_id", "users", "SET NULL"),
        *_unique("files", "sha256", "key"),
    )
    op.create_index("ix_files_newest", "files", ["created_at", "id"])
    _index("files", "created_by_id")


def _change_articles() -> None:
    with op.batch_alter_table("articles") as batch:
        batch.add_column(sa.Column("lead_picture_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_articles_lead_picture_id_pictures"),
            "pictures",
            ["lead_picture_id"],
            ["id"],
            ondelete="SET NULL",
        )
    _index("articles", "lead_picture_id")
    _add("articles", "is_noindex", sa.Boolean(), sa.false())
    _add("articles", "share_mark", sa.String(), "")
    _add("articles", "card", sa.String(), "")
    op.add_column("articles", sa.Column("trashed_at", INSTANT, nullable=True))
    op.execute("UPDATE articles SET trashed_at = saved_at WHERE state = 'trash'")
    with op.batch_alter_table("revisions") as batch:
        batch.add_column(
            sa.Column("withheld_reason", sa.String(), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("withheld_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("withheld_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_revisions_withheld_by_id_users"),
            "users",
            ["withheld_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
    _index("revisions", "withheld_by_id")
    with op.batch_alter_table("redirects") as batch:
        batch.alter_column("article_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("target", sa.String(), nullable=False, server_default=""))


def _make_what_articles_have() -> None:
    _table(
        "drafts",
        _column("user_id", sa.Integer()),
        _column("place", sa.String()),
        _column("article_id", sa.Integer(), nullable=True),
        _column("version", sa.Integer()),
        _column("fields", sa.JSON()),
        _column("saved_at", INSTANT),
        _key("drafts", "user_id", "users", "CASCADE"),
        _key("drafts", "article_id", "articles", "CASCADE"),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_drafts_user_id_place")),
    )
    _index("drafts", "article_id")
    op.create_table(
        "presences",
        _column("article_id", sa.Integer()),
        _column("user_id", sa.Integer()),
        _column("seen_at", INSTANT),
        _key("presences", "article_id", "articles", "CASCADE"),
        _key("presences", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "user_id", name=op.f("pk_presences")),
    )
    _index("presences", "user_id")
    _table(
        "notes",
        _column("article_id", sa.Integer()),
        _column("by_id", sa.Integer(), nullable=True),
        _column("words", sa.String()),
        _column("at", INSTANT),
        _column("settled_at", INSTANT, nullable=True),
        _column("settled_by_id", sa.Integer(), nullable=True),
        _key("notes", "article_id", "articles", "CASCADE"),
        _key("notes", "by_id", "users", "SET NULL"),
        _key("notes", "settled_by_id", "users", "SET NULL"),
    )
    for column in ("article_id", "by_id", "settled_by_id"):
        _index("notes", column)
    op.create_table(
        "picture_uses",
        _column("article_id", sa.Integer()),
        _column("picture_id", sa.Integer()),
        _key("picture_uses", "article_id", "articles", "CASCADE"),
        _key("picture_uses", "picture_id", "pictures", "CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "picture_id", name=op.f("pk_picture_uses")),
    )
    _index("picture_uses", "picture_id")
    op.create_table(
        "broken_links",
        _column("article_id", sa.Integer()),
        _column("address", sa.String()),
        _column("found_at", INSTANT),
        _key("broken_links", "article_id", "articles", "CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "address", name=op.f("pk_broken_links")),
    )
    op.create_table(
        "reads",
        _column("day", sa.Date()),
        _column("article_id", sa.Integer()),
        _column("count", sa.Integer()),
        _key("reads", "article_id", "articles", "CASCADE"),
        sa.PrimaryKeyConstraint("day", "article_id", name=op.f("pk_reads")),
    )
    _index("reads", "article_id")


def _change_accounts() -> None:
    _add("users", "totp_secret", sa.String(), "")
    op.add_column("users", sa.Column("totp_since", INSTANT, nullable=True))
    op.add_column("users", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("proved_at", INSTANT, nullable=True))
    op.execute("UPDATE sessions SET proved_at = created_at")
    _table(
        "recovery_codes",
        _column("user_id", sa.Integer()),
        _column("code_hash", sa.String()),
        _column("used_at", INSTANT, nullable=True),
        _key("recovery_codes", "user_id", "users", "CASCADE"),
    )
    _index("recovery_codes", "user_id")
    _table(
        "passkeys",
        _column("user_id", sa.Integer()),
        _column("credential_id", sa.String()),
        _column("public_key", sa.LargeBinary()),
        _column("sign_count", sa.Integer()),
        _column("name", sa.String()),
        _column("created_at", INSTANT),
        _column("last_used_at", INSTANT, nullable=True),
        _key("passkeys", "user_id", "users", "CASCADE"),
        *_unique("passkeys", "credential_id"),
    )
    _index("passkeys", "user_id")
    _table(
        "invitations",
        _column("email", sa.String()),
        _column("email_key", sa.String()),
        _column("name", sa.String()),
        _column("role", WORD),
        _column("token_hash", sa.String()),
        _column("invited_by_id", sa.Integer(), nullable=True),
        _column("created_at", INSTANT),
        _column("ends_at", INSTANT),
        _key("invitations", "invited_by_id", "users", "SET NULL"),
        *_unique("invitations", "email_key", "token_hash"),
    )
    _index("invitations", "invited_by_id")
    _index("invitations", "ends_at")


def _table(name: str, *parts: Any) -> None:
    """A table whose rows have numbers."""
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, sa.Column("id", sa.Integer(), nullable=False), *parts, key)


def _column(name: str, type_: Any, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=nullable)


def _add(table: str, name: str, type_: Any, default: Any) -> None:
    """A column that is never null; rows that are there get the default."""
    column = sa.Column(name, type_, nullable=False, server_default=default)
    op.add_column(table, column)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _unique(table: str, *columns: str) -> list[sa.UniqueConstraint]:
    return [sa.UniqueConstraint(one, name=op.f(f"uq_{table}_{one}")) for one in columns]


def _key(table: str, column: str, to: str, gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=gone)
