"""What the feeds of replies and the log of the desk are read from."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the database up."""
    newest = ["article_id", "is_on_page", "created_at", "id"]
    op.create_index("ix_comments_newest", "comments", newest)
    op.create_index("ix_audit_entries_newest", "audit_entries", ["at", "id"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "at", "id"])
    op.create_index("ix_audit_entries_person", "audit_entries", ["user_id", "at", "id"])
    for name in ("ix_audit_entries_at", "ix_audit_entries_user_id"):
        op.drop_index(name, table_name="audit_entries")
