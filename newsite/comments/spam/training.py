"""How the filter is made from what moderators decided: logistic regression, by coordinate ascent in its dual.

The result depends on the lessons and their order alone, to the last bit: without one of them it is what it would
have been had that one never been given.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newsite.comments.spam.features import BUCKETS
from newsite.comments.spam.model import BIAS, Model, blank_counts

PASSES = 10  # over all lessons; more change the third digit
BELIEF = 5.0  # how far one lesson may pull; the higher, the less the others matter
MOST_COUNT = 65_535  # what two bytes hold


class Lesson(NamedTuple):
    """One decision: the buckets of a reply, and what a moderator said that it is."""

    buckets: Sequence[int]
    is_spam: bool


def train(lessons: Sequence[Lesson]) -> Model:
    """The model that these lessons make. Where spam outnumbers honest replies, each weighs less."""
    spam = sum(lesson.is_spam for lesson in lessons)
    honest = len(lessons) - spam
    weights = _weights(lessons, min(1.0, honest / spam) if spam else 1.0)
    counts = {True: blank_counts(), False: blank_counts()}
    for lesson in lessons:
        _count(counts[lesson.is_spam], lesson.buckets)
    return Model(weights, counts[True], counts[False], spam=spam, honest=honest)


def _weights(lessons: Sequence[Lesson], spam_weight: float) -> "array[float]":
    """Each lesson's pull (0 to 1) is set, in turn, to what the others leave unexplained of it."""
    weights = [0.0] * (BUCKETS + 1)
    pulls = [0.0] * len(lessons)
    order = list(range(len(lessons)))
    for number in range(PASSES):
        _shuffle(order, number)
        for place in order:
            buckets, is_spam = lessons[place]
            belief = BELIEF * spam_weight if is_spam else BELIEF
            share = 1 / math.sqrt(max(1, len(buckets)))
            margin = weights[BIAS] + share * sum(map(weights.__getitem__, buckets))
            surprise = 1 / (1 + math.exp(max(-30.0, min(30.0, margin if is_spam else -margin))))
            step = (surprise - pulls[place]) / max(1.0, 0.25 + 2 * belief)
            pulls[place] += step
            change = belief * step if is_spam else -belief * step
            weights[BIAS] += change
            change *= share
            for bucket in buckets:
                weights[bucket] += change
    return array("f", weights)


def _shuffle(order: list[int], seed: int) -> None:
    """Another order for each pass, and the same ones on every machine."""
    state = seed + 12_345
    for last in range(len(order) - 1, 0, -1):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
        other = (state >> 8) % (last + 1)
        order[last], order[other] = order[other], order[last]


def _count(counts: "array[int]", buckets: Iterable[int]) -> None:
    for bucket in buckets:
        if counts[bucket] < MOST_COUNT:
            counts[bucket] += 1
