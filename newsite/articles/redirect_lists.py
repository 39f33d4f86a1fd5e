"""Many redirects at once, from a list of two columns: all of them are made, or none."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsite.articles import redirects, renaming
from newsite.articles.models import Redirect
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import RuleBroken

MAX_LINES = 2_000  # on SQLite other writers wait for them, who give up after five seconds


@dataclass(frozen=True)
class Line:
    """A line of the list, and what became of it or what is wrong with it."""

    number: int  # from 1, as editors of text count
    address: str
    target: str
    problem: str = ""
    is_new: bool = True  # else it was there: changed, or as it is


@dataclass(frozen=True)
class Report:
    """What a list came to. With a problem in any line, nothing of it was done."""

    lines: list[Line]

    @property
    def problems(self) -> list[Line]:
        """The lines that have to be mended."""
        return [line for line in self.lines if line.problem]


def take(text: str, *, reserved: Reserved, site_url: str, now: datetime) -> Report:
    """Makes every redirect of the list, or none, and says line by line; a later list wins over an earlier one.

    The caller commits, or rolls back where there are problems. Raises RuleBroken (field `lines`) for what is no list.
    """
    rows = list(_rows(text))
    if not rows:
        raise RuleBroken(
            "Paste or choose a list: an old address and a new one a line.", field="lines"
        )
    if len(rows) > MAX_LINES:
        raise RuleBroken(f"Take {MAX_LINES:,} lines at once, or fewer.", field="lines")
    known = {address: target for _, address, target in rows if target}
    where: dict[str, Any] = {"reserved": reserved, "site_url": site_url, "leads": renaming.Leads()}
    lines = []
    for number, address, target in rows:
        try:
            end = _followed(address, target, known)
            is_new = _store(address, end, now=now, **where)
            lines.append(Line(number, address, end, is_new=is_new))
        except RuleBroken as error:
            lines.append(Line(number, address, target, problem=error.message))
    return Report(lines)


def _rows(text: str) -> Iterator[tuple[int, str, str]]:
    """The lines that say something, by number; a first line with the names of the columns is none."""
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    sign = next((one for one in "\t;," if one in head), ",")
    reader = csv.reader(io.StringIO(text), delimiter=sign)
    for row in reader:
        address, target = ([cell.strip() for cell in row] + ["", ""])[:2]
        is_heading = reader.line_num == 1 and not address.startswith(("/", "http", "?"))
        if (address or target) and not is_heading:
            yield reader.line_num, address, target


def _followed(address: str, target: str, known: dict[str, str]) -> str:
    """Where the target leads by other lines of the list. Raises RuleBroken for a circle."""
    if not target:
        raise RuleBroken("The second column is empty: write where it leads.")
    seen = {address}
    while target in known:
        if target in seen:
            raise RuleBroken("It leads back to itself.")
        seen.add(target)
        target = known[target]
    return target


def _store(address: str, target: str, *, reserved: Reserved, now: datetime, **where: Any) -> bool:
    """Whether the redirect is new; one that was there leads to the target from now on."""
    there: Redirect | None = redirects.at(*redirects.source(address, reserved))
    if there is None:
        redirects.add(address, target, reserved=reserved, now=now, **where)
        return True
    redirects.set_target(there, target, reserved=reserved, **where)
    db.session.flush()
    return False
