"""What gunicorn is set to, under `newsite serve` and under gunicorn.conf.py alike."""

import ctypes
import gc
import os
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import configure_mappers

from newsite import db
from newsite.articles import dates
from newsite.web.accesslog import JsonFormatter
from newsite.web.pagecache import layer
from newsite.web.templating import FALLBACK_LANGUAGE
from newsite.web.warming import warm_up

SHARED_MEMORY = "/dev/shm"  # noqa: S108  # gunicorn makes files of its own there, which nobody can guess

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of glibc's malloc.h
LARGE = 128 * 1024  # bytes: what packing a page takes for a moment is larger

bind = "127.0.0.1:8000"
worker_class = "newsite.web.worker.PatientWorker"  # gthread, out of reach of slow lines
workers = 2  # one more than can be busy with a reply on SQLite
threads = 8
preload_app = True  # the workers share the program's memory
max_requests = 20_000  # a leak, wherever it may be, ends here
max_requests_jitter = 2_000  # so that two workers do not end together

timeout = 60  # seconds without a sign of life from a whole worker
graceful_timeout = 30  # seconds for requests that are under way when the site stops
# Seconds. A proxy must be the one that hangs up (nginx does after 60), or it meets a closed door.
keepalive = 75 if os.environ.get("NEWSITE_PROXIES", "0") != "0" else 5

limit_request_line = 4_094  # bytes; a long search in Cyrillic has room
limit_request_fields = 60  # browsers send about 20 headers, proxies some more
limit_request_field_size = 8_190  # bytes

# Nobody is believed here: newsite.web.proxies believes as many hops as NEWSITE_PROXIES says.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

control_socket_disable = True  # it would want a folder of its own, and nothing here speaks to it
worker_tmp_dir = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None  # a disk may stall

accesslog = None  # newsite.web.accesslog writes it, without secrets
logconfig_dict: dict[str, Any] = {
    "disable_existing_loggers": False,  # modules that were imported before would be silent for ever
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["json"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["json"], "propagate": False}},
}
LETTERS = "mail/"  # templates that the worker fills in, with words of its own


def when_ready(server: Any) -> None:
    """The master's last act before it forks: what every worker needs is made once, and its memory shared."""
    app = server.app.wsgi()
    environment = app.jinja_env
    for name in environment.list_templates(filter_func=lambda name: not name.startswith(LETTERS)):
        environment.get_template(name)
    configure_mappers()
    dates.day(datetime.now(UTC), ZoneInfo("UTC"), FALLBACK_LANGUAGE)  # names of days and months
    warm_up(app)
    gc.collect()
    _hold_memory_together()
    gc.freeze()  # a collection in a worker would write to, and so copy, all that they share


def _hold_memory_together() -> None:
    """Lets the C library keep one heap for all threads, and give large pieces back at once.

    Left to itself it makes a heap for each thread, of which only one runs at a time: some 10 MB a worker.
    What reading the templates left empty is given back as well: 3 MB that the master would keep.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # glibc's; others have no such heaps
        library.mallopt(M_ARENA_MAX, 1)
        library.mallopt(M_MMAP_THRESHOLD, LARGE)
        library.malloc_trim(0)


def post_fork(server: Any, worker: Any) -> None:
    """A worker's first act: it makes its own connections."""
    db.forget_connections(server.app.wsgi())


def post_worker_init(worker: Any) -> None:
    """A worker's last act before it answers: from now on it writes down what was read."""
    worker.wsgi.extensions[layer.KEY].readings.begin()


def worker_exit(server: Any, worker: Any) -> None:
    """A worker's last act: what was read since it last wrote."""
    server.app.wsgi().extensions[layer.KEY].readings.end()
