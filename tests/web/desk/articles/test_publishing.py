"""Before it is out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages
from sqlalchemy import event

from newsite import audit
from newsite.accounts.models import User
from newsite.articles import links
from newsite.articles.models import Article, State
from newsite.db import db

PASSWORD = "a long enough password"
Make = Callable[..., Article]
BODY = "See [the rules](/house-rules/).\n\n#### Deep\n\n![](/media/a.webp)"


def test_what_is_wanting_is_said_with_its_place_and_decided(
    desk: Pages, pages: Pages, now: datetime
) -> None:
    form = desk.get("/desk/articles/new").form("editor").fill(title="Out", body=BODY)
    page = form.submit("Publish")
    article = db.session.scalars(sa.select(Article)).one()
    assert page.h1 == "Before “Out” is out"
    assert article.state is State.draft
    here = f"/desk/articles/{article.id}"
    places = [link["href"] for link in page.all(".lines a")]
    assert places == [
        f"{here}#standfirst",
        f"{here}?find=a.webp#body",
        f"{here}?find=Deep#body",
        f"{here}?find=/house-rules/#body",
    ]
    assert page.texts(".lines a")[2:] == [
        "The heading “Deep” leaves a level out.",
        "The link to /house-rules/ leads nowhere on this site.",
    ]
    assert desk.get(places[2]).form("editor")
    page = page.form("publishing").submit("Publish all the same")
    assert "“Out” is on the site." in page.text
    assert article.is_public(now)
    assert pages.get("/2026/11/out/").h1 == "Out"
    assert audit.latest(1)[0].action == "published"


def test_scheduling_asks_too(desk: Pages, make_article: Make, now: datetime) -> None:
    planned = make_article(publish=False, published_at=now + timedelta(days=1))
    page = desk.get(f"/desk/articles/{planned.id}").form("editor").submit("Schedule")
    page.form("publishing").submit()
    assert planned.is_scheduled(now)
    assert audit.latest(1)[0].action == "scheduled"


def test_what_was_mended_is_published_without_a_question(desk: Pages, make_article: Make) -> None:
    article = make_article(publish=False, standfirst="Six.")
    page = desk.get(f"/desk/articles/{article.id}/publishing")
    assert "Nothing is wanting" in page.text
    page.form("publishing").submit("Publish")
    assert article.state is State.published
    page = desk.get(f"/desk/articles/{article.id}/publishing")
    assert "It is published already." in page.text


def test_a_newer_version_is_looked_at_first(desk: Pages, make_article: Make) -> None:
    article = make_article(publish=False)
    page = desk.get(f"/desk/articles/{article.id}/publishing")
    desk.get(f"/desk/articles/{article.id}").form("editor").fill(title="Newer").submit()
    page = page.form("publishing").submit()
    assert "Somebody saved it meanwhile." in page.text
    assert article.state is State.draft


def test_somebody_who_saves_at_the_same_moment_wins(desk: Pages, make_article: Make) -> None:
    article = make_article(publish=False)
    form = desk.get(f"/desk/articles/{article.id}/publishing").form("publishing")

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        session.connection().execute(sa.update(Article).values(version=Article.version + 1))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    assert "Somebody saved it at the same moment." in form.submit().text
    assert article.state is State.draft


def test_what_has_no_text_is_not_published(desk: Pages, make_article: Make) -> None:
    article = make_article(publish=False, body=" ")
    page = desk.get(f"/desk/articles/{article.id}/publishing").form("publishing").submit()
    assert "Write the text before you publish." in page.text
    page = desk.get(f"/desk/articles/{article.id}").form("editor").submit("Publish", 422)
    assert "Write the text before you publish." in page.text


def test_a_writer_does_not_publish_here_either(
    app: Flask, make_article: Make, writer: User
) -> None:
    article = make_article(publish=False, by=writer)
    writing = Pages(app).sign_in(writer, PASSWORD)
    assert writing.fetch(f"/desk/articles/{article.id}/publishing").status_code == 403


def test_articles_with_broken_links_are_listed(
    app: Flask, desk: Pages, make_article: Make, writer: User
) -> None:
    article = make_article("Rules", by=writer, publish=False)
    page = desk.get("/desk/articles/").follow("Links that lead nowhere")
    assert "Every link leads somewhere." in page.text
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(body="[a](/gone/) [b](/gone/too/) [c](/archive/)").submit()
    page = desk.get("/desk/articles/broken-links")
    assert page.texts(".lines strong") == ["Rules"]
    assert page.texts(".lines .facts") == ["/gone/ · /gone/too/"]
    here = f"/desk/articles/{article.id}"
    assert [link["href"] for link in page.all(".lines a")] == [
        f"{here}#body",
        f"{here}?find=/gone/#body",
        f"{here}?find=/gone/too/#body",
    ]
    desk.get(here).form("editor").fill(standfirst="S.").submit("Publish")
    desk.get(f"{here}/publishing").form("publishing").submit()
    writing = Pages(app).sign_in(writer, PASSWORD)
    page = writing.get("/desk/articles/broken-links")
    assert page.texts(".lines strong") == ["Rules"]
    assert "ask an editor to change it" in page.text
    assert not page.all(".lines a")
    desk.get(f"/desk/articles/{article.id}").form("editor").fill(body="None.").submit()
    assert not desk.get("/desk/articles/broken-links").all(".lines")


@pytest.mark.parametrize(
    ("state", "days", "sentence"),
    [
        (State.review, 0, "An editor is asked to read it: take it back before you change it."),
        (State.published, 1, "It is scheduled: ask an editor to change it."),
        (State.published, -1, "It is published: ask an editor to change it."),
        (State.withdrawn, -1, "It is withdrawn: ask an editor to change it."),
    ],
)
def test_a_writer_reads_why_a_broken_link_is_not_theirs_to_mend(
    app: Flask,
    make_article: Make,
    writer: User,
    now: datetime,
    state: State,
    days: int,
    sentence: str,
) -> None:
    article = make_article("Rules", by=writer, publish=False)
    links.keep(article, ["/gone/"], now=now)
    article.state, article.published_at = state, now + timedelta(days=days)
    page = Pages(app).sign_in(writer, PASSWORD).get("/desk/articles/broken-links")
    assert page.texts(".lines .facts")[1:] == [sentence]
    # Where it is taken back.
    leads = [link["href"] for link in page.all(".lines a")]
    assert leads == ([f"/desk/articles/{article.id}"] if state is State.review else [])
