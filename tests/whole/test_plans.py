"""No page's work grows with the site: what each asks of the database is explained, run and counted at two sizes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from every_page import UNASKED, addresses, desk_addresses, endpoints, readable
from flask import Flask
from grown import (
    LONG,
    SHORT,
    SIZE,
    insert,
    print_articles,
    print_log,
    print_pictures,
    print_replies,
)
from pages import Pages
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles import desk_queries, listing, search, subjects
from newsite.articles.desk_queries import Shelf
from newsite.articles.models import (
    Article,
    Contributor,
    ContributorKind,
    Section,
    Tag,
)  # fmt: skip
from newsite.comments import arriving, rules
from newsite.comments.models import Comment
from newsite.comments.rules import Sender
from newsite.comments.submission import NewReply
from newsite.db import connection, db
from newsite.paging import Cursor
from newsite.site.models import Site
from newsite.web.pagecache import layer

BIG = (
    "articles", "comments", "revisions", "article_tags", "credits", "redirects", "changes",
    "pictures", "renditions", "picture_uses", "files", "audit_entries",
)  # fmt: skip
MOST_SORTED = 250  # rows: a page of replies is the longest
COUNTED_BY = 10  # steps of SQLite's machine: to be told of each takes longer than to look
GROWTH, SLACK = 1.1, 150  # a deeper index, another part of the site map
MOST_STEPS = (
    30_000  # of SQLite's machine, for a statement that sorts: a page of replies takes as many
)

Asked = list[tuple[str, Any]]


@pytest.fixture
def grow(app: Flask, site: Site, admin: User, editor: User, now: datetime) -> Callable[[], None]:
    """Prints as many articles as there are, or the first ones, with everything that orders them."""
    site.shows_changes = True
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
        print_pictures(begin, now)
        print_log(begin, [admin, editor], now)
        print_articles(begin, [admin.id, editor.id], now)
        if begin == 1:
            print_replies(LONG, 1, 2_000, now)
            print_replies(SHORT, 100_001, 60, now)
        else:
            print_replies(LONG + 2, 200_001, 2_000, now)
        listing.recount(site)
        search.rebuild(connection())
        db.session.commit()
        gather()
        db.session.commit()

    return make


def gather() -> None:
    """What a planner knows of the tables: PostgreSQL looks by itself, a minute later. SQLite never does."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE"))


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


def work(statement: str, parameters: Any, *, bitmaps: bool = False) -> int:
    """How much the database does for it: instructions on SQLite, rows looked at on PostgreSQL."""
    return weighed(statement, parameters, bitmaps=bitmaps)[0]


def wrong(statement: str, parameters: Any) -> list[str]:
    """The steps of its plan that read a big table from end to end, or sort more than a page."""
    return weighed(statement, parameters)[1]


def weighed(statement: str, parameters: Any, *, bitmaps: bool = False) -> tuple[int, list[str]]:
    """Both, of one run. `bitmaps`: PostgreSQL may read an index whole first, as it does one of words."""
    if db.engine.dialect.name == "postgresql":
        return weighed_by_postgresql(statement, parameters, bitmaps=bitmaps)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += COUNTED_BY

    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, COUNTED_BY)
        driver.execute(statement, parameters).fetchall()
        driver.set_progress_handler(None, 0)
    bad = {f"SCAN {table}" for table in BIG}
    # It does not say how much it sorts. But what a page shows is sorted in so many steps; and of what is
    # searched, the newest are, which a limit inside has cut.
    if steps > MOST_STEPS and statement.count(" LIMIT ") < 2:
        bad.add("USE TEMP B-TREE FOR ORDER BY")
    return steps, [row.detail for row in rows if row.detail in bad]


def weighed_by_postgresql(
    statement: str, parameters: Any, *, bitmaps: bool
) -> tuple[int, list[str]]:
    followed = list(nodes(plan_of(statement, parameters, bitmaps=bitmaps)))
    bad = [
        f"{node['Node Type']} {node.get('Relation Name', '')} {node['Actual Rows']}"
        for node in followed
        if (node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG)
        or (node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > MOST_SORTED)
    ]
    return sum(looked_at(node) for node in followed), bad


def plan_of(statement: str, parameters: Any, *, bitmaps: bool = False) -> dict[str, Any]:
    """PostgreSQL's plan, with what it met when it was followed."""
    with db.engine.connect() as connection:
        # What is small here is rightly read whole. That there is another way is what is asked.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        if not bitmaps:
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


