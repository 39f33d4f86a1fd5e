"""What the filter has learned: a weight for each bucket, and how often each was in spam and in approved replies."""

import math
import zlib
from array import array
from dataclasses import dataclass

from newsite.comments.spam.features import BUCKETS, Traits

LEAST_LESSONS = 100  # of each kind; with fewer, what it says is noise (features.md 4.7)
HOLD_AT = 0.5  # a score from here on is likely spam; docs/adr/0019 has the measurements
# What is taken off for pairs of words that were never seen: of a text unlike all that it knows, the
# filter has little to say. Without it, five times as many honest replies to news articles would be held.
CAUTION = 0.3
BIAS = BUCKETS  # the place of the weight that every reply has


@dataclass(frozen=True)
class Model:
    """A trained filter; never changed, so that threads may share it."""

    weights: "array[float]"  # one for each bucket, and the bias
    in_spam: "array[int]"  # in how many lessons of that kind each bucket was
    in_honest: "array[int]"
    spam: int  # lessons of this kind
    honest: int

    @property
    def is_ready(self) -> bool:
        """Whether it has seen enough of both kinds to act."""
        return min(self.spam, self.honest) >= LEAST_LESSONS

    def score(self, traits: Traits) -> float:
        """From 0 to 1, which is spam."""
        length = math.sqrt(max(1, len(traits.buckets)))
        margin = self.weights[BIAS]
        margin += sum(map(self.weights.__getitem__, traits.buckets)) / length
        spam, honest = self.in_spam, self.in_honest
        strange = sum(not (spam[pair] or honest[pair]) for pair in traits.pairs)
        margin -= CAUTION * strange / math.sqrt(max(1, len(traits.pairs)))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))

    def packed(self) -> bytes:
        """The three tables, to be stored; a hundred kilobytes to two megabytes."""
        tables = self.weights.tobytes() + self.in_spam.tobytes() + self.in_honest.tobytes()
        return zlib.compress(tables, 1)

    @classmethod
    def unpacked(cls, packed: bytes, *, spam: int, honest: int) -> "Model":
        """The model that was stored so."""
        raw = memoryview(zlib.decompress(packed))
        weights, in_spam, in_honest = array("f"), array("H"), array("H")
        first = (BUCKETS + 1) * weights.itemsize
        second = first + BUCKETS * in_spam.itemsize
        weights.frombytes(raw[:first])
        in_spam.frombytes(raw[first:second])
        in_honest.frombytes(raw[second:])
        return cls(weights, in_spam, in_honest, spam=spam, honest=honest)


def blank_counts() -> "array[int]":
    """Counts of a model that knows nothing: two bytes each."""
    return array("H", bytes(2 * BUCKETS))
