"""gunicorn's settings for an app that is not the site: the site's own, but for what looks into it."""

import gc
from typing import Any

from newsite.web.server import *  # noqa: F403  # gunicorn takes the names it knows


def when_ready(server: Any) -> None:  # type: ignore[no-redef]
    """The master's last act before it forks: as the site's, without its templates."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:  # type: ignore[no-redef]
    """A worker's first act: there is no database to forget."""


def post_worker_init(worker: Any) -> None:  # type: ignore[no-redef]
    """Its last act before it answers: nothing is counted."""


def worker_exit(server: Any, worker: Any) -> None:  # type: ignore[no-redef]
    """Its last act."""
