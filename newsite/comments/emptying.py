"""What is left of a reply when its writer's name, address or words go: at their wish, or after their time.

The caller commits, and says to readers and kept pages what changed.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsite import printing
from newsite.comments import blocks
from newsite.comments.models import Comment, Follows, Report
from newsite.comments.spam import learning
from newsite.db import db
from newsite.sanitize import POLICY
from newsite.site import queries as sites

# In place of a fingerprint, before the reply's id: a hash of a name and an address tells whoever tries them.
EMPTIED = "emptied:"
# What a reply without an address has in place of it. Nothing is confirmed by an address that is gone:
# else everybody of the same name would be known by none.
NO_ADDRESS: dict[str, Any] = {
    "email": "",
    "email_key": "",
    "website": "",
    "network": "",
    "confirmed_at": None,
    "follows": Follows.nothing,
    "told_at": None,
}


def unname(comment: Comment, *, now: datetime) -> None:
    """Takes the name and the address from a reply; its words stay."""
    _take_name(comment, now)
    _show_anew(comment)


def empty(comment: Comment, *, now: datetime) -> None:
    """Takes all that its writer gave from a reply that is on no page, or a gap there; its place stays.

    What readers reported of it, and its writer's appeal, goes along.
    """
    _take_name(comment, now)
    comment.body, comment.body_html, comment.body_policy = "", "", POLICY
    comment.appeal, comment.appealed_at, comment.reported_at = "", None, None
    db.session.execute(sa.delete(Report).where(Report.comment_id == comment.id))
    _show_anew(comment)


def _take_name(comment: Comment, now: datetime) -> None:
    for name, value in NO_ADDRESS.items():
        setattr(comment, name, value)
    words = printing.translations(sites.the_site().language)
    comment.author_name = printing.said(words, "Name removed")
    comment.fingerprint, comment.spam_score = f"{EMPTIED}{comment.id}", None
    for entry in comment.entries:
        # An editor's words may hold a name; so may the line of a list that was found, after the colon.
        entry.rule, entry.reason, entry.note = entry.rule.partition(":")[0], "", ""
    learning.forget(comment, now=now)


def _show_anew(comment: Comment) -> None:
    blocks.prepare(comment, blocks.look(sites.the_site()))
