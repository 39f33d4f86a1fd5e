"""Cards, as other sites ask for them."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import disks
import exiftool
from flask import Flask
from pages import Pages
from PIL import Image

from newsite.accounts.models import User
from newsite.articles import actions, keys
from newsite.articles.models import Article
from newsite.db import db
from newsite.media import storage
from newsite.media.folder import Folder
from newsite.media.models import Picture
from newsite.site.models import Site
from newsite.web.pagecache import layer


def told(pages: Pages, article: Article) -> str | None:
    """The address that an article's page tells programs."""
    found = pages.get(str(article.path)).all('meta[property="og:image"]')
    return str(found[0]["content"]).removeprefix("http://127.0.0.1:8000") if found else None


def test_an_article_without_a_picture_has_a_card(pages: Pages, article: Article) -> None:
    address = told(pages, article)
    assert address is not None
    answer = pages.fetch(address)
    assert answer.headers["Cache-Control"] == pages.fetch("/").headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.data)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))


def test_pages_of_other_sites_show_cards_kept_ones_and_old_addresses_too(
    pages: Pages, article: Article
) -> None:
    address = str(told(pages, article))
    asked = [address, address, address.replace(".png", ".jpg")]
    answers = [pages.fetch(one) for one in asked]
    assert [one.status_code for one in answers] == [200, 200, 302]
    assert answers[1].headers["Cache-Status"] == "newsite; hit"
    policies = {one.headers["Cross-Origin-Resource-Policy"] for one in answers}
    assert policies == {"cross-origin"}


def test_a_withdrawn_article_has_no_card_any_more(
    pages: Pages, app: Flask, article: Article, site: Site, editor: User, now: datetime
) -> None:
    """In front, it is dropped with the page: it carries the article's key."""
    address = str(told(pages, article))
    assert pages.fetch(address).status_code == 200
    kept = app.extensions[layer.KEY].store.get(address)
    assert keys.text(article.id) in kept.keys
    actions.withdraw(article, reason="A name.", by=editor, now=now, site=site)
    db.session.commit()
    assert pages.fetch(address).status_code == 404


def test_another_title_has_another_card_and_the_old_address_leads_there(
    pages: Pages, article: Article
) -> None:
    old = str(told(pages, article))
    article.title = "Night shift wins"
    db.session.commit()
    answer = pages.fetch(old)
    assert answer.status_code == 302
    assert answer.headers["Location"] != old
    assert pages.fetch(answer.headers["Location"]).status_code == 200


def test_a_picture_above_the_article_is_its_card_around_what_must_not_be_cut_off(
    pages: Pages, make_article: Callable[..., Article], make_picture: Callable[..., Picture]
) -> None:
    picture = make_picture(alt="The gate")
    article = make_article(lead_picture_id=picture.id)
    address = str(told(pages, article))
    with Image.open(io.BytesIO(pages.fetch(address).data)) as image:
        assert (image.format, image.size) == ("JPEG", (401, 211))
        page = pages.get(str(article.path))
        said = [str(page.one(f'meta[property="og:image:{name}"]')["content"]) for name in MEASURES]
        assert said == ["401", "211", "The gate"]
        assert f'"image": "http://127.0.0.1:8000/media/{picture.key}/full.jpg"' in page.html
    picture.focal_y = 0
    db.session.commit()
    answer = pages.fetch(address.replace(".jpg", ".png"))
    assert answer.status_code == 302
    assert answer.headers["Location"] not in (address, told(pages, make_article("Other")))


MEASURES = ("width", "height", "alt")


class Away(Folder):
    def open(self, name: str, start: int = 0, end: int | None = None) -> NoReturn:
        raise OSError("S3 cannot be reached: EndpointConnectionError")


def test_a_picture_that_cannot_be_read_is_said_and_not_kept(
    pages: Pages, make_article: Callable[..., Article], make_picture: Callable[..., Picture]
) -> None:
    picture = make_picture()
    address = str(told(pages, make_article(lead_picture_id=picture.id)))
    with disks.used(Away):
        assert pages.fetch(address).status_code == 503
    storage.current().clear(picture.key)
    assert pages.fetch(address).status_code == 404


def test_an_article_has_a_card_whatever_its_title(
    pages: Pages, make_article: Callable[..., Article]
) -> None:
    for title in ("Strike 🎉", "罢工"):
        answer = pages.fetch(str(told(pages, make_article(title))))
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_exiftool_finds_nothing_in_cards(
    pages: Pages,
    make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
    tmp_path: Path,
) -> None:
    with_picture = make_article("With a picture", lead_picture_id=make_picture().id)
    shown = [str(told(pages, one)) for one in (make_article(), with_picture)]
    files = {address.rpartition("/")[2]: pages.fetch(address).data for address in shown}
    assert exiftool.added(tmp_path, files) == set()


def test_there_is_no_card_of_what_cannot_be_seen(
    pages: Pages, make_article: Callable[..., Article]
) -> None:
    draft = make_article("A draft", publish=False)
    assert pages.fetch(f"/media/card-{draft.id}-{'0' * 12}.png").status_code == 404
    assert pages.fetch(f"/media/card-99-{'0' * 12}.png").status_code == 404
