"""No page's work grows with the site: what each asks of the database is explained, run and counted at two sizes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from grown import SIZE, SPAN, insert, print_articles, print_replies
from pages import Pages
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles import listing
from newsite.articles.models import (
    Contributor,
    ContributorKind,
    Section,
    Tag,
)  # fmt: skip
from newsite.comments.models import Status
from newsite.db import db
from newsite.paging import Cursor
from newsite.site.models import Site
from newsite.web.pagecache import layer

BIG = ("articles", "comments", "revisions", "article_tags", "credits", "redirects", "changes")
MOST_SORTED = 250  # rows: a page of replies is the longest
GROWTH, SLACK = 1.1, 150  # a deeper index, another part of the site map
LONG, SHORT = 1, 2  # ids of the articles with ten thousand replies, and with sixty

Asked = list[tuple[str, Any]]


@pytest.fixture
def grow(app: Flask, site: Site, admin: User, editor: User, now: datetime) -> Callable[[], None]:
    """Prints as many articles as there are, or the first ones, with everything that orders them."""
    insert(
        Section,
        [
            {"id": n + 1, "slug": f"s{n}", "name": f"S{n}", "description": "", "position": n}
            for n in range(5)
        ],
    )
    insert(Tag, [{"id": n + 1, "slug": f"t{n}", "name": f"T{n}"} for n in range(7)])
    person = {"kind": ContributorKind.person, "about": ""}
    insert(
        Contributor, [{"id": n + 1, "slug": f"c{n}", "name": f"C{n}", **person} for n in range(3)]
    )
    ids = iter(range(1, 100 * SIZE, SIZE))

    def make() -> None:
        begin = next(ids)
        print_articles(begin, [admin.id, editor.id], now)
        if begin == 1:
            print_replies(LONG, 1, 2_000, now)
            print_replies(SHORT, 100_001, 60, now)
        else:
            print_replies(LONG + 2, 200_001, 2_000, now)
        listing.recount(site)
        db.session.commit()
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()

    return make


def addresses(now: datetime) -> list[str]:
    """Every kind of page that readers can ask for, and its later pages."""
    later = f"?before={Cursor(now - SPAN / 2, 1)}"
    lists = ("/", "/section/s1/", "/tag/t1/", "/by/c1/", "/corrections/")
    month = f"{now - timedelta(days=60):/archive/%Y/%m/}"
    replies = (f"/a/{LONG}/", f"/a/{LONG}/?replies=2", f"/a/{SHORT}/", "/articles/1/replies/900")
    others = (
        "/a/57/",
        "/a/500/",
        "/old/500",
        month,
        "/archive/",
        "/atom.xml",
        "/sitemap.xml",
        "/sitemap-1.xml",
    )
    return [*lists, *(one + later for one in lists), *replies, *others, "/nothing/"]


def desk_addresses(now: datetime, writer: User) -> list[str]:
    """The desk's lists, as their filters and tabs lead to them."""
    later = f"?before={Cursor(now - SPAN / 2, 1)}"
    states = (
        f"?state={name}" for name in ("draft", "scheduled", "published", "withdrawn", "trash")
    )
    asked = (
        "",
        later,
        *states,
        "?kind=page",
        "?section=2",
        f"?writer={writer.id}",
        "?section=2&kind=article",
    )
    queues = (f"?queue={status}" for status in Status)
    return [
        "/desk/",
        *(f"/desk/articles/{one}" for one in asked),
        *(f"/desk/replies/{one}" for one in queues),
        *(f"/desk/replies/{one}" for one in replies_sought()),
    ]


def replies_sought() -> list[str]:
    """The lists of replies narrowed, the page of one, who decided what, and who is banned."""
    narrowed = (
        f"?article={SHORT}",
        f"?q=a{SHORT}@b.example",
        f"?q=192.0.{SHORT}.0/24",
        f"?article={SHORT}&q=words",
        "?q=words",
    )
    return [
        *(f"approved/{one}" for one in narrowed),
        "reported/",
        "appeals/",
        "100001/",
        "decisions/",
        "bans/",
    ]


