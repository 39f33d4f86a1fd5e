"""A kept page behind the shipped nginx and Varnish, against nginx with the same file, packed beforehand."""

import http.client
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import fronts, programs, table
from benchmarks.corpus import FIFTY
from benchmarks.plan import Plan
from benchmarks.programs import HOST, Server
from benchmarks.sets.kept import APP
from benchmarks.table import Row

GZIP = {"Accept-Encoding": "gzip"}
LEAST_NGINX, LEAST_VARNISH = 0.8, 0.55


def run(plan: Plan) -> list[Row]:
    """Requests a second, sixteen at once, gzip; nginx with TLS on both sides, Varnish without on both."""
    site = plan.small()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=plan.folder)))
        folder.chmod(0o755)
        port = programs.free_port()
        around = site.environment() | {
            "NEWSITE_PROXIES": "1",
            "NEWSITE_PURGE_URLS": f"http://127.0.0.1:{port}/",
        }
        ours = stack.enter_context(programs.gunicorn(APP, around, plan.log("newsite")))
        nginx = stack.enter_context(fronts.nginx(folder, ours.port))
        varnish = stack.enter_context(fronts.varnish(folder, port, ours.port))
        headers, packed = _page(ours)
        reference, plain = fronts.static(folder, headers, packed)
        static = stack.enter_context(reference)
        compared = {
            "nginx": (nginx, static, "https", LEAST_NGINX),
            "Varnish": (varnish, Server(static.pid, plain), "http", LEAST_VARNISH),
        }
        return [
            _row(plan, name, (front, against), scheme=scheme, least=least, size=len(packed))
            for name, (front, against, scheme, least) in compared.items()
        ]


def _row(
    plan: Plan,
    name: str,
    sides: tuple[Server, Server],
    *,
    scheme: str,
    least: float,
    size: int,
) -> Row:
    def rate(server: Server) -> float:
        load = programs.wrk(server, FIFTY, seconds=plan.seconds, headers=GZIP, scheme=scheme)
        return load.requests / load.seconds

    for server in sides:
        rate(server)  # it has the page now
    pairs = [(rate(sides[0]), rate(sides[1])) for _ in range(plan.bursts)]
    what = f"kept page behind {name}, {scheme}, {size:,} bytes"
    return table.least(what, "requests/s", table.middle(pairs), least=least)


def _page(server: Server) -> tuple[http.client.HTTPMessage, bytes]:
    """The headers and the packed body of the page."""
    line = http.client.HTTPConnection("127.0.0.1", server.port)
    line.request("GET", FIFTY, headers=GZIP | {"Host": HOST})
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.headers, body
