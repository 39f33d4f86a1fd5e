"""Redirects from a list."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from newsite.articles import redirect_lists
from newsite.articles.models import Article, Redirect
from newsite.articles.paths import Reserved
from newsite.articles.redirect_lists import Report
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site.models import Site

RESERVED = Reserved(frozenset({"section", "tag", "archive"}), ())
SITE = "https://paper.example"
NEW = "/2026/11/night-shift-votes/"


def take(text: str, now: datetime) -> Report:
    return redirect_lists.take(text, reserved=RESERVED, site_url=SITE, now=now)


def led() -> dict[str, str]:
    rows = db.session.scalars(sa.select(Redirect).order_by(Redirect.id))
    return {one.path_key: one.article.title if one.article else one.target for one in rows}


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_list_with_or_without_a_heading_is_taken(
    article: Article, now: datetime, sign: str
) -> None:
    text = f"\ufeffold{sign}new\r\n/one/{sign}{NEW}\r\n\r\n/two/{sign}https://other.example/\r\n"
    report = take(text, now)
    assert not report.problems
    assert [(line.number, line.is_new) for line in report.lines] == [(2, True), (4, True)]
    assert led() == {"/one": "Night shift votes", "/two": "https://other.example/"}
    again = take(f"/one/{sign}https://other.example/", now)
    assert [line.is_new for line in again.lines] == [False]
    assert led()["/one"] == "https://other.example/"


def test_what_leads_on_within_the_list_leads_to_the_end(article: Article, now: datetime) -> None:
    assert not take(f"/a/,/b/\n/b/,/c/\n/c/,{NEW}", now).problems
    assert set(led().values()) == {"Night shift votes"}


def test_old_addresses_of_tags_are_led_on_line_by_line(article: Article, now: datetime) -> None:
    assert not take("/x/,/tag/a/\n/y/,/tag/a/feed.xml\n/z/,/tag/b/", now).problems
    db.session.commit()
    assert not take("/tag/a/,/Tag/B/\n/z/,/archive/\n/TAG/b/,/tag/c/", now).problems
    assert led() == {
        "/x": "/tag/c/",
        "/y": "/tag/c/feed.xml",
        "/z": "/archive/",
        "/tag/a": "/tag/c/",
        "/tag/b": "/tag/c/",
    }
    assert take("/tag/C/,/tag/a", now).problems[0].problem == "This address would lead to itself."


def test_a_long_list_of_old_addresses_of_tags_looks_through_all_redirects_once(
    site: Site, now: datetime
) -> None:
    looks = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        looks.extend([statement] if "lower(" in statement else [])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    take("\n".join(f"/tag/{n}/,/tag/new-{n}/" for n in range(20)), now)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(looks) == 1


def test_every_line_that_is_wrong_is_named(article: Article, now: datetime) -> None:
    report = take(
        f"/a/,/b/\n/b/,/a/\n/good/,{NEW}\n/section/x/y/,{NEW}\n/empty/\n/self/,/self/\n/gone/,/nowhere/",
        now,
    )
    assert [(line.number, line.problem.split(":")[0]) for line in report.problems] == [
        (1, "It leads back to itself."),
        (2, "It leads back to itself."),
        (4, "The site itself uses addresses that begin with /section. Choose another."),
        (5, "The second column is empty"),
        (6, "It leads back to itself."),
        (7, "There is no article at /nowhere/. Write where its readers are to be led."),
    ]


def test_a_circle_further_on_is_one_too(article: Article, now: datetime) -> None:
    report = take("/z/,/a/\n/a/,/b/\n/b/,/a/", now)
    assert len(report.problems) == 3


def test_no_list_and_too_long_a_list_are_refused(article: Article, now: datetime) -> None:
    for text in ("", "\n\n", "old,new"):
        with pytest.raises(RuleBroken, match="Paste or choose a list"):
            take(text, now)
    with pytest.raises(RuleBroken, match="2,000 lines"):
        take("\n".join(f"/{n}/,{NEW}" for n in range(2_001)), now)
