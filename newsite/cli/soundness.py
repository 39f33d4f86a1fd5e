"""Whether the database is whole: what the engine itself finds, and that what is counted twice is the same."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from newsite import recount
from newsite.articles import listing, months
from newsite.backup import archive
from newsite.cli.backups import described
from newsite.db import db, reading

MOST_NAMED = 5  # of what is wrong: enough to look for the rest
MEND = "Make a backup, and run: newsite content recount"
_POSTGRESQL = (
    "SELECT 'constraint ' || conname FROM pg_constraint WHERE NOT convalidated "
    "UNION ALL SELECT 'index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid"
)


class Wrong(Exception):
    """What a check found; the message says what to do."""


def whole() -> str:
    """That the engine finds nothing wrong with its own file, keys and indexes."""
    with reading():  # nobody who writes waits for it
        is_sqlite = db.engine.dialect.name == "sqlite"
        found = _sqlite() if is_sqlite else list(db.session.scalars(sa.text(_POSTGRESQL)))
    if found:
        raise Wrong(f"{'; '.join(found[:MOST_NAMED])}. Keep what is there, and restore a backup.")
    return "nothing is broken or lost"


def counted() -> str:
    """That every article has as many approved replies as it says."""
    with reading():
        wrong = recount.miscounted(MOST_NAMED)
    if wrong:
        found = [f"article {one.article_id} says {one.says} and has {one.has}" for one in wrong]
        raise Wrong(f"{'; '.join(found)}. {MEND}")
    return "as many as the articles say"


def listed() -> str:
    """That every article stands in lists where its time says, and that months count theirs right."""
    with reading():
        wrong = [
            f"article {one} is not where its time says" for one in listing.misplaced(MOST_NAMED)
        ]
        miscounted = months.miscounted()
    wrong += [f"{day:%Y-%m} is counted wrongly" for day in miscounted[:MOST_NAMED]]
    if wrong:
        raise Wrong(f"{'; '.join(wrong)}. {MEND}")
    return "articles stand where their times say, and months count them right"


def backed_up(file: Path, days: int | None, now: datetime) -> str:
    """That the archive is whole, and was made no more than so many days ago."""
    with archive.opened(file) as opened:
        opened.verify(lambda what, done, of: None)
    made = opened.manifest.at
    if days is not None and now - made > timedelta(days=days):
        raise Wrong(f"{file} was made at {made:%Y-%m-%d %H:%M} UTC, more than {days} days ago.")
    return f"{file} is whole: {described(opened.manifest)}"


def _sqlite() -> list[str]:
    found = db.session.scalars(sa.text("PRAGMA integrity_check(5)")).all()
    lost = db.session.execute(sa.text("PRAGMA foreign_key_check")).fetchmany(MOST_NAMED)
    broken = [str(line) for line in found if line != "ok"]
    return broken + [f"row {row[1]} of {row[0]} refers to {row[2]} that is gone" for row in lost]
