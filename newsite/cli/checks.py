"""`newsite check`: whether all that the site stands on is in order, a line for each."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from newsite import config, limits, mail, migrations, outbox
from newsite.accounts import queries as accounts
from newsite.accounts.letters import Kind as AccountKind
from newsite.backup.refusals import BackupRefused
from newsite.changes import ChangeCounter
from newsite.cli import soundness
from newsite.cli.running import at_site
from newsite.cli.soundness import Wrong
from newsite.comments.letters.jobs import SENT
from newsite.config import Settings, SettingsError
from newsite.db import db
from newsite.migrations import DatabaseNotReady
from newsite.site import queries as sites
from newsite.site.queries import SiteMissing

LEAST_SPACE = 200 * 1024**2  # bytes; below, an upgrade or a backup may not fit
LEAST_SQLITE = (3, 35)  # the first with RETURNING
LATE = timedelta(hours=1)  # a job that waits so long has no worker


@dataclass(frozen=True)
class Finding:
    """What was looked at, and how it is."""

    name: str
    ok: bool
    detail: str


@click.command("check")
@click.option(
    "--backup", type=click.Path(path_type=Path), help="Look whether this backup is whole, too."
)
@click.option(
    "--days", type=click.IntRange(1), help="It is wrong if the backup is older than this."
)
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")
def check_command(backup: Path | None, days: int | None, as_json: bool) -> None:
    """Say whether the site is in order; exit code 1 if something is wrong."""
    found = list(findings())
    if backup is not None:
        now = datetime.now(UTC)
        found.append(_look("backup", lambda: soundness.backed_up(backup, days, now)))
    is_ok = all(finding.ok for finding in found)
    if as_json:
        click.echo(json.dumps({"ok": is_ok, "checks": [asdict(finding) for finding in found]}))
    else:
        for finding in found:
            click.echo(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.name}: {finding.detail}")
    raise SystemExit(0 if is_ok else 1)


def findings() -> Iterator[Finding]:
    """What each check found. They end where nothing further can be looked at."""
    try:
        settings = config.from_environment(os.environ)
    except SettingsError as error:
        yield from (Finding("configuration", False, problem) for problem in error.problems)
        return
    yield Finding("configuration", True, settings.site_url)
    yield _look("data folder", lambda: _data_folder(settings))
    with at_site(upgraded=False):
        if settings.redis_url:
            yield _look("Redis", _redis)
        shape = _look("database", _shape)
        yield shape
        for name, check in CHECKS if shape.ok else ():
            yield _look(name, check)
            db.session.rollback()  # what a check wrote is taken back


def _look(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except (Wrong, BackupRefused, DatabaseNotReady, SiteMissing) as error:
        return Finding(name, False, str(error))
    except SQLAlchemyError as error:
        return Finding(name, False, str(error).partition("\n")[0])


def _data_folder(settings: Settings) -> str:
    free = shutil.disk_usage(settings.data).free
    if free < LEAST_SPACE:
        raise Wrong(
            f"only {free // 1024**2} MB are free on the disk of {settings.data}. Make room."
        )
    return f"{settings.data}, {free // 1024**2} MB free"


def _redis() -> str:
    problem = limits.problem_of_redis()
    if problem is not None:
        raise Wrong(f"does not count ({problem}). Limits are counted in the database meanwhile.")
    return "counts"


def _shape() -> str:
    if db.engine.dialect.name == "sqlite" and sqlite3.sqlite_version_info < LEAST_SQLITE:
        raise Wrong(f"SQLite is {sqlite3.sqlite_version}; newsite needs 3.35 or later.")
    migrations.check()
    return f"{db.engine.dialect.name}, up to date"


def _writable() -> str:
    counted = sa.update(ChangeCounter).values(sequence=ChangeCounter.sequence)
    if db.session.scalar(counted.returning(ChangeCounter.id)) is None:
        raise Wrong("the row that numbers the changes is missing. Restore a backup.")
    return "can be written to"


def _site() -> str:
    return f"“{sites.the_site().name}”"


def _admins() -> str:
    count = len(accounts.active_admins())
    if not count:
        raise Wrong("nobody can sign in. Run: newsite user add EMAIL --name NAME --role admin")
    return f"{count} can sign in"


def _mail() -> str:
    if not mail.is_set_up():
        return "not set up (NEWSITE_MAIL_URL): nothing is mailed, and nothing depends on it"
    lost = mail.given_up()
    unsent = outbox.failed([*SENT, *AccountKind])
    db.session.rollback()  # the server may take its time
    try:
        said = mail.check()
    except mail.ServerAway as problem:
        raise Wrong(f"{problem}. Look at NEWSITE_MAIL_URL, and whether the server runs.") from None
    return f"{said}; {unsent} mails given up in 30 days; {lost} addresses given up"


def _jobs() -> str:
    now = datetime.now(UTC)
    count, since = outbox.waiting(now)
    beat = outbox.last_beat()
    seen = (
        f"a worker was last seen at {beat:%Y-%m-%d %H:%M} UTC" if beat else "no worker was seen yet"
    )
    if since is not None and now - since > LATE:
        raise Wrong(
            f"{count} wait, the oldest since {since:%Y-%m-%d %H:%M} UTC; {seen}. Start one."
        )
    return f"{count} wait; {seen}"


CHECKS = (
    ("wholeness", soundness.whole),
    ("replies", soundness.counted),
    ("threads", soundness.threaded),
    ("lists", soundness.listed),
    ("search", soundness.found),
    ("writing", _writable),
    ("site", _site),
    ("admins", _admins),
    ("pictures", soundness.pictured),
    ("jobs", _jobs),
    ("mail", _mail),
)
