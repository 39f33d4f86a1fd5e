"""A photograph taken in, or its sizes made, in a process of its own: `python -m benchmarks.drawing PATH STEP`."""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from newsite.media import renditions
from newsite.media.reading import read

TAKE_IN, SIZES = "take-in", "sizes"  # steps
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


class Drawing(NamedTuple):
    """What came of a step, and what it took."""

    pictures: int  # that were made
    size: int  # bytes of all of them
    seconds: float  # on the clock
    cpu: float  # seconds of all threads
    before: float  # MB, the most that the process had before
    peak: float  # MB, the most that it had at any time


def done(path: Path, step: str) -> Drawing:
    """Does a step, whose file is an upload or the picture that was kept of one."""
    content = path.read_bytes()
    _warm()
    before, clock, cpu = peak(), time.perf_counter(), time.process_time()
    sizes = list(map(len, _TAKES[step](content)))
    took = time.perf_counter() - clock, time.process_time() - cpu
    return Drawing(len(sizes), sum(sizes), *took, before, peak())


def peak() -> float:
    """MB of the most that this process has had; not `ru_maxrss`, which counts its parent's too."""
    found = _PEAK.search(Path("/proc/self/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


def _taken_in(upload: bytes) -> Iterator[bytes]:
    yield read(upload).content


def _sizes(kept: bytes) -> Iterator[bytes]:
    return (one.content for one in renditions.made(kept, "jpeg"))


_TAKES = {TAKE_IN: _taken_in, SIZES: _sizes}


def _warm() -> None:
    """Loads what draws: it is there in a process that has drawn before."""
    from PIL import Image, ImageCms  # noqa: F401, PLC0415

    from newsite.media import drawing  # noqa: PLC0415

    for form in drawing.RENDITION_QUALITIES:
        drawing.written(Image.new("RGB", (9, 9)), form, drawing.RENDITION_QUALITIES)


if __name__ == "__main__":
    print(json.dumps(done(Path(sys.argv[1]), sys.argv[2])))
