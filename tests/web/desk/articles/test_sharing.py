"""The secret link at the desk."""

from collections.abc import Callable

from flask import Flask
from pages import Pages

from newsite import audit
from newsite.accounts.models import User
from newsite.articles.models import Article

PASSWORD = "a long enough password"
Make = Callable[..., Article]


def test_a_writer_makes_a_link_makes_it_anew_and_ends_it(
    app: Flask, pages: Pages, make_article: Make, writer: User
) -> None:
    draft = make_article("Mine", by=writer, publish=False)
    writing = Pages(app).sign_in(writer, PASSWORD)
    page = writing.get(f"/desk/articles/{draft.id}").follow("Secret link")
    assert page.h1 == "A secret link to “Mine”"
    page = page.press("Make a link")
    assert "Whoever has this link can read the draft." in page.text
    first = page.one(".secret").get_text()
    assert pages.get(first).h1 == "Mine"
    page = page.press("End it and make a new one")
    assert pages.fetch(first).status_code == 404
    second = page.one(".secret").get_text()
    page = page.press("End the link")
    assert "leads nowhere any more" in page.text
    assert not page.all(".secret")
    assert pages.fetch(second).status_code == 404
    actions = [entry.action for entry in audit.latest(2)]
    assert actions == ["ended the secret link to", "made a secret link to"]


def test_what_is_out_has_no_secret_link(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}"
    assert "Secret link" not in desk.get(here).text
    page = desk.get(f"{here}/sharing")
    assert "Only what is not published yet" in page.text
    token = desk.get(here).form("editor").values["csrf_token"]
    page = desk.submit(f"{here}/sharing/begin", {"csrf_token": token})
    assert page.texts(".notice p") == ["Only what is not published yet is shared by a secret link."]
    assert article.share_mark == ""


def test_a_writer_shares_nothing_of_others(app: Flask, article: Article, writer: User) -> None:
    writing = Pages(app).sign_in(writer, PASSWORD)
    assert writing.fetch(f"/desk/articles/{article.id}/sharing").status_code == 403
