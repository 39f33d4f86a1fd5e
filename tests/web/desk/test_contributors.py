"""Contributors at the desk."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite import audit
from newsite.articles import desk_queries
from newsite.articles.models import Article, Contributor, ContributorKind
from newsite.db import db
from newsite.site.queries import the_site

Make = Callable[..., Article]


def test_a_contributor_is_added_changed_and_deleted(
    desk: Pages, pages: Pages, make_article: Make
) -> None:
    page = desk.get("/desk/contributors/")
    assert "There is nobody yet." in page.text
    form = page.follow("Add a contributor").form("contributor")
    page = form.fill(name="Coventry branch", kind="organisation", about="A union branch.").submit()
    assert "Coventry branch is saved." in page.text
    branch = db.session.scalars(sa.select(Contributor)).one()
    assert (branch.slug, branch.kind) == ("coventry-branch", ContributorKind.organisation)
    assert audit.latest(1)[0].action == "added the contributor"
    article = make_article(contributors=(branch.id,))
    page = desk.get("/desk/contributors/?q=COV")
    assert "1 article" in page.text
    page = page.follow("Coventry branch").form("contributor").fill(name="The branch").submit()
    assert (branch.name, branch.slug) == ("The branch", "coventry-branch")
    assert pages.get("/by/coventry-branch/").h1 == "The branch"
    form = desk.get(f"/desk/contributors/{branch.id}").form("contributor")
    assert "Its old address leads to the new one." in form.fill(slug="branch-12").submit().text
    assert pages.fetch("/by/coventry-branch/").headers["Location"] == "/by/branch-12/"
    token = desk.get(f"/desk/contributors/{branch.id}").form("contributor").values["csrf_token"]
    page = desk.submit(f"/desk/contributors/{branch.id}/delete", {"csrf_token": token})
    assert "The branch is gone." in page.text
    assert list(article.contributors) == []
    assert "Nobody’s name has these words." in desk.get("/desk/contributors/?q=x").text


def test_a_deleted_contributor_is_in_no_menu_any_more(desk: Pages) -> None:
    desk.get("/desk/contributors/new").form("contributor").fill(name="Ann").submit()
    ann = db.session.scalars(sa.select(Contributor)).one()
    lines = [{"label": "Ann", "address": "/by/ann/"}, {"label": "About", "address": "/about/"}]
    the_site().header_menu, the_site().footer_menu = lines, lines[1:]
    db.session.commit()
    token = desk.get(f"/desk/contributors/{ann.id}").form("contributor").values["csrf_token"]
    desk.submit(f"/desk/contributors/{ann.id}/delete", {"csrf_token": token})
    assert (the_site().header_menu, the_site().footer_menu) == (lines[1:], lines[1:])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202e"}, "name"),
        ({"name": "A", "about": "a" * 2001}, "about"),
        ({"name": "A", "kind": "robot"}, "kind"),
        ({"name": "🔥"}, "slug"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    fields: dict[str, str], field: str, desk: Pages
) -> None:
    form = desk.get("/desk/contributors/new").form("contributor").fill(**fields)
    page = form.submit(status=422)
    assert page.all(f"#{field}-error")
    assert db.session.scalars(sa.select(Contributor)).all() == []


def test_more_names_than_a_page_shows_are_said_to_be_there(
    desk: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A", "B"):
        desk.get("/desk/contributors/new").form("contributor").fill(name=name).submit()
    monkeypatch.setattr(desk_queries, "SHOWN_NAMES", 1)
    assert "There are more: look for them by name." in desk.get("/desk/contributors/").text
    desk.get("/desk/contributors/99", 404)