@contextmanager
def asking() -> Iterator[Asked]:
    """What is read from the database inside."""
    asked: Asked = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *more: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_by(browser: Pages, path: str, app: Flask) -> Asked:
    """What one page reads, made anew."""
    app.extensions[layer.KEY].clear()
    db.session.commit()
    with asking() as asked:
        answer = browser.fetch(path)
    assert answer.status_code in (200, 301, 302) or path == "/nothing/", (path, answer.status)
    return asked


def work(statement: str, parameters: Any) -> int:
    """How much the database does for it: instructions on SQLite, rows looked at on PostgreSQL."""
    if db.engine.dialect.name == "postgresql":
        return sum(looked_at(node) for node in nodes(plan_of(statement, parameters)))
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, 1)
        driver.execute(statement, parameters).fetchall()
        driver.set_progress_handler(None, 0)
    return steps


def plan_of(statement: str, parameters: Any) -> dict[str, Any]:
    """PostgreSQL's plan, with what it met when it was followed."""
    with db.engine.connect() as connection:
        # What is small here is rightly read whole. That there is another way is what is asked.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        connection.exec_driver_sql(
            "SET LOCAL jit = off"
        )  # plans look dear now, and it would compile
        told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        found = told.scalar_one()
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def looked_at(node: dict[str, Any]) -> int:
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    return int(sum(node.get(name, 0) for name in names) * node["Actual Loops"])


def wrong(statement: str, parameters: Any) -> list[str]:
    """The steps of its plan that read a big table from end to end, or sort more than a page."""
    if db.engine.dialect.name == "postgresql":
        return [
            f"{node['Node Type']} {node.get('Relation Name', '')} {node['Actual Rows']}"
            for node in nodes(plan_of(statement, parameters))
            if (node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG)
            or (node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > MOST_SORTED)
        ]
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    scans = {f"SCAN {table}" for table in BIG}
    return [row.detail for row in rows if row.detail in scans]


def every_page(
    app: Flask, pages: Pages, desk: Pages, writer: User, now: datetime
) -> Iterator[tuple[str, Asked]]:
    for path in addresses(now):
        yield path, asked_by(pages, path, app)
    for path in desk_addresses(now, writer):
        yield path, asked_by(desk, path, app)


def test_no_page_reads_or_sorts_a_whole_table_and_none_grows_with_the_site(
    app: Flask, pages: Pages, desk: Pages, admin: User, now: datetime, grow: Callable[[], None]
) -> None:
    grow()
    before = {
        path: [work(*one) for one in asked]
        for path, asked in every_page(app, pages, desk, admin, now)
    }
    grow()
    found: list[object] = []
    for path, asked in every_page(app, pages, desk, admin, now):
        found += [(path, one[0], steps) for one in asked if (steps := wrong(*one))]
        works = [work(*one) for one in asked]
        assert len(works) == len(before[path]), path
        if sum(works) > GROWTH * sum(before[path]) + SLACK:
            grown = zip(asked, before[path], works, strict=True)
            found += [(path, one[0], old, new) for one, old, new in grown if new > GROWTH * old + 9]
    told = "\n".join(str(tuple(str(x)[-700:] for x in one)) for one in found[:8])
    assert found == [], told


def test_ten_thousand_replies_are_as_quick_as_two_hundred(
    app: Flask, pages: Pages, now: datetime, grow: Callable[[], None]
) -> None:
    grow()
    print_replies(11, 300_001, 10_000, now)
    print_replies(12, 400_001, 200, now)
    db.session.execute(sa.text("ANALYZE"))
    many, few = (asked_by(pages, f"/a/{number}/", app) for number in (11, 12))
    assert [one[0] for one in many] == [one[0] for one in few]
    most = GROWTH * sum(work(*one) for one in few) + SLACK
    assert sum(work(*one) for one in many) <= most
