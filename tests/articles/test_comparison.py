import random

import pytest

from newsite.articles import comparison
from newsite.articles.comparison import Fate, Stretch, compared

KEPT, GONE, NEW = Fate.kept, Fate.gone, Fate.new


def without(fate: Fate, stretches: list[Stretch]) -> str:
    return "".join(one.text for one in stretches if one.fate is not fate)


def test_a_changed_word_stands_beside_what_it_was() -> None:
    assert compared(
        "The count was at five.\nA meeting.\n", "The count was at six.\nA meeting.\n"
    ) == [
        Stretch(KEPT, "The count was at "),
        Stretch(GONE, "five.\n"),
        Stretch(NEW, "six.\n"),
        Stretch(KEPT, "A meeting.\n"),
    ]


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        ("", "", []),
        ("same", "same", [Stretch(KEPT, "same")]),
        ("", "new", [Stretch(NEW, "new")]),
        ("gone", "", [Stretch(GONE, "gone")]),
        ("a\n", "a\na\n", [Stretch(KEPT, "a\n"), Stretch(NEW, "a\n")]),
    ],
)
def test_nothing_is_a_text_too(older: str, newer: str, expected: list[Stretch]) -> None:
    assert compared(older, newer) == expected


def test_both_texts_can_be_read_out_of_the_comparison() -> None:
    chance = random.Random(7)
    for _ in range(200):
        older, newer = ("".join(chance.choices("ab \n", k=chance.randrange(40))) for _ in range(2))
        stretches = compared(older, newer)
        assert without(NEW, stretches) == older
        assert without(GONE, stretches) == newer
        assert all(one.text for one in stretches)


def test_texts_that_would_take_minutes_are_laid_side_by_side_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparison, "MAX_WORD_PAIRS", 3)
    assert compared("a b c", "x b y") == [Stretch(GONE, "a b c"), Stretch(NEW, "x b y")]
