"""gunicorn's settings for the site, with a line from each worker at its end: what it answered, and what it kept.

The variable `BENCHMARK_COUNTS` names the file that the lines are added to.
"""

import json
import os
from pathlib import Path
from typing import Any

from benchmarks.references import COUNTS
from newsite.web.pagecache import layer
from newsite.web.server import *  # noqa: F403  # gunicorn takes the names it knows


def worker_exit(server: Any, worker: Any) -> None:  # type: ignore[no-redef]
    """A worker's last act."""
    kept = worker.app.wsgi().extensions[layer.KEY].store
    with Path(os.environ[COUNTS]).open("a") as file:
        file.write(json.dumps({"requests": worker.nr, "kept": kept.bytes}) + "\n")
