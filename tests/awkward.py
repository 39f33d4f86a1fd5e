"""Rows of the kind that goes wrong when a site moves: in every table that an archive carries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from photographs import photograph

from newsite import audit
from newsite.accounts.models import Invitation, Passkey, RecoveryCode, Role, User
from newsite.articles import actions as articles
from newsite.articles.drafts import Draft
from newsite.articles.models import (
    Article,
    BrokenLink,
    Note,
    Presence,
    Reads,
    Redirect,
    SavedDraft,
)
from newsite.articles.paths import Reserved
from newsite.changes import ChangeCounter
from newsite.comments.models import (
    Ban,
    BanKind,
    Comment,
    ModerationEntry,
    Report,
    ReportReason,
    Status,
)
from newsite.comments.spam.models import SpamModel
from newsite.comments.spam.training import train
from newsite.db import db
from newsite.mail.models import MailTrouble
from newsite.media import actions as media
from newsite.media import documents, renditions
from newsite.outbox import Job
from newsite.site import queries as sites
from newsite.site.models import Logo
from newsite.tokens import SpentToken

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
WORDS = "“Fünf” \\n\n\u2028 é é 😀 \t\"'<&> \x7f\u200d"
BYTES = bytes(range(256)) * 3
PDF = b"%PDF-1.7\n" + BYTES + b"\n%%EOF\n"
PAYLOAD: dict[str, Any] = {
    "n": [0, -1, 2**63, 10**40, 1.5, 1e300, 0.1],
    "t": WORDS,
    "half": "\ud800",
    "": {"null": None, "b": [True, False, []]},
}


def awkward(reserved: Reserved) -> None:
    """Fills every table, and puts a picture and a PDF into an article; nothing may wait to be committed before.

    The caller commits.
    """
    pictured(reserved)
    article = db.session.scalars(sa.select(Article).order_by(Article.id)).first()
    user = db.session.scalars(sa.select(User).order_by(User.id)).first()
    assert article is not None
    assert user is not None
    article.standfirst = WORDS
    article.first_published = date(1848, 2, 21)
    article.sticky_until = LAST
    replied(article.id)
    db.session.add_all([*written(article.id, user.id), *known(user.id)])
    db.session.execute(sa.update(ChangeCounter).values(sequence=2**40))


def pictured(reserved: Reserved) -> None:
    """A picture in its sizes and a PDF, in an article; it commits."""
    taken = media.take_in(photograph("PNG", size=(48, 36)), "..\\gate.png", now=NOW)
    by = db.session.scalars(sa.select(User).order_by(User.id)).first()
    assert by is not None
    picture = media.add(taken, by=by, now=NOW)
    picture.name = picture.alt = picture.caption = picture.credit = WORDS
    picture.focal_x, picture.focal_y = 0, 100
    db.session.commit()
    assert renditions.make(picture.id)
    file = documents.take_in(PDF, "Protokoll Größe.pdf", WORDS, by=by, now=NOW)
    body = f'<figure data-picture="{picture.id}"></figure>\n\n[Minutes]({documents.address(file)})'
    around: dict[str, Any] = {"site": sites.the_site(), "reserved": reserved, "now": NOW}
    draft = Draft(title="With a picture", body=body, lead_picture_id=picture.id)
    articles.publish(articles.create(draft, by=None, **around), by=None, **around)
    db.session.commit()


def replied(article_id: int) -> None:
    """An answer whose parent has a larger number, as an import may make it; and what is said of it."""
    second = db.session.scalar(sa.select(sa.func.max(Comment.id))) or 0
    for number in (second + 1, second + 2):
        at = NOW + timedelta(microseconds=number)
        db.session.execute(sa.insert(Comment).values(**reply(number, article_id), created_at=at))
    child = sa.update(Comment).where(Comment.id == second + 1)
    db.session.execute(child.values(parent_id=second + 2))
    db.session.add_all(
        [
            ModerationEntry(comment_id=second + 1, new_status=Status.pending, at=NOW),
            Report(comment_id=second + 1, reason=ReportReason.other, words=WORDS, created_at=FIRST),
            Ban(kind=BanKind.name, value=WORDS, label=WORDS, created_at=NOW, ends_at=LAST),
        ]
    )


def written(article_id: int, user_id: int) -> list[Any]:
    """What is kept around an article."""
    return [
        Redirect(path_key="/alt/ö", query="p=12", article_id=article_id, created_at=NOW),
        SavedDraft(user_id=user_id, place="new ö", version=0, fields=PAYLOAD, saved_at=LAST),
        Presence(article_id=article_id, user_id=user_id, seen_at=FIRST),
        Note(article_id=article_id, by_id=user_id, words=WORDS, at=NOW, settled_at=LAST),
        BrokenLink(article_id=article_id, address=f"/{WORDS}", found_at=NOW),
        Reads(day=date(1, 1, 1), article_id=article_id, count=2**31 - 1),
    ]


def known(user_id: int) -> list[Any]:
    """What is kept around people, and what belongs to nobody."""
    theirs = {"email": "ö@example.org", "email_key": "ö@example.org", "name": WORDS}
    key = {"credential_id": "-_", "public_key": BYTES, "sign_count": 2**31 - 1, "name": WORDS}
    model = train([])
    return [
        RecoveryCode(user_id=user_id, code_hash="0" * 64),
        Passkey(user_id=user_id, created_at=NOW, **key),
        Invitation(role=Role.writer, token_hash="0", created_at=NOW, ends_at=LAST, **theirs),
        MailTrouble(address=WORDS, refusals=0, last_at=NOW),
        SpentToken(hash="0" * 64, ends_at=LAST),
        SpamModel(id=1, version=WORDS, honest=0, spam=0, tables=model.packed()),
        Job(kind="mail", key="awkward", payload=PAYLOAD, created_at=NOW, next_at=NOW),
        Logo(sha256="0" * 64, content=BYTES, width=1, height=1),
        audit.AuditEntry(at=NOW, user_name="", action="kept", subject=WORDS),
    ]


def reply(number: int, article_id: int) -> dict[str, Any]:
    """The columns of a reply that waits."""
    return {
        "id": number,
        "article_id": article_id,
        "depth": 1,
        "place": None,
        "author_name": "Zoë",
        "email": "zoe@example.org",
        "email_key": "zoe@example.org",
        "body": WORDS,
        "body_html": "<p>",
        "body_policy": 1,
        "fingerprint": f"awkward {number}",
    }
