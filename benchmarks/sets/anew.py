"""An article with 50 replies made anew, against a naive page of the same content; neither is compressed."""

from functools import partial

from benchmarks import inside, table
from benchmarks.corpus import FIFTY
from benchmarks.inside import Maker, called
from benchmarks.plan import Plan
from benchmarks.references import naive
from benchmarks.table import Row

MOST = 0.5
REPLIES = 50


def run(plan: Plan) -> list[Row]:
    """CPU of one rendering, in this process: what surrounds it in a server is the same for both."""
    site = plan.small()
    maker, app = Maker(site.app()), naive.create_app(site.database_url)
    ours, theirs = maker.made(FIFTY), called(app.wsgi_app, FIFTY)
    for made in (ours, theirs):
        if made.status != 200 or made.body.count(b'<li id="comment-') != REPLIES:
            raise RuntimeError("a page is not whole")
    pairs = inside.compared(
        partial(maker.made, FIFTY),
        partial(called, app.wsgi_app, FIFTY),
        bursts=plan.bursts,
        seconds=plan.seconds,
    )
    what = f"article with {REPLIES} replies made anew: CPU"
    row = table.ratio(what, "ms", table.middle(pairs), most=MOST)
    return [row._replace(bytes=f"{len(ours.body):,}, {len(theirs.body):,}")]
