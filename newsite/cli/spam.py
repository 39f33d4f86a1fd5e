"""The spam filter by the command line: JSON lines in, so that it can be taught and measured.

A line that makes no sense is refused by its number, on the standard error; the others are done all the same, and
the exit code is 1. However long the input and its lines are, only a few hundred of them are held.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

import click

from newsite import db as database
from newsite.cli.running import at_site
from newsite.comments.spam import learning, reasons
from newsite.comments.spam.features import Suspect
from newsite.comments.spam.verdicts import verdict
from newsite.db import db

MAX_LINE_BYTES = 1_000_000  # two hundred times a reply; a longer line is a mistake
BATCH = (
    200  # lines in a transaction: readers' replies do not wait longer for it than for each other
)
PROGRESS = 10_000  # lines between two words of it
TEXTS = {"body": "body", "author": "author", "email": "email", "website": "url"}  # ours, the line's
_NOTHING = object()


class BadLine(Exception):
    """A line that cannot be used; the message says what is wrong with it."""


@dataclass
class Lines:
    """The lines of a stream as JSON objects. Those that are none are refused aloud, and counted."""

    stream: IO[bytes]
    number: int = 0  # of the line that was read last
    refused: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The objects in their order. Empty lines are passed over."""
        while raw := self.stream.readline(MAX_LINE_BYTES):
            self.number += 1
            if self.number % PROGRESS == 0:
                click.echo(f"{self.number:,} lines read", err=True)
            try:
                self._require_end(raw)
                if raw.strip():
                    yield _parsed(raw)
            except BadLine as error:
                self.refuse(error)

    def refuse(self, error: BadLine) -> None:
        """Says why the last line is not used."""
        self.refused += 1
        click.echo(f"Line {self.number:,}: {error}", err=True)

    def finish(self) -> None:
        """Ends the command; with 1 if anything was refused."""
        raise SystemExit(1 if self.refused else 0)

    def _require_end(self, raw: bytes) -> None:
        """Refuses a line that is too long, and reads to its end without keeping it."""
        if len(raw) < MAX_LINE_BYTES or raw.endswith(b"\n"):
            return
        while raw and not raw.endswith(b"\n"):
            raw = self.stream.readline(MAX_LINE_BYTES)
        raise BadLine(f"it is longer than {MAX_LINE_BYTES:,} bytes.")


@click.group("spam")
def spam_commands() -> None:
    """The filter that learns what is spam here."""


@spam_commands.command("score")
def score() -> None:
    """Say of each JSON line of the standard input whether it looks like spam.

    In: {"id", "author", "email", "url", "body"}. Out: {"id", "score", "decision", "reasons"}.
    """
    lines = Lines(sys.stdin.buffer)
    with at_site(addressed=False), database.reading():
        model = learning.current()
        db.session.rollback()  # however long the input is, no transaction waits for it
        for row in lines:
            try:
                found = verdict(model, _suspect(row))
            except BadLine as error:
                lines.refuse(error)
                continue
            told = {"id": row.get("id"), "score": round(found.score, 6)}
            told |= {"decision": found.decision, "reasons": found.reasons}
            click.echo(json.dumps(told))
    lines.finish()


@spam_commands.command("train")
def train() -> None:
    """Learn from the JSON lines of the standard input, which say "spam": true or false.

    Lines that were given before are learned once, so that a file may be mended and given again.
    """
    lines = Lines(sys.stdin.buffer)
    counts = {True: 0, False: 0}
    with at_site(addressed=False):
        for batch in _batches(lines):
            learning.take(batch)
            db.session.commit()
            for _, _, is_spam in batch:
                counts[is_spam] += 1
        model = learning.relearn()
        db.session.commit()
    click.echo(
        f"Learned from {counts[True] + counts[False]:,} lines, {counts[True]:,} of them spam."
    )
    click.echo("The filter acts." if model.is_ready else f"Not yet: {reasons.too_few(model)}.")
    lines.finish()


def _batches(lines: Lines) -> Iterator[list[tuple[str, Suspect, bool]]]:
    """What the lines teach, a few hundred at a time."""
    batch: list[tuple[str, Suspect, bool]] = []
    for row in lines:
        try:
            batch.append((_key(row), _suspect(row), _is_spam(row)))
        except BadLine as error:
            lines.refuse(error)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadLine("it is not JSON.") from None
    if not isinstance(row, dict):
        raise BadLine("it is not a JSON object.")
    return row


def _suspect(row: dict[str, Any]) -> Suspect:
    """The reply of a line. Only the text has to be there."""
    found = {}
    for name, key in TEXTS.items():
        value = row.get(key, _NOTHING)
        if key == "body" and value is _NOTHING:
            raise BadLine('"body" is missing.')
        if value is _NOTHING or (value is None and key != "body"):
            value = ""
        if not isinstance(value, str):
            raise BadLine(f'"{key}" has to be text.')
        found[name] = value
    return Suspect(**found)


def _is_spam(row: dict[str, Any]) -> bool:
    value = row.get("spam")
    if not isinstance(value, bool):
        raise BadLine('"spam" has to be true or false.')
    return value


def _key(row: dict[str, Any]) -> str:
    """What makes a line this one and no other."""
    said = [row.get(key) for key in ("id", *TEXTS.values())]
    return f"given:{sha256(json.dumps(said).encode()).hexdigest()}"
