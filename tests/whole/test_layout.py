"""The house itself: where things stand, and that each has its test beside it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FREE = {"whole", "browser"}
MAX_LINES = 300
TESTS = [
    path.relative_to(ROOT / "tests")
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if path.relative_to(ROOT / "tests").parts[0] not in FREE
]
MODULES = [
    path.relative_to(ROOT)
    for path in sorted((ROOT / "newsite").rglob("*.py"))
    if "versions" not in path.parts
]


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_a_test_file_stands_where_its_source_does(test: Path) -> None:
    source = ROOT / "newsite" / test.parent / test.stem.removeprefix("test_")
    package = ROOT / "newsite" / test.parent  # tests/a/test_a.py may be of the package a itself
    assert (
        source.with_suffix(".py").exists()
        or source.is_dir()
        or (package.is_dir() and package.name == source.name)
    ), f"no newsite/{test.parent / source.name}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_file_is_short_enough_to_read(module: Path) -> None:
    assert len((ROOT / module).read_text().splitlines()) <= MAX_LINES


def test_the_tree_names_no_machine_and_no_registry() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert "==" in pins
