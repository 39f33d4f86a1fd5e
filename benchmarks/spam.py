"""What the spam filter gets right and wrong: `python -m benchmarks.spam GIVEN.csv`.

GIVEN.csv has the columns SOURCE, CONTENT and CLASS (1 is spam). Every source is left out in turn, and judged by
what was learned from the others; then 200 honest and 50 spam replies to news articles, written by hand, are judged
by what was learned from the whole file. Those with even numbers were looked at while the filter was made; those
with odd numbers were set aside.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from newsite.comments.spam.features import Suspect, read
from newsite.comments.spam.model import Model
from newsite.comments.spam.training import Lesson, train
from newsite.comments.spam.verdicts import verdict

NEWS = Path(__file__).parents[1] / "tests" / "comments" / "spam" / "news.jsonl"


@dataclass(frozen=True)
class Example:
    """A reply of which somebody said whether it is spam."""

    group: str  # the video; or whether it was looked at or set aside
    suspect: Suspect
    is_spam: bool


@dataclass(frozen=True)
class Figures:
    """How many replies of each kind were held."""

    spam: int
    honest: int
    spam_held: int
    honest_held: int

    @property
    def precision(self) -> float:
        """Of what was held, the part that is spam."""
        return self.spam_held / max(1, self.spam_held + self.honest_held)

    @property
    def recall(self) -> float:
        """Of the spam, the part that was held."""
        return self.spam_held / max(1, self.spam)

    @property
    def false_positives(self) -> float:
        """Of the honest replies, the part that was held."""
        return self.honest_held / max(1, self.honest)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.spam + other.spam,
            self.honest + other.honest,
            self.spam_held + other.spam_held,
            self.honest_held + other.honest_held,
        )

    def __str__(self) -> str:
        return (
            f"{self.spam_held} of {self.spam} spam held (recall {self.recall:.3f}), "
            f"{self.honest_held} of {self.honest} honest held ({self.false_positives:.1%}), "
            f"precision {self.precision:.3f}"
        )


def given(path: Path) -> list[Example]:
    """The comments on videos."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Example(row["SOURCE"], Suspect(row["CONTENT"]), row["CLASS"] == "1") for row in rows]


def news(path: Path = NEWS) -> list[Example]:
    """The replies to news articles; of each kind, every other one was set aside."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        group = "looked at" if int(row["id"].partition("-")[2]) % 2 == 0 else "set aside"
        suspect = Suspect(row["body"], row["author"], row["email"], row["url"])
        found.append(Example(group, suspect, row["spam"]))
    return found


def learned(examples: Iterable[Example]) -> Model:
    """The model that these examples make."""
    return train([Lesson(sorted(read(one.suspect).buckets), one.is_spam) for one in examples])


def judged(model: Model, examples: Iterable[Example]) -> Figures:
    """What a model makes of examples that it has not seen."""
    counts = {(is_spam, held): 0 for is_spam in (True, False) for held in (True, False)}
    for one in examples:
        counts[one.is_spam, verdict(model, one.suspect).is_hold] += 1
    spam, honest = (counts[kind, True] + counts[kind, False] for kind in (True, False))
    return Figures(spam, honest, counts[True, True], counts[False, True])


def left_out(examples: list[Example]) -> dict[str, Figures]:
    """For every group, what is made of it by a model that learned from the others."""
    return {
        group: judged(
            learned(one for one in examples if one.group != group),
            [one for one in examples if one.group == group],
        )
        for group in sorted({one.group for one in examples})
    }


def main(say: Callable[[str], object] = print) -> None:
    """Prints the table of docs/adr/0019."""
    examples, articles = given(Path(sys.argv[1])), news()
    by_video = left_out(examples)
    for group, figures in by_video.items():
        say(f"video {group} left out: {figures}")
    say(f"all videos, each left out: {sum(by_video.values(), Figures(0, 0, 0, 0))}")
    model = learned(examples)
    for group in ("looked at", "set aside"):
        say(f"news, {group}: {judged(model, [one for one in articles if one.group == group])}")
    say(f"news, all: {judged(model, articles)}")


if __name__ == "__main__":
    main()
