"""Sections at the desk."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from pages import Pages
from sqlalchemy import event

from newsite import audit
from newsite.articles.models import Article, Section
from newsite.db import db
from newsite.site.queries import the_site

Make = Callable[..., Article]


def add(desk: Pages, name: str, **fields: str) -> Any:
    return (
        desk.get("/desk/sections/").form("section").fill(name=name, **fields).submit("Add section")
    )


def press(desk: Pages, action: str, words: str, at: str) -> Any:
    """The page after pressing a button that is its own form."""
    form = desk.get(at).all(f'form[action="{action}"]')
    pressed = next(one for one in form if words in one.get_text())
    data = {str(field["name"]): str(field["value"]) for field in pressed.select("input")}
    return desk.submit(action, data)


def test_sections_are_added_and_put_in_order(desk: Pages, pages: Pages) -> None:
    assert "There are no sections yet." in desk.get("/desk/sections/").text
    for name in ("Pay", "Rotas", "Safety"):
        page = add(desk, name, description="About it.")
    assert "The section “Safety” is added." in page.text
    safety = db.session.scalars(sa.select(Section).where(Section.name == "Safety")).one()
    page = press(desk, f"/desk/sections/{safety.id}/move", "Up", "/desk/sections/")
    assert page.texts(".lines strong") == ["Pay", "Safety", "Rotas"]
    page = press(desk, f"/desk/sections/{safety.id}/move", "Down", "/desk/sections/")
    assert page.texts(".lines strong") == ["Pay", "Rotas", "Safety"]
    assert pages.get("/section/safety/").h1 == "Safety"
    assert (audit.latest(1)[0].action, audit.latest(1)[0].subject) == (
        "added the section",
        "Safety",
    )


def test_a_section_is_renamed_and_deleted_and_its_articles_stay(
    desk: Pages, make_article: Make
) -> None:
    add(desk, "Pay")
    section = db.session.scalars(sa.select(Section)).one()
    article = make_article(section=section.id)
    page = desk.get("/desk/sections/")
    assert "1 article" in page.text
    page = page.follow("Pay").form("section").fill(name="Pay & hours", slug="pay").submit()
    assert (section.name, section.slug) == ("Pay & hours", "pay")
    assert "The section “Pay & hours” is saved." in page.text
    lines = [{"label": "Pay", "address": "/section/pay/"}, {"label": "About", "address": "/about/"}]
    desk_site = the_site()
    desk_site.header_menu, desk_site.footer_menu = lines, lines[1:]
    db.session.commit()
    page = press(
        desk, f"/desk/sections/{section.id}/delete", "Delete", f"/desk/sections/{section.id}"
    )
    assert "is gone. Its articles are still here." in page.text
    assert article.section is None
    assert audit.latest(1)[0].action == "deleted the section"
    assert (desk_site.header_menu, desk_site.footer_menu) == (lines[1:], lines[1:])


def test_a_renamed_section_is_found_at_its_old_address(
    desk: Pages, pages: Pages, make_article: Make
) -> None:
    add(desk, "Pay")
    section = db.session.scalars(sa.select(Section)).one()
    make_article(section=section.id)
    the_site().header_menu = [{"label": "Pay", "address": "/section/pay/"}]
    db.session.commit()
    assert pages.get("/section/pay/").h1 == "Pay"  # and it is kept
    form = desk.get(f"/desk/sections/{section.id}").form("section")
    page = form.fill(name="Wages", slug="").submit()
    assert "Its old address leads to the new one." in page.text
    for asked, led in (
        ("/section/pay/", "/section/wages/"),
        ("/section/pay/?before=x", "/section/wages/?before=x"),
        ("/section/pay/feed.xml", "/section/wages/feed.xml"),
    ):
        answer = pages.fetch(asked)
        assert (answer.status_code, answer.headers["Location"]) == (301, led)
    assert pages.get("/").link("Wages") == "/section/wages/"
    assert desk.get("/desk/redirects/").texts(".lines strong") == ["/section/pay"]
    page = desk.get("/desk/redirects/").follow("/section/pay").form("redirect")
    page = page.fill(target="/archive/").submit()
    assert pages.fetch("/section/pay/").headers["Location"] == "/archive/"
    assert pages.fetch("/section/pay/feed.xml").status_code == 404
    assert pages.fetch("/section/nothing/feed.xml").status_code == 404


def test_what_is_wrong_is_said_at_its_field(desk: Pages) -> None:
    add(desk, "Pay")
    section = db.session.scalars(sa.select(Section)).one()
    for name, slug, field in (
        ("", "", "name"),
        ("n" * 100_000, "", "name"),
        ("Wages", "PAY", "slug"),
        ("🔥", "", "slug"),
    ):
        form = desk.get("/desk/sections/").form("section").fill(name=name, slug=slug)
        page = form.submit(status=422)
        assert page.all(f"#{field}-error")
        assert page.form("section").values["name"] == [name]
    page = desk.get(f"/desk/sections/{section.id}").form("section").fill(name="").submit(status=422)
    assert "Write a name." in page.text
    page = desk.get("/desk/sections/").form("section").fill(name="A", description="d" * 501)
    assert "500 characters or fewer" in page.submit(status=422).text


def test_two_people_who_add_one_section_at_the_same_moment_are_asked_again(desk: Pages) -> None:
    form = desk.get("/desk/sections/").form("section").fill(name="Pay")

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        row = {"name": "Pay", "slug": "pay", "position": 1, "description": ""}
        session.connection().execute(sa.insert(Section).values(row))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    page = form.submit(status=409)
    assert "Somebody saved at the same moment. Save again." in page.text
    assert page.form("section").values["name"] == ["Pay"]


def test_nonsense_is_not_done(desk: Pages) -> None:
    add(desk, "Pay")
    section = db.session.scalars(sa.select(Section)).one()
    token = desk.get("/desk/sections/").form("section").values["csrf_token"]
    answer = desk.post(f"/desk/sections/{section.id}/move", {"csrf_token": token, "where": "out"})
    assert answer.status_code == 400
    desk.get("/desk/sections/99", 404)
    assert desk.post("/desk/sections/99/delete", {"csrf_token": token}).status_code == 404
