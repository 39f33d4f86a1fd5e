"""A clock that is put back: nothing shows wrong, and nobody waits for it to be where it was."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages

from newsite import outbox
from newsite.articles.models import Article
from newsite.comments.models import Comment
from newsite.db import db
from newsite.outbox import Worker
from newsite.site.models import Site
from newsite.web.comments.views import LIMITS

WORDS = "We were there, all night long."


@pytest.fixture
def put_back(app: Flask, now: datetime) -> Callable[..., None]:
    """Puts the site's clock back by so much from where the test began."""

    def put(**by: float) -> None:
        app.config["NEWSITE_CLOCK"] = lambda: now - timedelta(**by)

    return put


def fate(pages: Pages, path: str) -> str:
    answer = pages.fetch(path)
    assert answer.status_code == 200
    return answer.headers["Cache-Status"]


def test_pages_of_the_future_are_made_anew_and_then_kept(
    pages: Pages, article: Article, put_back: Callable[..., None]
) -> None:
    paths = ["/", str(article.path), "/archive/"]
    assert [fate(pages, path) for path in paths + paths][3:] == ["newsite; hit"] * 3
    put_back(hours=3)
    assert [fate(pages, path) for path in paths] == ["newsite; fwd=miss"] * 3
    assert [fate(pages, path) for path in paths] == ["newsite; hit"] * 3


def test_an_article_appears_at_its_time_by_the_clock_as_it_is_now(
    pages: Pages, make_article: Callable[..., Article], put_back: Callable[..., None], now: datetime
) -> None:
    article = make_article("Just now", published_at=now - timedelta(minutes=5))
    assert "Just now" in pages.get("/").text
    put_back(hours=1)
    assert "Just now" not in pages.get("/").text
    pages.get(str(article.path), 404)
    put_back(minutes=4)
    assert "Just now" in pages.get("/").text


def test_a_form_of_the_future_comes_back_with_its_words_and_goes_through(
    pages: Pages, article: Article, put_back: Callable[..., None]
) -> None:
    form = pages.get(str(article.path)).form("reply")
    put_back(days=2)
    page = form.fill(author="Ann", email="ann@example.org", comment=WORDS).submit(status=422)
    assert "Send it again, and it is taken." in page.text
    assert page.form("reply").values["comment"] == [WORDS]
    page.form("reply").submit()
    assert db.session.scalars(sa.select(Comment.body)).all() == [WORDS]


def test_the_address_of_ones_own_reply_stays_good(
    pages: Pages, article: Article, put_back: Callable[..., None]
) -> None:
    form = pages.get(str(article.path)).form("reply")
    page = form.fill(author="Ann", email="ann@example.org", comment=WORDS).submit()
    put_back(days=2)
    assert WORDS in pages.get(page.path).text


def test_who_is_signed_in_stays_so(desk: Pages, put_back: Callable[..., None]) -> None:
    put_back(days=2)
    desk.get("/desk/")


def test_nobody_is_kept_from_replying_for_longer_than_the_limit_says(
    pages: Pages, article: Article, site: Site, put_back: Callable[..., None]
) -> None:
    site.replies_flood_seconds = 0  # the pause between two is another rule
    db.session.commit()
    form = pages.get(str(article.path)).form("reply")
    form.fill(author="Ann", email="ann@example.org")
    for number in range(int(LIMITS[0].split()[0])):
        form.fill(comment=f"{WORDS} {number}").submit()
    put_back(minutes=3)
    page = form.fill(comment=WORDS).submit(status=429)
    assert page.response.headers["Retry-After"] == "60"
    put_back(minutes=2)
    page.form("reply").submit()


def test_a_job_that_was_asked_for_since_waits_for_its_time_and_a_new_one_does_not(
    app: Flask, put_back: Callable[..., None], now: datetime
) -> None:
    done: list[str] = []

    def clock() -> datetime:
        at: datetime = app.config["NEWSITE_CLOCK"]()
        return at

    worker = Worker({"deed": lambda claim, _: done.append(claim.key)}, clock)

    def work() -> list[str]:
        while worker.step():
            pass
        return done

    outbox.add("deed", "of the future", now=now)
    db.session.commit()
    put_back(hours=1)
    outbox.add("deed", "of today", now=now - timedelta(hours=1))
    db.session.commit()
    assert work() == ["of today"]
    put_back(seconds=1)
    assert work() == ["of today"]
    put_back(seconds=0)
    assert work() == ["of today", "of the future"]
    assert work() == ["of today", "of the future"]  # once
