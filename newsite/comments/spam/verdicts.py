"""What the filter says of a reply."""

import enum
from dataclasses import dataclass

from newsite.comments.spam import reasons
from newsite.comments.spam.features import Suspect, read
from newsite.comments.spam.model import HOLD_AT, Model

UNDECIDED = 0.5  # the score where nothing has been learned
TRUSTED = "the address is confirmed, and a reply from it was approved"


class Decision(enum.StrEnum):
    """What becomes of a reply, as far as the filter is concerned."""

    passes = "pass"
    hold = "hold"


@dataclass(frozen=True)
class Verdict:
    """A score from 0 to 1, which is spam; what follows from it; and why."""

    score: float
    decision: Decision
    reasons: list[str]

    @property
    def is_hold(self) -> bool:
        """Whether it looks like spam."""
        return self.decision is Decision.hold

    @property
    def kept_score(self) -> float | None:
        """The score by which the desk sorts; None for one that would hold a reply which passes all the same."""
        return self.score if self.is_hold or self.score < HOLD_AT else None


def verdict(model: Model | None, suspect: Suspect, *, is_trusted: bool = False) -> Verdict:
    """What a model says of a reply. None has learned nothing; one that is not ready only scores.

    `is_trusted`: its writer's address is confirmed, and a reply from it was approved. Then it passes.
    """
    if model is None:
        return Verdict(UNDECIDED, Decision.passes, [reasons.too_few(None)])
    traits = read(suspect)
    score = model.score(traits)
    if not model.is_ready:
        return Verdict(score, Decision.passes, [reasons.too_few(model)])
    if score < HOLD_AT:
        return Verdict(score, Decision.passes, [])
    if is_trusted:
        return Verdict(score, Decision.passes, [TRUSTED])
    return Verdict(score, Decision.hold, reasons.why_held(model, suspect, traits))