def every_page(
    app: Flask, pages: Pages, desk: Pages, writer: User, now: datetime
) -> Iterator[tuple[str, Asked]]:
    with app.test_request_context():
        public = addresses(now)
    for path in public:
        yield path, asked_by(pages, path, app)
    for path in desk_addresses(now, writer):
        yield path, asked_by(desk, path, app)


def test_no_page_reads_or_sorts_a_whole_table_and_none_grows_with_the_site(
    app: Flask, pages: Pages, desk: Pages, admin: User, now: datetime, grow: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(desk_queries, "COUNTED", 100)  # fewer than there are
    grow()
    before = {
        path: [work(*one) for one in asked]
        for path, asked in every_page(app, pages, desk, admin, now)
    }
    grow()
    found: list[object] = []
    for path, asked in every_page(app, pages, desk, admin, now):
        weights = [weighed(*one) for one in asked]
        found += [(path, one[0], bad) for one, (_, bad) in zip(asked, weights, strict=True) if bad]
        works = [steps for steps, _ in weights]
        assert len(works) == len(before[path]), path
        if sum(works) > GROWTH * sum(before[path]) + SLACK:
            grown = zip(asked, before[path], works, strict=True)
            found += [
                (path, one[0], old, new)
                for one, old, new in grown
                if new > GROWTH * old + 2 * COUNTED_BY
            ]
    told = "\n".join(str(tuple(str(x)[-700:] for x in one)) for one in found[:8])
    assert found == [], told


def test_every_page_is_among_them_or_has_its_reason(
    app: Flask, site: Site, admin: User, now: datetime
) -> None:
    with app.test_request_context():
        asked = endpoints(app, [*addresses(now), *desk_addresses(now, admin)])
    assert asked | set(UNASKED) == readable(app)
    assert asked & set(UNASKED) == set()


def test_ten_thousand_replies_are_as_quick_as_fifty(
    app: Flask, pages: Pages, site: Site, now: datetime, grow: Callable[[], None]
) -> None:
    """Both show fifty: every fourth is an answer, and so many threads stand on a page."""
    site.replies_threads = 38
    grow()
    print_replies(11, 300_001, 10_000, now)
    print_replies(12, 400_001, 50, now)
    gather()
    many, few = (asked_by(pages, f"/a/{number}/", app) for number in (11, 12))
    for number in (11, 12):
        assert len(pages.get(f"/a/{number}/").all("[id^=comment-]")) == 50
    assert [one[0] for one in many] == [one[0] for one in few]
    most = GROWTH * sum(work(*one) for one in few) + SLACK
    assert sum(work(*one) for one in many) <= most


def test_a_rare_word_is_found_without_a_look_at_the_other_articles(
    app: Flask, site: Site, now: datetime, grow: Callable[[], None]
) -> None:
    def sought() -> int:
        with asking() as asked:
            assert [one.id for one in search.find("needle", limit=6)] == [57]
            for shelf in (None, Shelf.published):
                needle = desk_queries.Asked(
                    shelf=shelf, section=article.section_id, sought="needle"
                )
                for before in (None, Cursor(now, 1)):
                    found = desk_queries.listed(needle, now=now, before=before)
                    assert [one.id for one in found.items] == [57]
        db.session.commit()
        return sum(work(*one, bitmaps=True) for one in asked)

    grow()
    article = db.session.get_one(Article, 57)
    article.standfirst = "A needle"
    db.session.commit()
    before = sought()
    grow()
    assert sought() <= GROWTH * before + SLACK


def test_what_the_rules_ask_about_a_reply_does_not_grow(
    app: Flask, site: Site, now: datetime, grow: Callable[[], None]
) -> None:
    """Of somebody known, who has replied two thousand times, from a network of which many replies came."""

    def judged() -> int:
        article = subjects.by_id(SHORT)
        assert article is not None
        known = db.session.get_one(Comment, 5)
        sender = Sender(f"192.0.{SHORT}.0/24", address=f"192.0.{SHORT}.1")
        with asking() as asked:
            reply = NewReply(known.author_name, known.email, "https://a.example/", "Words", 100_001)
            arriving.prepare(article, reply, site, sender=sender, now=now)
            assert rules.judge(known, site, sender=sender, now=now).is_trusted
        db.session.commit()
        assert [(one, found) for one in asked if (found := wrong(*one))] == []
        return sum(work(*one) for one in asked)

    grow()
    db.session.execute(sa.update(Comment).values(confirmed_at=now))
    gather()  # a planner who thinks that nobody confirmed sorts them
    before = judged()
    grow()
    assert judged() <= GROWTH * before + SLACK
