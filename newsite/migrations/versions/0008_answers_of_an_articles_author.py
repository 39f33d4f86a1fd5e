"""Where an article's author answers its readers; and the same words again, by bytes in every locale."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the database up."""
    few = sa.text("user_id IS NOT NULL")
    op.create_index(
        "ix_comments_staff",
        "comments",
        ["article_id", "user_id", "place"],
        sqlite_where=few,
        postgresql_where=few,
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite compares bytes by itself
        op.alter_column("comments", "fingerprint", type_=sa.String(collation="C"))
