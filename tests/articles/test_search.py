"""Finding articles by their words."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from newsite.accounts.models import User
from newsite.articles import actions, search
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, State
from newsite.articles.paths import Reserved
from newsite.db import connection, db
from newsite.site.models import Site

Make = Callable[..., Article]


def found(asked: str, *conditions: Any, limit: int = 5) -> list[str]:
    return [one.title for one in search.find(asked, *conditions, limit=limit)]


@pytest.mark.parametrize(
    "asked",
    [
        "night",  # in the title
        "NIGHT votes",  # all of them, in any case and order
        "votes night",
        "vot",  # how a word begins
        "cafe",  # without its accents
        "Café’s",
        "reps",  # in the byline
        "standing",  # in the standfirst
        "2026/11/night-shift-votes",  # its address
        "hall",  # in the text
        "bold",  # which is one word there, with a tag in it
        "İstanbul",
        "ﬁre",  # as some copy it from a PDF
        "罢工",  # what is written without spaces
        'night" OR "x',  # what would mean something to an engine
        "night (shift) - * : ^ \\ ' & | ! <->",
    ],
)
def test_an_article_is_found_by_its_words(make_article: Make, asked: str) -> None:
    make_article(
        "Night shift votes or x",
        byline="the reps",
        standfirst="A standing count.",
        body="At six in the café's hall, b**old**. Istanbul. Fire! 我们罢工了",
    )
    make_article("Another")
    assert found(asked) == ["Night shift votes or x"]


@pytest.mark.parametrize("asked", ["", " ", "-", "ight", "night nowhere", "p", "strong"])
def test_what_is_not_there_is_not_found(make_article: Make, asked: str) -> None:
    make_article("Night", body="A **bold** text.")
    assert found(asked) == []


def test_titles_come_first_then_the_newest(make_article: Make) -> None:
    for title in ("Strike one", "Doors", "Strike two", "Heat"):
        make_article(title, body="About a strike.")
    assert found("strike") == ["Strike two", "Strike one", "Heat", "Doors"]
    assert found("strike", limit=1) == ["Strike two"]
    assert found("strike", Article.title == "Doors") == ["Doors"]


def test_the_index_follows_the_text(
    article: Article, editor: User, site: Site, now: datetime
) -> None:
    actions.save(
        article, Draft(title="Doors", body="Chained.", published_at=now), version=article.version,
        by=editor, now=now, site=site, reserved=Reserved(frozenset(), ()),
    )  # fmt: skip
    db.session.commit()
    assert found("chained") == ["Doors"]
    assert found("count") == []
    article.reply_count = 1  # none of its words
    db.session.commit()
    assert found("chained") == ["Doors"]
    assert search.wrong(connection()) == 0


def test_what_is_deleted_is_found_no_more(article: Article) -> None:
    db.session.execute(sa.delete(Article).where(Article.id == article.id))
    db.session.commit()
    assert search.wrong(connection()) == 0
    assert found("night") == []


def test_all_of_it_can_be_written_anew(make_article: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "STEP", 2)
    for title in ("One", "Two", "Three"):
        make_article(title)
    db.session.execute(sa.text("DELETE FROM articles_fts"))
    assert search.wrong(connection()) == 3
    assert found("two") == []
    search.rebuild(connection())
    assert search.wrong(connection()) == 0
    assert search.is_followed(connection())
    assert found("two") == ["Two"]


def test_who_saves_while_all_is_written_anew_is_found_by_the_new_words(
    app: Flask, article: Article, engine: str
) -> None:
    if engine == "sqlite":
        return  # there is one writer at a time

    def write_anew() -> None:
        with app.app_context():
            search.rebuild(connection())
            db.session.commit()

    article.body_html = "<p>The doors were chained.</p>"
    db.session.flush()
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write_anew)
        waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not db.session.scalar(waits) and not written.done():
            time.sleep(0.01)
        db.session.commit()
        written.result(20)
    assert found("chained") == [article.title]
    assert found("count") == []


def test_nobody_saves_what_is_being_written_anew(
    article: Article, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever saves waits; whoever replies does not, since that only points at the article."""

    def may_lock(how: str) -> bool:
        lock = f"SELECT id FROM articles WHERE id = {article_id} FOR {how} SKIP LOCKED"
        with db.engine.connect() as other:
            return other.scalar(sa.text(lock)) is not None

    if engine == "sqlite":
        return  # there is one writer at a time
    article_id, found = article.id, []
    kinds = ("NO KEY UPDATE", "KEY SHARE")
    plain = search.plain
    monkeypatch.setattr(
        search, "plain", lambda html: found.append([may_lock(how) for how in kinds]) or plain(html)
    )
    search.rebuild(connection())
    assert found == [[False, True]]


def test_an_article_without_end_is_found_by_how_it_begins(make_article: Make) -> None:
    article = make_article("Long", publish=False)
    article.body_html = "<p>" + " ".join(f"word{number}x" for number in range(40_000)) + "</p>"
    db.session.commit()
    assert found("word5x") == ["Long"]
    assert found("word39999x") == []


def test_a_search_has_so_many_words(article: Article) -> None:
    many = " ".join(f"shift{'x' * n}" for n in range(1, 30))
    assert found(f"night shift {many}") == []
    assert found("night shift " * 200) == [article.title]


def test_a_draft_is_found_only_where_it_may_be_seen(make_article: Make) -> None:
    make_article("A draft", publish=False)
    assert found("draft") == ["A draft"]
    assert found("draft", Article.state == State.published) == []
