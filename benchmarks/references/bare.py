"""A WSGI app that returns the same bytes and headers as a page of the site, whatever is asked.

The variable `BENCHMARK_ANSWER` names the file that holds them. The access log is the site's own.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.references import ANSWER
from newsite.web.accesslog import AccessLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_told = json.loads(Path(os.environ[ANSWER]).read_text())
_STATUS: str = _told["status"]
_HEADERS: list[tuple[str, str]] = [(name, value) for name, value in _told["headers"]]
_BODY = bytes.fromhex(_told["body"])


def bare(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The same answer to everybody."""
    start_response(_STATUS, _HEADERS)
    return [_BODY]


app = AccessLog(bare, hops=0)
