"""Whether the database is whole: what the engine itself finds, and that what is counted twice is the same."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from newsite import recount
from newsite.articles import listing, months, search
from newsite.backup import archive
from newsite.cli.backups import described
from newsite.comments import loops
from newsite.db import connection, db, reading
from newsite.media import queries as media
from newsite.media import storage

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


def threaded() -> str:
    """That every thread has a beginning."""
    with reading():
        circles = loops.found()
    if circles:
        found = [f"{', '.join(map(str, one))}, {one[0]}" for one in circles[:MOST_NAMED]]
        raise Wrong(f"replies answer each other in a circle: {'; '.join(found)}. {MEND}")
    return "no reply answers itself"


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


def found() -> str:
    """That a search knows every article that is there, and no other."""
    with reading():
        wrong = search.wrong(connection())
        is_followed = search.is_followed(connection())
    if wrong:
        raise Wrong(f"{wrong} articles are missing or too many. Run: newsite search rebuild")
    if not is_followed:
        raise Wrong("It does not hear of what is deleted. Restore a backup, and tell us.")
    return "every article can be found"


def pictured() -> str:
    """That every picture and file that the database knows lies where it should, whole."""
    with reading():
        expected = media.expected()
        db.session.rollback()  # the storage may take its time
    try:
        wrong = [name for name, size in expected.items() if storage.current().size(name) != size]
    except OSError as error:
        raise Wrong(f"the storage does not answer ({error}). Look at NEWSITE_MEDIA_URL.") from None
    if wrong:
        raise Wrong(
            f"{len(wrong)} of {len(expected)} files are missing or cut short, such as "
            f"{', '.join(wrong[:MOST_NAMED])}. Bring them back from a backup; if there are "
            "several hosts, let all of them keep pictures in one place (NEWSITE_MEDIA_URL)."
        )
    return f"{len(expected)} files are where they should be"


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
