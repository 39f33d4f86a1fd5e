"""Hostile replies of the greatest length, cleaned and linked: CPU of the worst shape."""

import time
from statistics import median

from benchmarks import table
from benchmarks.plan import Plan
from benchmarks.table import Row
from newsite.sanitize import MAX_REPLY_CHARS, reply_html
from newsite.text import tidy_text

MOST = 100  # ms
TIMES = 9  # each; their median counts
SHAPES = {
    "tags that are left open": "<b><i>",
    "as many tags as are read, and text": "<em>" * 200 + "x" * 4_000,
    "tags that are printed": "<b>x</b> " * 100 + "y " * 2_000,
    "tags as deep as they may be": "<em>" * 90 + "x" * 4_500,
    "paragraphs in emphasis": "".join(f"<p><em x={i}>" for i in range(60)) + "x" * 3_000,
    "one more": "<em>" * 201 + "x" * 4_000,
    "brackets": "<",
    "links that are none": "http://(((",
    "links": "https://a.example/b ",
    "one link": "https://a.example/" + "a" * 4_900,
    "mail addresses": "a@b.example ",
    "a name before an @": "a." * 2_499 + "@",
    "ampersands": "&",
    "references": "&#11111111",
    "unclosed attributes": '<a href="',
    "attributes": "<a " + "x " * 2_000 + ">",
    "comments": "<!--",
    "lines": "\n\n",
    "marks on one letter": "\u0301",
    "directions": "\u202e",
}


def run(plan: Plan) -> list[Row]:
    """A row for each shape, and one for the worst."""
    costs = {name: _cost(shape) for name, shape in SHAPES.items()}
    rows = [Row(name, f"{cost:.1f} ms") for name, cost in costs.items()]
    return [*rows, table.limit("the worst of them", "ms", max(costs.values()), most=MOST)]


def _cost(shape: str) -> float:
    """CPU to clean it, in ms; a shape shorter than a reply may be is repeated."""
    words = (shape * (MAX_REPLY_CHARS // len(shape) + 1))[:MAX_REPLY_CHARS]
    taken = []
    for _ in range(TIMES):
        begun = time.process_time()
        reply_html(tidy_text(words))
        taken.append((time.process_time() - begun) * 1000)
    return median(taken)
