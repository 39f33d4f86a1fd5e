"""Sites beside each other, each with a database and a data folder of its own, to be moved from one to the other."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import migrated
import sqlalchemy as sa
from awkward import NOW, awkward
from flask import Flask

from newsite import demo, migrations
from newsite.backup import archive, restoring, seal, tables, writing
from newsite.backup.manifest import Manifest
from newsite.backup.restoring import Target
from newsite.backup.writing import Source
from newsite.db import db
from newsite.media.folder import Folder
from newsite.web.context import reserved


@dataclass(frozen=True)
class Place:
    """One site: its app, its data folder and its secret."""

    app: Flask
    data: Path
    secret: str

    @property
    def media(self) -> Folder:
        """Where its pictures and files are."""
        return Folder(self.data / "media")

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
            migrated.upgrade()
            demo.fill(now=NOW, reserved=reserved())
            db.session.commit()
            awkward(reserved())
            db.session.commit()

    def backup(self, path: Path, **given: Any) -> Manifest:
        """Writes an archive of the site."""
        keeps = given.pop("keeps_secret", True)
        source = Source("0.1.0", self.media, self.secret, given.pop("now", NOW), keeps)
        given = {"overwrite": False, "progress": lambda *_: None} | given
        with self.inside(), writing.snapshot(db.engine) as connection:
            return writing.write(path, connection, source, **given)

    def restore(self, path: Path, *, replace: bool = False, takes_secret: bool = True) -> None:
        """Puts an archive in the place of this site."""
        with self.inside(), archive.opened(path) as opened:
            target = Target(db.engine, self.data, self.media, takes_secret, replace)
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
