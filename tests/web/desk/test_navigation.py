"""What stands around the pages of the desk."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from pages import Pages

from newsite.accounts.models import Role, User
from newsite.articles.models import Article
from newsite.comments.models import Comment, Status
from newsite.db import db

PASSWORD = "a long enough password"
CURRENT = "nav.places [aria-current]"


def test_each_sees_the_parts_that_are_open_to_them(
    app: Flask, make_user: Callable[..., User]
) -> None:
    seen = {}
    for role in Role:
        pages = Pages(app).sign_in(make_user(role.value.title(), role), PASSWORD)
        seen[role] = set(pages.get("/desk/").texts("nav.places a"))
    assert {"Today", "Replies", "People"} <= seen[Role.admin]
    assert "People" not in seen[Role.editor]
    assert "Replies" not in seen[Role.writer]
    assert "Today" in seen[Role.writer]


def test_the_line_over_where_one_is(desk: Pages) -> None:
    assert desk.get("/desk/").texts(CURRENT) == ["Today"]
    people = desk.get("/desk/people/")
    assert people.texts(CURRENT) == ["People"]
    assert people.one(CURRENT)["aria-current"] == "page"
    below = desk.get("/desk/people/new")
    assert below.texts(CURRENT) == ["People"]
    assert below.one(CURRENT)["aria-current"] == "true"
    assert desk.get("/desk/profile").all(CURRENT) == []


def test_how_many_replies_wait(desk: Pages, article: Article, now: datetime) -> None:
    assert "Replies" in desk.get("/desk/").texts("nav.places a")
    db.session.add(
        Comment(
            article_id=article.id,
            depth=1,
            status=Status.pending,
            author_name="Ann",
            email="",
            email_key="",
            body="",
            body_html="",
            body_policy=1,
            fingerprint="1",
            created_at=now,
        )
    )
    db.session.commit()
    assert "Replies 1 waiting" in desk.get("/desk/").texts("nav.places a")


def test_nobody_sees_none_of_it(pages: Pages) -> None:
    page = pages.get("/desk/login")
    assert page.all("nav.places") == []
    assert page.all(".you") == []
