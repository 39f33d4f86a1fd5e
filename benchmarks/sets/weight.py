"""The bytes of the article everything began with, 50 replies and every stylesheet: the test's own figures."""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from benchmarks import table
from benchmarks.plan import Plan
from benchmarks.programs import ROOT, MissingError
from benchmarks.table import Row

MOST = 14_000  # bytes
TEST = "tests/whole/test_weight.py"


def run(plan: Plan) -> list[Row]:
    """What the test weighs, piece by piece and together."""
    with tempfile.TemporaryDirectory(dir=plan.folder) as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
        command += [f"--junit-xml={report}", "-o", "junit_family=xunit1", TEST]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found = ET.parse(report).iter("property") if report.exists() else ()  # noqa: S314  # ours
        weights = {one.get("name", ""): int(one.get("value", "0")) for one in found}
    if not weights:
        raise MissingError(f"{TEST} weighed nothing:\n{done.stdout[-1000:]}")
    rows = [Row(path, f"{bytes_:,} bytes") for path, bytes_ in weights.items()]
    return [*rows, table.limit("all of it, brotli", "bytes", sum(weights.values()), most=MOST)]
