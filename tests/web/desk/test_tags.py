"""Tags at the desk."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite import audit
from newsite.articles import desk_queries
from newsite.articles.models import Article, Tag
from newsite.db import db
from newsite.site.queries import the_site

Make = Callable[..., Article]


def test_a_tag_is_found_renamed_and_deleted(desk: Pages, pages: Pages, make_article: Make) -> None:
    assert "There are no tags yet." in desk.get("/desk/tags/").text
    article = make_article(tags=("Rota", "Pay"))
    page = desk.get("/desk/tags/").form("seek").fill(q="ROT").submit()
    assert page.texts(".lines strong") == ["Rota"]
    page = page.follow("Rota").form("tag").fill(name="Rotas", slug="").submit()
    assert "The tag “Rotas” is saved. Its old address leads to the new one." in page.text
    assert pages.fetch("/tag/rota/").headers["Location"] == "/tag/rotas/"
    tag = db.session.scalars(sa.select(Tag).where(Tag.slug == "rotas")).one()
    assert (audit.latest(1)[0].action, audit.latest(1)[0].subject) == (
        "changed the tag Rota to",
        "Rotas",
    )
    lines = [
        {"label": "Who works", "address": "/tag/rotas"},
        {"label": "Pay", "address": "/tag/pay/"},
    ]
    the_site().header_menu, the_site().footer_menu = lines, lines
    db.session.commit()
    token = desk.get(f"/desk/tags/{tag.id}").form("tag").values["csrf_token"]
    page = desk.submit(f"/desk/tags/{tag.id}/delete", {"csrf_token": token})
    assert "The tag “Rotas” is gone." in page.text
    assert (the_site().header_menu, the_site().footer_menu) == (lines[1:], lines[1:])
    assert [one.name for one in article.tags] == ["Pay"]
    assert "No tag has these words." in desk.get("/desk/tags/?q=rota").text


def test_a_tag_may_not_take_anothers_place(desk: Pages, make_article: Make) -> None:
    article = make_article(tags=("Rota", "Pay"))
    tag = article.tags[0]
    for name, slug, field in (("", "pay", "name"), ("Wages", "rota", "slug"), ("🔥", "", "slug")):
        form = desk.get(f"/desk/tags/{tag.id}").form("tag").fill(name=name, slug=slug)
        assert form.submit(status=422).all(f"#{field}-error")
    desk.get("/desk/tags/99", 404)


def test_more_tags_than_a_page_shows_are_said_to_be_there(
    desk: Pages, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_article(tags=("a", "b", "c"))
    monkeypatch.setattr(desk_queries, "SHOWN_NAMES", 2)
    page = desk.get("/desk/tags/")
    assert page.texts(".lines strong") == ["a", "b"]
    assert "There are more: look for them by name." in page.text
