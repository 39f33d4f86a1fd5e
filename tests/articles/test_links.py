"""Links of articles to this site."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles import actions, links, redirects
from newsite.articles.models import Article, BrokenLink
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.site.models import Site

Make = Callable[..., Article]
SITE = "https://paper.example"


def dead(html: str, now: datetime) -> list[str]:
    return links.leading_nowhere(
        html, site_url=SITE, at=now, is_page=lambda path: path == "/section/pay/"
    )


def test_what_is_there_is_no_dead_link(article: Article, now: datetime) -> None:
    html = (
        f'<a href="{article.path}">1</a><a href="{SITE}/2026/11/NIGHT-shift-votes#a">2</a>'
        '<a href="/section/pay/">3</a><a href="https://other.example/x">4</a><a href="#top">5</a>'
        '<a href="mailto:a@b.example">6</a><a name="x">7</a><a href="//x.example/">8</a>'
    )
    assert dead(html, now) == []
    assert dead("<p>No link.</p>", now) == []


def test_what_is_not_there_is_named_once(article: Article, now: datetime) -> None:
    html = f'<a href="/gone/?a=1&amp;b=2">1</a><a href="/gone/?a=1&amp;b=2">2</a><a href="{SITE}/x/">3</a>'
    assert dead(html, now) == ["/gone/?a=1&b=2", f"{SITE}/x/"]


def test_of_a_text_that_is_all_links_the_first_are_looked_at(
    article: Article, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST", 2)
    html = "".join(f'<a href="/{number}/">x</a>' for number in range(3))
    assert dead(html, now) == ["/0/", "/1/"]


def test_redirects_count_and_drafts_and_what_is_withdrawn_do_not(
    make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    draft = make_article("Draft", publish=False, path="/a-draft/")
    later = make_article("Later", published_at=now + timedelta(days=1))
    withdrawn = make_article("Withdrawn")
    around: dict[str, Any] = {"reserved": Reserved(frozenset(), ()), "site_url": SITE, "now": now}
    redirects.add("/old/?p=1", str(later.path), **around)
    redirects.add("/away/", "https://other.example/", **around)
    actions.withdraw(withdrawn, reason="A name.", by=editor, now=now, site=site)
    db.session.commit()
    paths = [str(draft.path), str(later.path), str(withdrawn.path), "/old/?p=1", "/old/", "/away/"]
    html = "".join(f'<a href="{path}">x</a>' for path in paths)
    assert dead(html, now) == [*paths[:3], "/old/?p=1", "/old/"]
    assert dead(html, now + timedelta(days=2)) == [paths[0], paths[2], "/old/"]


def test_broken_links_are_kept_with_the_day_on_which_they_were_found(
    article: Article, editor: User, writer: User, make_article: Make, now: datetime
) -> None:
    links.keep(article, ["/a/", "/b/"], now=now)
    db.session.commit()
    links.keep(article, ["/b/", "/c/"], now=now + timedelta(days=1))
    mine = make_article("Mine", by=writer)
    links.keep(mine, ["/d/"], now=now)
    thrown = make_article("Thrown", publish=False)
    links.keep(thrown, ["/e/"], now=now)
    actions.trash(thrown, by=editor, now=now)
    db.session.commit()
    found = [(one.title, [link.address for link in theirs]) for one, theirs in links.broken()]
    assert found == [(article.title, ["/c/", "/b/"]), ("Mine", ["/d/"])]
    assert [one.title for one, _ in links.broken(writer=writer.id)] == ["Mine"]


def test_published_articles_are_looked_at_step_by_step(
    make_article: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "STEP", 2)
    body = "[x](/gone/)"
    make_article("Draft", body=body, publish=False)
    ids = [make_article(f"No. {n}", body=body).id for n in range(3)]
    around: dict[str, Any] = {"site_url": SITE, "now": now, "is_page": lambda path: False}
    assert links.check_after(0, **around) == ids[1]
    assert links.check_after(ids[1], **around) == ids[2]
    assert links.check_after(ids[2], **around) is None
    db.session.commit()
    assert sorted(db.session.scalars(sa.select(BrokenLink.article_id))) == ids
