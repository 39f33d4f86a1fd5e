"""Which addresses lead somewhere."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import outbox
from newsite.accounts.models import User
from newsite.articles import links as kept
from newsite.articles import taxonomy
from newsite.articles.models import Article, BrokenLink
from newsite.db import db
from newsite.media import documents, renditions
from newsite.media.models import Picture
from newsite.web import links


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("/", True),
        ("/section/pay/", True),
        ("/section/pay", True),
        ("/section/none/", False),
        ("/by/nobody/", False),
        ("/tag/none/", False),
        ("/archive/", True),
        ("/corrections/", True),
        ("/static/site.css", True),
        ("/media/ab/cd.webp", False),
        (f"/media/{'ab' * 16}/full.jpg", False),
        ("/atom.xml", True),
        ("/archive/99/", False),
        ("/nowhere/", False),
        ("/articles/1/replies", False),
        ("/two\nlines", False),
    ],
)
def test_pages_of_the_site(app: Flask, site: object, path: str, is_there: bool) -> None:
    taxonomy.save_section(None, name="Pay", slug="pay", description="")
    assert links.is_page(path) is is_there


def test_pictures_and_files_are_known_by_their_names(
    make_picture: Callable[..., Picture], editor: User, now: datetime
) -> None:
    picture = make_picture()
    renditions.make(picture.id)
    file = documents.take_in(b"%PDF-1.7\n%%EOF\n", "Minutes.pdf", "", by=editor, now=now)
    db.session.commit()
    address = documents.address(file)
    for name in ("full.jpg", "320.webp", "401.webp"):
        assert links.is_page(f"/media/{picture.key}/{name}")
    assert links.is_page(address)
    for path in (f"/media/{picture.key}/640.webp", f"/media/{picture.key}/minutes.pdf"):
        assert not links.is_page(path)
    assert not links.is_page(address.replace("minutes", "other"))
    assert links.is_page(
        f"/media/card-1-{'0' * 12}.png"
    )  # leads to today's, or its article is dead too
    documents.delete(file, now=now)
    db.session.commit()
    assert not links.is_page(address)


def test_the_worker_looks_at_every_link_once_a_day(
    app: Flask, make_article: Callable[..., Article], now: datetime
) -> None:
    article = make_article("Out", body="[x](/gone/) [y](http://127.0.0.1:8000/archive/)")
    for _ in range(2):
        kept.ask(now=now)
    db.session.commit()
    worker = outbox.Worker({kept.KIND: links.job}, clock=lambda: now)
    assert worker.step()
    assert not worker.step()
    rows = db.session.execute(sa.select(BrokenLink.article_id, BrokenLink.address)).all()
    assert [tuple(row) for row in rows] == [(article.id, "/gone/")]
