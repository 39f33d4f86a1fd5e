"""The corpus that speed is measured on is a site as any other: its rows agree, and its pages can be read."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages

from benchmarks import corpus, photograph, sites
from benchmarks.corpus import FIFTY, MOST, PAGE, Size
from benchmarks.inside import Maker, called
from benchmarks.references import naive
from benchmarks.sets import desk, growth, pictures
from benchmarks.words import Words
from newsite.articles.models import Article, SavedDraft
from newsite.comments import threads
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.db import db
from newsite.web.pagecache.public import _BOUNDS

SIZE = Size(60, 400)
# They show nothing that a site has more of.
UNMEASURED = {"theme.stylesheet", "theme.favicon", "theme.logo"}


@pytest.fixture
def filled(app: Flask) -> Flask:
    """An empty site, filled with a very small corpus."""
    with app.test_request_context():
        corpus.fill(SIZE)
    db.session.remove()
    return app


def test_counts_and_threads_agree(filled: Flask) -> None:
    articles = db.session.scalars(sa.select(Article).where(Article.kind == "article")).all()
    assert len(articles) == SIZE.articles
    total = db.session.scalar(sa.select(sa.func.count(Comment.id)))
    assert total == pytest.approx(SIZE.replies, abs=50)  # one has fifty in any case
    for article in articles:
        replies = db.session.scalars(sa.select(Comment).where(Comment.article_id == article.id))
        assert article.reply_count == sum(one.is_approved for one in replies)
    for one in db.session.scalars(sa.select(Comment)):
        assert one.is_on_page == one.is_approved
        assert one.place == threads.place(one, one.parent)
    waiting = db.session.scalars(sa.select(Comment).where(Comment.status == Status.pending)).all()
    decisions = db.session.scalar(sa.select(sa.func.count(ModerationEntry.id)))
    assert decisions == 2 * sum(one.reply_count for one in articles) + len(waiting)


def test_its_pages_can_be_read_and_answered(filled: Flask) -> None:
    pages = Pages(filled)
    assert len(pages.get(FIFTY).all("[id^=comment-]")) == 50
    most = pages.get(MOST)
    form = {"author": "Ann", "email": "ann@example.org", "comment": "A reply after all of these."}
    assert most.form("reply").fill(**form).submit().path.startswith("/replies/")
    for path in ("/", PAGE, "/archive/", "/archive/2026/10/", "/corrections/", "/atom.xml"):
        assert pages.fetch(path).status_code == 200, path


def test_the_naive_page_shows_what_ours_shows(tmp_path: Path) -> None:
    site = sites.site(SIZE, folder=tmp_path)
    app = site.app()
    ours = Maker(app).made(FIFTY)
    naive_app = naive.create_app(site.database_url)
    theirs = called(naive_app.wsgi_app, FIFTY)
    assert (ours.status, theirs.status) == (200, 200)
    shown = (
        rb"<h1>[^<]+</h1>", rb'id="comment-\d+"', rb"By <a[^>]+>", rb"<h2>[^<]+</h2>", rb"<h3>", rb"<time ",
        rb"\d+ replies", rb'href="/section/', rb'href="/tag/', rb'href="/by/', rb"/report", rb"Your data",
        rb"House rules", rb"<img", rb"Changed \d",
    )  # fmt: skip
    for words in shown:
        assert len(re.findall(words, ours.body)) == len(re.findall(words, theirs.body)), words
    told = rb'<meta (?:name|property)="([^"]+)"'
    assert sorted(re.findall(told, ours.body)) == sorted(re.findall(told, theirs.body))
    for one, models in ((app, db), (naive_app, naive.db)):
        with one.app_context():
            models.engine.dispose()


def test_the_desk_that_is_measured_stores_what_it_sends(tmp_path: Path) -> None:
    made = sites.copied(sites.site(SIZE, folder=tmp_path), tmp_path / "copy").app()
    measured = desk.Desk(made)
    rows = desk.measured(measured, 1)
    assert [row.reference.endswith("of CPU") for row in rows] == [True] * 3
    with made.app_context():
        article = db.session.get_one(Article, measured.id)
        assert article.words > desk.WORDS
        assert article.version == measured.version
        kept = db.session.scalars(sa.select(SavedDraft)).one()
        assert kept.fields["body"] == [desk.text(desk.FIRST, desk.HTML)]
        db.session.remove()
        db.engine.dispose()


def test_the_photograph_that_is_measured_is_one_as_cameras_make_them(tmp_path: Path) -> None:
    upload = photograph.kept(tmp_path, (900, 600))
    assert photograph.kept(tmp_path, (900, 600)) == upload
    assert photograph.scene((90, 60)) == photograph.scene((90, 60))
    taken, memory, sizes, *rest = pictures.measured(upload, tmp_path / pictures.KEPT, 1)
    assert taken.what.startswith("a photo of 1 MP")
    assert "600 × 900 px" in sizes.what  # turned
    assert memory.is_met
    assert rest[0].what.startswith(("2 of them", "4 of them", "6 of them"))


def test_every_kind_of_public_page_is_measured(filled: Flask) -> None:
    kinds = growth._kinds(filled)
    assert {endpoint_of(filled, kind.path) for kind in kinds} | UNMEASURED == {
        name for name, view in filled.view_functions.items() if hasattr(view, _BOUNDS)
    } | {"comments.new", "reporting.new"}
    for kind in kinds:
        assert Maker(filled).made(kind.path).status == 200, kind.path


def endpoint_of(app: Flask, path: str) -> str:
    found: str = app.url_map.bind("").match(path.partition("?")[0], method="GET")[0]
    return found


def test_replies_are_as_uneven_as_lifes_and_the_same_at_every_run() -> None:
    size = Size(100_000, 1_000_000)
    counts = corpus.reply_counts(size, Words(1))
    assert counts == corpus.reply_counts(size, Words(1))
    assert max(counts) == corpus.MOST_REPLIES
    assert sum(counts) == pytest.approx(size.replies, rel=0.01)
    assert min(counts) < 5
