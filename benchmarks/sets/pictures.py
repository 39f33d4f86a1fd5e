"""A photograph of 24 million pixels, taken in and made into the sizes that readers get: CPU, and memory at its peak."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import photograph, table
from benchmarks.drawing import SIZES, TAKE_IN, Drawing
from benchmarks.plan import Plan
from benchmarks.programs import ROOT
from benchmarks.table import Row
from newsite.media.reading import read

MOST_MB = 350.0
KEPT = "kept.jpg"


def run(plan: Plan) -> list[Row]:
    """Each step in processes of its own, one after the other."""
    times = max(1, plan.bursts // 3)
    return measured(photograph.kept(plan.folder), plan.folder / KEPT, times)


def measured(upload: Path, kept: Path, times: int) -> list[Row]:
    """What an upload takes, each step so often; medians, and the most memory of all."""
    drawn = read(upload.read_bytes())
    kept.write_bytes(drawn.content)
    large = f"{photograph.megapixels(upload):.0f} MP ({upload.stat().st_size / 1e6:.1f} MB)"
    names = {
        TAKE_IN: f"a photo of {large}, turned and with a profile, taken in",
        SIZES: f"its sizes, from the {drawn.width} × {drawn.height} px that are kept",
    }
    rows = []
    for step, path in ((TAKE_IN, upload), (SIZES, kept)):
        found = [_child(path, step) for _ in range(times)]
        rows += _rows(names[step], step, found)
    return rows


def _rows(name: str, step: str, found: list[Drawing]) -> list[Row]:
    seconds, cpu = (
        median(values) for values in zip(*((one.seconds, one.cpu) for one in found), strict=True)
    )
    rows = [Row(f"{name}: CPU", f"{cpu:.2f} s", f"{seconds:.2f} s on the clock")]
    if step == SIZES:
        made = found[0]
        rows.append(
            Row(
                f"{made.pictures} of them, {made.size / 1000:,.0f} kB: pictures a second of CPU",
                f"{made.pictures / cpu:.1f}",
            )
        )
    before, most = (
        max(values) for values in zip(*((one.before, one.peak) for one in found), strict=True)
    )
    limit = table.limit(
        f"{name}: most memory of the process (RSS)", "MB", round(most), most=MOST_MB
    )
    return [*rows, limit._replace(reference=f"{before:.0f} MB before")]


def _child(path: Path, step: str) -> Drawing:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.drawing", str(path), step],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Drawing(*json.loads(done.stdout))
