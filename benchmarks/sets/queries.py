"""Queries of an article made anew, with the site's row in memory."""

from benchmarks import table
from benchmarks.corpus import FIFTY, MOST
from benchmarks.inside import Maker
from benchmarks.plan import Plan
from benchmarks.table import Row

QUERIES = 9  # at most, whatever the number of replies


def run(plan: Plan) -> list[Row]:
    """Statements sent for an article with 50 replies, and for the one with the most."""
    maker = Maker(plan.small().app())
    return [_row(maker, "50 replies", FIFTY), _row(maker, "the most replies", MOST)]


def _row(maker: Maker, name: str, path: str) -> Row:
    maker.made(path)
    with maker.counting() as sent:
        maker.made(path)
    return table.limit(f"article with {name}, made anew", "queries", len(sent), most=QUERIES)
