"""Texts in files: a head in TOML between two lines of +++, and the body after it."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
FENCE = "+++\n"
_GAP = re.compile(r"\[[^\]]+\](?!\()")


@dataclass(frozen=True)
class Text:
    """One file: what its head says, and its body as written."""

    head: dict[str, Any]
    body: str

    def instant(self, name: str) -> datetime | None:
        """The time under `name` in the head, in UTC."""
        return instant(self.head[name]) if name in self.head else None

    def day(self, name: str) -> date | None:
        """The date under `name` in the head."""
        return date.fromisoformat(self.head[name]) if name in self.head else None

    @property
    def has_gaps(self) -> bool:
        """Whether somebody has to fill something in first: words in brackets that are no link."""
        return _GAP.search(self.body) is not None


def texts(name: str) -> list[Text]:
    """The texts in a folder of the content, in the order of their file names."""
    return [_read(path) for path in sorted((FOLDER / name).glob("*.md"))]


def table(name: str) -> dict[str, Any]:
    """What a TOML file of the content says."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def instant(value: str) -> datetime:
    """The time that is written in ISO 8601 with its zone, in UTC."""
    return datetime.fromisoformat(value).astimezone(UTC)


def _read(path: Path) -> Text:
    _, head, body = path.read_text(encoding="utf-8").split(FENCE, 2)
    return Text(tomllib.loads(head), body.strip())
