"""Every kind of public page made anew on a big site, against the same on a small one: CPU and queries."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask

from benchmarks import inside, sites, table
from benchmarks.corpus import CORRECTED, FIFTY, MOST, PAGE
from benchmarks.inside import Made, Maker
from benchmarks.plan import SMALL, Plan
from benchmarks.table import Row
from newsite.articles import queries
from newsite.articles.models import Contributor, Revision, RevisionKind, Section, Tag
from newsite.comments.models import Comment
from newsite.db import db
from newsite.web.cards import card_of
from newsite.web.comments.feeds import ATOM, JSON, RSS
from newsite.web.context import now

MOST_GROWTH = 1.25
THREAD_FEEDS = (ATOM, RSS, JSON)


class _Kind(NamedTuple):
    """A kind of page, and where one of it is."""

    name: str
    path: str
    is_prepared: bool = False  # the page for what is not there
    counted: bytes = b""  # what it has more of on a bigger site, up to a bound: the cost is of one


class _Side(NamedTuple):
    """A page of one of the two sites, and what is known of it."""

    make: Callable[[], Made]
    queries: int
    things: int  # that the cost is divided by

    @classmethod
    def of(cls, maker: Maker, kind: _Kind) -> "_Side":
        """The page, made twice and looked at. Raises RuntimeError if it is not the one that is meant."""
        make = partial(maker.made, kind.path, is_prepared=kind.is_prepared)
        make()
        with maker.counting() as sent:
            made = make()
        if made.status != (404 if kind.is_prepared else 200):
            raise RuntimeError(f"{kind.path} was answered with {made.status}")
        return cls(make, len(sent), made.body.count(kind.counted) if kind.counted else 1)


def run(plan: Plan) -> list[Row]:
    """On SQLite, and on PostgreSQL where the address of one is given."""
    engines = [None, plan.postgres] if plan.postgres else [None]
    return [row for postgres in engines for row in _on(plan, postgres)]


def _on(plan: Plan, postgres: str | None) -> Iterator[Row]:
    both = [sites.site(size, postgres, plan.folder) for size in (plan.big, SMALL)]
    apps = [one.app() for one in both]
    makers = [Maker(app) for app in apps]
    for kinds in zip(*map(_kinds, apps), strict=True):
        sides = [_Side.of(maker, kind) for maker, kind in zip(makers, kinds, strict=True)]
        pairs = inside.compared(
            *(side.make for side in sides),
            bursts=plan.bursts,
            seconds=max(0.2, plan.seconds / 4),
        )
        shares = [(pair[0] / sides[0].things, pair[1] / sides[1].things) for pair in pairs]
        name = f"{both[0].engine}: {kinds[0].name}"
        row = table.ratio(name, "ms", table.middle(shares), most=MOST_GROWTH)
        yield row._replace(queries=f"{sides[0].queries}, {sides[1].queries}")
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def _kinds(app: Flask) -> list[_Kind]:
    """The kinds of public pages, each at an address that has as much on it at every size."""
    with app.test_request_context():
        article = queries.by_path(FIFTY)
        assert article is not None
        assert article.section is not None
        tags = sa.select(Tag).order_by(Tag.id)
        tag, person = (
            db.session.scalars(query.limit(1)).one()
            for query in (tags, sa.select(Contributor).order_by(Contributor.id))
        )
        section = db.session.scalars(sa.select(Section).order_by(Section.id).limit(1)).one()
        newest = Revision.at.desc(), Revision.id.desc()
        corrections = sa.select(Revision.article_id).where(Revision.kind == RevisionKind.correction)
        changed = db.session.scalars(corrections.order_by(*newest).limit(1)).one()
        replies = sa.select(sa.func.min(Comment.id)).where(
            Comment.article_id == article.id, Comment.is_on_page
        )
        reply = db.session.scalar(replies)
        latest = queries.latest(now())
        kinds = [
            _Kind("front page", "/"),
            _Kind("front page, second", f"/?before={latest.next}"),
            _Kind("article, 50 replies", FIFTY),
            _Kind("article, the most replies", MOST),
            _Kind("article, its second page of replies", f"{MOST}?replies=2"),
            *(
                _Kind("article, its social card", card.address)
                for card in [card_of(article)]
                if card
            ),
            *(_Kind(f"replies as {name}", MOST + name) for name in THREAD_FEEDS),
            _Kind("page", PAGE),
            _Kind("changes of an article", f"/articles/{changed}/changes"),
            _Kind("a change word by word", f"/articles/{changed}/changes/{CORRECTED}"),
            _Kind("section", f"/section/{section.slug}/"),
            _Kind("tag, the most used", f"/tag/{tag.slug}/"),
            _Kind("contributor", f"/by/{person.slug}/"),
            _Kind("months", "/archive/"),
            _Kind("a month", "/archive/2026/10/"),
            _Kind("corrections", "/corrections/"),
            _Kind("corrections, feed", "/corrections/atom.xml"),
            _Kind("feed", "/atom.xml"),
            _Kind("site map, index", "/sitemap.xml"),
            _Kind("site map, an address in its first part", "/sitemap-1.xml", counted=b"<url>"),
            _Kind("robots.txt", "/robots.txt"),
            _Kind("reply form", f"/articles/{article.id}/replies/new"),
            _Kind("report form", f"/articles/{article.id}/replies/{reply}/report"),
            _Kind("nothing is here", "/", is_prepared=True),
        ]
        db.session.remove()
    return kinds
