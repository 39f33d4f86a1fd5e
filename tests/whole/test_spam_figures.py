"""The figures that docs/adr/0019 promises of the spam filter."""

from pathlib import Path

import pytest

from benchmarks import spam as measure


@pytest.fixture(scope="module")
def given(fixtures_folder: Path) -> Path:
    return fixtures_folder / "fixtures" / "spam" / "youtube-comments-given.csv"


def test_on_videos_that_it_has_not_seen_it_finds_four_fifths_and_is_seldom_wrong(
    given: Path,
) -> None:
    by_video = measure.left_out(measure.given(given))
    total = sum(by_video.values(), measure.Figures(0, 0, 0, 0))
    assert (total.spam, total.honest) == (579, 549)
    assert total.precision >= 0.95
    assert total.recall >= 0.80
    assert all(figures.precision >= 0.95 for figures in by_video.values())


@pytest.mark.parametrize("group", ["looked at", "set aside"])
def test_honest_replies_to_news_articles_are_not_held(given: Path, group: str) -> None:
    model = measure.learned(measure.given(given))
    figures = measure.judged(model, [one for one in measure.news() if one.group == group])
    assert (figures.spam, figures.honest) == (25, 100)
    assert figures.false_positives <= 0.02


def test_one_command_prints_all_figures(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("sys.argv", ["spam.py", str(given)])
    measure.main(said.append)
    assert [line.split(":")[0] for line in said] == [
        "video 01 left out",
        "video 04 left out",
        "video 07 left out",
        "all videos, each left out",
        "news, looked at",
        "news, set aside",
        "news, all",
    ]
