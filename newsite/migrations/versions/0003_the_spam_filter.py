"""The spam filter: what it was taught, what it made of that, and what it said of each reply."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the database up."""
    op.add_column("comments", sa.Column("spam_score", sa.Double(), nullable=True))
    op.create_index("ix_comments_likely_spam", "comments", ["status", "spam_score"])
    op.create_table(
        "spam_lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("buckets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_spam_lessons_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spam_lessons")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_spam_lessons_comment_id")),
        sa.UniqueConstraint("key", name=op.f("uq_spam_lessons_key")),
    )
    op.create_index("ix_spam_lessons_newest", "spam_lessons", ["is_spam", "id"])
    op.create_table(
        "spam_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("honest", sa.Integer(), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("tables", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_spam_model_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spam_model")),
    )
