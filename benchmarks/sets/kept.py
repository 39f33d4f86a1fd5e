"""A kept page: CPU a request, against a bare WSGI app with the same bytes, headers, server and access log."""

import http.client
import json
from pathlib import Path

from benchmarks import programs, table
from benchmarks.corpus import FIFTY
from benchmarks.plan import Plan
from benchmarks.programs import HOST, Server
from benchmarks.references import ANSWER
from benchmarks.table import Row

ACCEPT = {"Accept-Encoding": "gzip, deflate, br, zstd"}  # as browsers send it
MOST = 1.1
APP, BARE = "newsite:create_app()", "benchmarks.references.bare:app"


def run(plan: Plan) -> list[Row]:
    """The article with 50 replies, as browsers ask for it and uncompressed."""
    site = plan.small()
    environment = site.environment()
    rows = []
    with programs.gunicorn(APP, environment, plan.log("newsite")) as ours:
        for name, headers in (("brotli", ACCEPT), ("uncompressed", {})):
            answer = plan.folder / f"answer-{name}.json"
            size = _save(ours, FIFTY, headers, answer)
            around = environment | {ANSWER: str(answer)}
            config = "benchmarks.references.gunicorn_bare"
            with programs.gunicorn(BARE, around, plan.log("bare"), config=config) as bare:
                pairs = [
                    (_cost(ours, headers, plan.seconds), _cost(bare, headers, plan.seconds))
                    for _ in range(plan.bursts)
                ]
            what = f"kept page, {name}, {size:,} bytes: CPU a request"
            rows.append(table.ratio(what, "µs", table.middle(pairs), most=MOST))
    return rows


def _cost(server: Server, headers: dict[str, str], seconds: float) -> float:
    """Microseconds of CPU that the server uses for a request, under load."""
    begun = server.cpu()
    load = programs.wrk(server, FIFTY, headers=headers, seconds=seconds)
    return (server.cpu() - begun) / load.requests * 1e6


def _save(server: Server, path: str, headers: dict[str, str], file: Path) -> int:
    """Writes the kept answer down for the bare app; the bytes of its body."""
    programs.wrk(server, path, headers=headers, seconds=1)  # both workers have made it
    line = http.client.HTTPConnection("127.0.0.1", server.port)
    line.request("GET", path, headers=headers | {"Host": HOST})
    answer = line.getresponse()
    body = answer.read()
    line.close()
    # The server writes these two by itself.
    sent = [
        one for one in answer.getheaders() if one[0].lower() not in ("server", "date", "connection")
    ]
    told = {"status": f"{answer.status} {answer.reason}", "headers": sent, "body": body.hex()}
    file.write_text(json.dumps(told))
    return len(body)
