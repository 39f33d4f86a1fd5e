"""Sites beside each other, each with a database and a data folder of its own, to be moved from one to the other."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from newsite import audit, demo, migrations
from newsite.articles.models import Article, Redirect
from newsite.backup import archive, restoring, seal, tables, writing
from newsite.backup.manifest import Manifest
from newsite.backup.restoring import Target
from newsite.backup.writing import Source
from newsite.changes import ChangeCounter
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.db import db
from newsite.outbox import Job
from newsite.site.models import Logo
from newsite.web.context import reserved

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = "“Fünf” \\n\n\u2028 é é 😀 \t\"'<&> \x7f\u200d"


@dataclass(frozen=True)
class Place:
    """One site: its app, its data folder and its secret."""

    app: Flask
    data: Path
    secret: str

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The app's context, with its connections closed at the end."""
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()

    def fill(self) -> None:
        """Gives the site the demo's paper, and rows that are hard to carry."""
        with self.inside():
            migrations.upgrade()
            demo.fill(now=NOW, reserved=reserved())
            db.session.commit()
            awkward()
            db.session.commit()

    def backup(self, path: Path, **given: Any) -> Manifest:
        """Writes an archive of the site."""
        keeps = given.pop("keeps_secret", True)
        source = Source("0.1.0", self.data, self.secret, given.pop("now", NOW), keeps)
        given = {"overwrite": False, "progress": lambda *_: None} | given
        with self.inside(), writing.snapshot(db.engine) as connection:
            return writing.write(path, connection, source, **given)

    def restore(self, path: Path, *, replace: bool = False, takes_secret: bool = True) -> None:
        """Puts an archive in the place of this site."""
        with self.inside(), archive.opened(path) as opened:
            target = Target(db.engine, self.data, takes_secret, replace)
            restoring.restore(opened, target, migrations, lambda *_: None)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row that is carried, by its table, as the program reads it; none without tables."""
        with self.inside(), db.engine.connect() as connection:
            if not sa.inspect(connection).has_table("site"):
                return {}
            found = {}
            for name, table in tables.carried().items():
                query = sa.select(table).order_by(*table.primary_key.columns)
                found[name] = [dict(row) for row in connection.execute(query).mappings()]
            return found

    def names(self) -> set[str]:
        """The tables that are there."""
        with self.inside():
            return set(sa.inspect(db.engine).get_table_names())


def awkward() -> None:
    """Rows of the kind that goes wrong; the caller commits."""
    article = db.session.scalars(sa.select(Article).order_by(Article.id)).first()
    assert article is not None
    article.standfirst = WORDS
    article.first_published = date(1848, 2, 21)
    article.sticky_until = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    db.session.add(Redirect(path_key="/alt/ö", query="p=12", article_id=article.id, created_at=NOW))
    payload = {
        "n": [0, -1, 2**63, 10**40, 1.5, 1e300, 0.1],
        "t": WORDS,
        "half": "\ud800",
        "": {"null": None, "b": [True, False, []]},
    }
    db.session.add(Job(kind="mail", key="awkward", payload=payload, created_at=NOW, next_at=NOW))
    db.session.add(Logo(sha256="0" * 64, content=bytes(range(256)) * 3, width=1, height=1))
    audit.record(at=NOW, user_id=None, user_name="", action="kept", subject=WORDS)
    # An answer whose parent has a larger number, as an import may make it.
    second = db.session.scalar(sa.select(sa.func.max(Comment.id))) or 0
    for number in (second + 1, second + 2):
        at = NOW + timedelta(microseconds=number)
        db.session.execute(sa.insert(Comment).values(**reply(number, article.id), created_at=at))
    child = sa.update(Comment).where(Comment.id == second + 1)
    db.session.execute(child.values(parent_id=second + 2))
    entry = ModerationEntry(comment_id=second + 1, new_status=Status.pending, at=NOW)
    db.session.add(entry)
    db.session.execute(sa.update(ChangeCounter).values(sequence=2**40))


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


Change = Callable[[dict[str, Any], dict[str, bytes]], object]


def forge(path: Path, change: Change, **written: Any) -> None:
    """Changes an archive and seals it anew, as somebody does who knows how.

    `change` is given the manifest and the other members, and may change both; `sizes` and checksums of the
    members follow, if `written` says `honest=True`.
    """
    with zipfile.ZipFile(path) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(manifest, members)
    if written.get("honest"):
        for entries, pattern in (
            (manifest["tables"], "tables/{}.jsonl"),
            (manifest["files"], "{}"),
        ):
            for name, entry in entries.items():
                content = members[pattern.format(name)]
                entry["bytes"], entry["sha256"] = len(content), hashlib.sha256(content).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()
    seal_up(path, list(members.items()))


def seal_up(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> None:
    """Writes an archive of these members, with a seal that is right."""
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.comment = seal.COMMENT
            for name, content in members:
                zipped.writestr(name, content)
        seal.close(file)
