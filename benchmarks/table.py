"""What was measured, as rows that can be compared: a terminal's table, or Markdown's."""

from collections.abc import Iterable
from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """One figure beside what it is compared with."""

    what: str
    measured: str
    reference: str = ""
    ratio: float | None = None  # what the target is about
    target: str = ""
    is_met: bool | None = None  # None: there is no target
    queries: str = ""  # statements of both sides, where a set counts them
    bytes: str = ""  # of both sides' answers, not compressed, where a set looks at them

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in words."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        shown = (self.what, self.measured, self.reference, ratio, self.target)
        return (*shown, self.queries, self.bytes, verdict)


HEAD = ("what", "measured", "against", "ratio", "to reach", "queries", "bytes", "")


def ratio(what: str, unit: str, pair: tuple[float, float], *, most: float) -> Row:
    """A row of two figures of one unit; the first should be at most so many times the second."""
    ours, theirs = pair
    found = ours / theirs
    return Row(
        what, f"{ours:,.3g} {unit}", f"{theirs:,.3g} {unit}", found, f"≤ {most:g} ×", found <= most
    )


def least(what: str, unit: str, pair: tuple[float, float], *, least: float) -> Row:
    """A row of two figures of one unit; the first should be at least so many times the second."""
    ours, theirs = pair
    found = ours / theirs
    return Row(
        what,
        f"{ours:,.0f} {unit}",
        f"{theirs:,.0f} {unit}",
        found,
        f"≥ {least:g} ×",
        found >= least,
    )


def limit(what: str, unit: str, value: float, *, most: float) -> Row:
    """A row of one figure that should be at most so much."""
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return Row(what, f"{shown} {unit}", target=f"≤ {most:,.7g} {unit}", is_met=value <= most)


def middle(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The pair whose ratio is the median's: neighbours in time share whatever else the machine did."""
    ordered = sorted(pairs, key=lambda pair: pair[0] / pair[1])
    return ordered[len(ordered) // 2] if ordered else (0.0, 0.0)


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a table of Markdown."""
    head, *cells = _lines(rows)
    lines = [head, ("---",) * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(rows: Iterable[Row]) -> str:
    """The rows for a terminal."""
    lines = _lines(rows)
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _lines(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """The head and the rows in words, without the columns that stand empty."""
    cells = [row.cells for row in rows]
    used = [at for at in range(len(HEAD)) if at == 0 or any(line[at] for line in cells)]
    return [tuple(line[at] for at in used) for line in (HEAD, *cells)]


__all__ = ["HEAD", "Row", "least", "limit", "markdown", "median", "middle", "plain", "ratio"]
