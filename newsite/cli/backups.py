"""`newsite backup` and `newsite restore`: the whole site in one file, and back."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import newsite
from newsite import migrations
from newsite.backup import archive, restoring, writing
from newsite.backup import manifest as manifests
from newsite.backup.manifest import Manifest
from newsite.backup.restoring import Target
from newsite.backup.writing import Progress, Source
from newsite.cli.running import at_site
from newsite.config import Settings
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.media import storage
from newsite.migrations import DatabaseNotReady

SHOWN_EVERY = 0.2  # seconds
OTHER_KEY = (
    "The site had another secret than this one has: links that were mailed to readers do not work until "
    "NEWSITE_SECRET_KEY is what it was."
)
BACK_AGAIN = "The site's secret was put back with it. If the site is running here, restart it."
NO_SIGN_INS = "Everybody signs in anew: devices are in no backup."

file_argument = click.argument("file", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")


@click.command("backup")
@file_argument
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@click.option(
    "--without-secret", is_flag=True, help="Leave the secret out, for somebody who only looks."
)
@json_option
def backup_command(file: Path, force: bool, without_secret: bool, as_json: bool) -> None:
    """Write the whole site into FILE, as it is at one moment; it may be running."""
    with _reported(as_json), _stoppable(), at_site(addressed=False) as settings:
        source = Source(
            version=newsite.__version__,
            media=storage.current(),
            secret=settings.secret_key,
            now=datetime.now(UTC),
            keeps_secret=_has_own_secret(settings) and not without_secret,
        )
        with _shown() as progress, writing.snapshot(db.engine) as connection:
            manifest = writing.write(file, connection, source, overwrite=force, progress=progress)
    size = file.stat().st_size
    if as_json:
        _print(_report(file, manifest) | {"size": size})
        return
    click.echo(f"{file}: {described(manifest)}; {size} bytes.")
    if manifests.MEDIA in manifest.left_out:
        click.echo(f"Not in it: {manifest.left_out[manifests.MEDIA]}. Copy them by other means.")
    if manifests.SECRET not in manifest.files:
        click.echo("The secret is not in it: keep it by itself, or mailed links are lost with it.")


@click.command("restore")
@file_argument
@click.option("--replace", is_flag=True, help="Lose the site that is in the database now.")
@json_option
def restore_command(file: Path, replace: bool, as_json: bool) -> None:
    """Put the site that is in FILE into an empty database, of either kind."""
    with (
        _reported(as_json),
        _stoppable(),
        at_site(upgraded=False, addressed=False) as settings,
        archive.opened(file) as opened,
    ):
        target = Target(
            db.engine, settings.data, storage.current(), _has_own_secret(settings), replace
        )
        with _shown() as progress:
            restoring.restore(opened, target, migrations, progress)
        about = _about_secret(settings, opened.manifest) + _about_pictures(opened.manifest)
        notes = [*about, NO_SIGN_INS]
    if as_json:
        _print(_report(file, opened.manifest) | {"notes": notes})
        return
    click.echo(f"Restored: {described(opened.manifest)}.")
    for note in notes:
        click.echo(note)


def described(manifest: Manifest) -> str:
    """What an archive holds, in a line."""
    pictures = len(manifest.files.keys() - {manifests.SECRET})
    return (
        f"the site at {manifest.at:%Y-%m-%d %H:%M} UTC; rows: {manifest.rows}, pictures: {pictures}, "
        f"secret: {'yes' if manifests.SECRET in manifest.files else 'no'}"
    )


def _report(file: Path, manifest: Manifest) -> dict[str, Any]:
    return {"ok": True, "file": str(file), "manifest": asdict(manifest)}


def _has_own_secret(settings: Settings) -> bool:
    """Whether the secret in use is the one in the data folder, and not the operator's own care."""
    path = settings.data / manifests.SECRET
    return path.is_file() and path.read_text().strip() == settings.secret_key


def _about_secret(settings: Settings, manifest: Manifest) -> list[str]:
    if writing.fingerprint(settings.secret_key) == manifest.secret:
        return []
    path = settings.data / manifests.SECRET
    is_back = path.is_file() and writing.fingerprint(path.read_text().strip()) == manifest.secret
    return [BACK_AGAIN if is_back else OTHER_KEY]


def _about_pictures(manifest: Manifest) -> list[str]:
    """What is to be done about pictures that are in a bucket; and where else they are than in the data folder."""
    here, reason = storage.current(), manifest.left_out.get(manifests.MEDIA)
    if reason is not None:
        there = f"This site looks for them in {here}. See that they are there"
        return [f"Not in the backup: {reason}. {there}; `newsite check` names what is missing."]
    return [f"Pictures and files: in {here}."] if manifest.files.keys() - {manifests.SECRET} else []


@contextmanager
def _reported(as_json: bool) -> Iterator[None]:
    """Says a refusal in JSON too, if that is what is read."""
    try:
        yield
    except (RuleBroken, DatabaseNotReady) as error:
        if not as_json:
            raise
        _print({"ok": False, "problem": str(error)})
        raise SystemExit(1) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Lets TERM end a command as Ctrl-C does: by way of what tidies up."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _shown() -> Iterator[Progress]:
    """Shows on a terminal how far it is; elsewhere nothing."""
    last = 0.0
    is_terminal = _is_terminal()

    def show(what: str, done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if is_terminal and now - last >= SHOWN_EVERY:
            last = now
            click.echo(f"\r\033[K{what}: {done}{f' of {of}' if of else ''}", nl=False, err=True)

    yield show
    if is_terminal:
        click.echo("\r\033[K", nl=False, err=True)


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _print(report: dict[str, Any]) -> None:
    click.echo(json.dumps(report, indent=1))
