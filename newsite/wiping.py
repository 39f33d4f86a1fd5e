"""Wiping SQLite's files after something was erased: what is gone from every table is gone from the disk. docs/adr/0026.

SQLite writes zeros over what is deleted (`db.set_up_sqlite`), but three places keep old bytes: the write-ahead log,
until it is emptied; pages in which rows were moved about, until the file is written anew; and the index of articles'
words, which only notes that one is gone, until its parts are made one. PostgreSQL does this by itself (autovacuum).
"""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from newsite import outbox
from newsite.db import db
from newsite.outbox import Claim, Trouble
from newsite.site import queries as sites

KIND = "wipe"  # of the job in the outbox
AT_ONCE_BYTES = 64 * 1024**2  # written anew in about a second; others cannot write meanwhile
NIGHT = 3  # o'clock in the site's zone, when larger files are written anew


class StillRead(Trouble):
    """Somebody read on while the log was to be emptied; it is tried again."""


def ask(*, now: datetime, is_log_enough: bool = False) -> None:
    """Has the worker wipe the database's files, or the log alone, which costs nothing; the caller commits."""
    if db.engine.dialect.name == "sqlite":
        # Each has a job of its own: one that is done already would not see what is erased now.
        asked = {"log": is_log_enough}
        outbox.add(KIND, f"{KIND}:{secrets.token_hex(8)}", asked, now=now)


def job(claim: Claim, now: datetime) -> None:
    """Wipes at once what is quickly done; a large file is written anew in the night."""
    is_log_enough, is_night = claim.payload.get("log"), claim.payload.get("night")
    if not is_log_enough and (is_night or _size() <= AT_ONCE_BYTES):
        wipe()
        return
    if not is_log_enough:
        night = _next_night(now)
        outbox.add(KIND, f"{KIND}:night:{night:%Y-%m-%d}", {"night": True}, now=now, due=night)
        db.session.commit()
    empty_log()


def wipe() -> None:
    """Leaves nothing in SQLite's files but what is in the tables; on PostgreSQL it does nothing.

    It ends the session's transaction; others cannot write until it is done. Raises StillRead.
    """
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        if _run("SELECT 1 FROM sqlite_master WHERE name = 'articles_fts'"):
            _run("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        _run("VACUUM")
        empty_log()


def empty_log() -> None:
    """Moves SQLite's write-ahead log into the database, and cuts it to nothing. Raises StillRead."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        is_busy, *_ = _run("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            raise StillRead("the write-ahead log is being read")


def _run(statement: str) -> tuple[int, ...]:
    """The first row that a statement gives, outside of any transaction."""
    connection = db.engine.raw_connection()
    try:
        row: tuple[int, ...] | None = connection.cursor().execute(statement).fetchone()
    finally:
        connection.close()
    return row or ()


def _size() -> int:
    """Bytes of the database's file; 0 for one that is in memory."""
    name = db.engine.url.database
    file = Path(name) if name else None
    return file.stat().st_size if file is not None and file.is_file() else 0


def _next_night(now: datetime) -> datetime:
    local = now.astimezone(sites.the_site().zone)
    night = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night > local else night + timedelta(days=1)
