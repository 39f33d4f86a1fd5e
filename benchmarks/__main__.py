"""Runs sets of benchmarks, and prints their tables."""

import argparse
import importlib
import os
import platform
import sys
from pathlib import Path

from benchmarks import sites, table
from benchmarks.corpus import Size
from benchmarks.plan import Plan
from benchmarks.programs import MissingError

SETS = (
    "kept", "anew", "queries", "weight", "front", "growth", "memory", "replies", "rules", "hostile", "desk", "pictures",
)  # fmt: skip


def main() -> int:
    """Measures what is asked for; 1 if a target was missed, 2 if something needed is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all if none is named"
    )
    parser.add_argument(
        "--folder", type=Path, default=sites.FOLDER, help="keeps the sites that are made"
    )
    parser.add_argument("--bursts", type=int, default=9, help="pairs of them; medians are taken")
    parser.add_argument("--seconds", type=float, default=2, help="of one burst")
    parser.add_argument("--articles", type=int, default=100_000, help="of the big site")
    parser.add_argument("--replies", type=int, default=1_000_000, help="of the big site")
    parser.add_argument(
        "--postgres", metavar="URL", help="a database to make others beside, for growth"
    )
    parser.add_argument("--markdown", action="store_true", help="prints tables for a document")
    given = parser.parse_args()
    unknown = set(given.sets) - set(SETS)
    if unknown:
        parser.error(f"there is no set called {', '.join(sorted(unknown))}")
    big = Size(given.articles, given.replies)
    given.folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(given.folder, given.bursts, given.seconds, big, given.postgres)
    print(_machine())
    codes = [_run(name, plan, is_markdown=given.markdown) for name in given.sets or SETS]
    return max(codes)


def _run(name: str, plan: Plan, *, is_markdown: bool) -> int:
    print(f"\n{name}", flush=True)
    try:
        rows = importlib.import_module(f"benchmarks.sets.{name}").run(plan)
    except MissingError as error:
        print(f"not measured: {error}")
        return 2
    print((table.markdown if is_markdown else table.plain)(rows), flush=True)
    return int(any(row.is_met is False for row in rows))


def _machine() -> str:
    """What was measured on, and how busy it was with other things."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load before: {load}"
    )


if __name__ == "__main__":
    sys.exit(main())
