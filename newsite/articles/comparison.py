"""Two versions of a text, laid over one another: what stayed, what went, what came."""

import difflib
import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

# Comparing takes up to the product of both lengths. Beyond these, a part is shown as replaced whole.
MAX_LINE_PAIRS = 1_000_000
MAX_WORD_PAIRS = 4_000_000

_WORD = re.compile(r"\S+\s*|\s+")


class Fate(enum.StrEnum):
    """What became of some words between the older text and the newer one."""

    kept = "kept"
    gone = "gone"
    new = "new"


@dataclass(frozen=True)
class Stretch:
    """Some words of one fate. All that is kept or gone makes the older text, kept or new the newer one."""

    fate: Fate
    text: str


def compared(older: str, newer: str) -> list[Stretch]:
    """The two texts in one, in order: by lines, and within changed lines by words."""
    stretches: list[Stretch] = []
    old_lines, new_lines = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    for old, new in _matched(old_lines, new_lines, MAX_LINE_PAIRS):
        if old == new:
            stretches.append(Stretch(Fate.kept, "".join(old)))
        else:
            stretches += _words("".join(old), "".join(new))
    return _joined(stretches)


def _words(older: str, newer: str) -> list[Stretch]:
    stretches = []
    for old, new in _matched(_WORD.findall(older), _WORD.findall(newer), MAX_WORD_PAIRS):
        if old == new:
            stretches.append(Stretch(Fate.kept, "".join(old)))
        else:
            stretches += [Stretch(Fate.gone, "".join(old)), Stretch(Fate.new, "".join(new))]
    return stretches


def _matched(
    older: Sequence[str], newer: Sequence[str], most: int
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Both, cut into pieces that belong together: equal ones, and ones that took another's place."""
    begin = 0
    shorter = min(len(older), len(newer))
    while begin < shorter and older[begin] == newer[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and older[-1 - end] == newer[-1 - end]:
        end += 1
    old, new = older[begin : len(older) - end], newer[begin : len(newer) - end]
    pieces: list[tuple[Sequence[str], Sequence[str]]] = [(older[:begin], newer[:begin])]
    if len(old) * len(new) <= most:
        matcher = difflib.SequenceMatcher(None, old, new)
        pieces += [
            (old[first:last], new[from_:to]) for _, first, last, from_, to in matcher.get_opcodes()
        ]
    else:
        pieces.append((old, new))
    return [*pieces, (older[len(older) - end :], newer[len(newer) - end :])]


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Without empty ones, neighbours of one fate made one."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if stretch.text and joined and joined[-1].fate is stretch.fate:
            joined[-1] = Stretch(stretch.fate, joined[-1].text + stretch.text)
        elif stretch.text:
            joined.append(stretch)
    return joined
