"""The editor, as somebody without scripts uses it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pages import Pages, PageView
from sqlalchemy import event

from newsite import audit
from newsite.accounts.models import User
from newsite.articles import reads, taxonomy
from newsite.articles.models import (
    Article,
    ContributorKind,
    Format,
    Kind,
    Label,
    Precision,
    Redirect,
    Revision,
    RevisionKind,
    State,
)
from newsite.articles.reads import Day
from newsite.articles.syndication import PART_SIZE
from newsite.db import db
from newsite.site.models import Site

PASSWORD = "a long enough password"
Make = Callable[..., Article]


@pytest.fixture
def editing(app: Flask, editor: User) -> Pages:
    """Edith's browser."""
    return Pages(app).sign_in(editor, PASSWORD)


@pytest.fixture
def writing(app: Flask, writer: User) -> Pages:
    """Will's browser."""
    return Pages(app).sign_in(writer, PASSWORD)


def only_article() -> Article:
    return db.session.scalars(sa.select(Article)).one()


def buttons(page: PageView) -> list[str]:
    return page.texts("#editor .bar button")


def test_an_article_is_written_and_saved_as_a_draft(
    writing: Pages, writer: User, now: datetime
) -> None:
    page = writing.get("/desk/articles/new")
    assert page.h1 == "A new article"
    assert buttons(page) == ["Save draft", "Preview", "Hand in for review"]
    page = (
        page.form("editor")
        .fill(title=" Night shift\nvotes ", body="The *count*.")
        .submit("Save draft")
    )
    article = only_article()
    assert (article.title, article.body, article.state) == (
        "Night shift votes",
        "The *count*.",
        State.draft,
    )
    assert article.created_by == writer
    assert page.path == f"/desk/articles/{article.id}"
    assert "“Night shift votes” is saved." in page.text
    assert "Saved 12.00pm" in page.text
    assert "Version 1" in page.text
    (entry,) = audit.latest(1)
    assert (entry.user_name, entry.action, entry.subject) == (
        "Will",
        "began",
        "“Night shift votes”",
    )
    assert entry.address == page.path


def test_everything_around_the_text_is_stored_and_stands_in_the_form_again(
    editing: Pages, site: Site
) -> None:
    section = taxonomy.save_section(None, name="Organising", slug="", description="")
    for name in ("Rosa Achebe", "Unite, Branch 12"):
        taxonomy.save_contributor(None, name=name, slug="", kind=ContributorKind.person, about="")
    db.session.commit()
    sent = {
        "title": "Walked out",
        "standfirst": "In the dark.",
        "body": "<p>Text</p>",
        "body_format": "html",
        "byline": "members at the gate",
        "contributors": "unite-branch-12, Rosa Achebe",
        "first_published": "2023-01-26",
        "first_published_precision": "month",
        "published_at": "2026-11-23T06:00",
        "section": str(section.id),
        "tags": "Strikes, Amazon",
        "label": "opinion",
        "path": "/strike/",
        "source_name": "Another paper",
        "source_url": "https://example.org/strike",
        "source_is_original": "y",
        "replies": "closed",
        "is_sticky": "y",
        "sticky_until": "2026-12-01T00:00",
    }
    page = editing.get("/desk/articles/new").form("editor").fill(**sent).submit()
    article = only_article()
    assert (article.body_format, article.label) == (Format.html, Label.opinion)
    assert article.section == section
    assert [one.name for one in article.contributors] == ["Unite, Branch 12", "Rosa Achebe"]
    assert (article.first_published, article.first_published_precision) == (
        date(2023, 1, 26),
        Precision.month,
    )
    assert article.published_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert (article.replies_open, article.is_sticky) == (False, True)
    again = page.form("editor").values
    assert {name: again[name] for name in sent} == {
        name: ["Amazon, Strikes" if name == "tags" else value] for name, value in sent.items()
    }
    assert "Readers see “Originally published January 2023”." in page.text


def test_an_editor_publishes_in_one_go(editing: Pages, now: datetime) -> None:
    page = (
        editing.get("/desk/articles/new")
        .form("editor")
        .fill(title="Out", standfirst="At last.", body="Now.")
        .submit("Publish")
    )
    article = only_article()
    assert article.is_public(now)
    assert "“Out” is on the site." in page.text
    assert [entry.action for entry in audit.latest(2)] == ["published", "began"]
    assert Pages(editing.client.application).get("/2026/11/out/").h1 == "Out"


def test_the_button_says_what_will_happen(
    editing: Pages, make_article: Make, now: datetime
) -> None:
    planned = make_article(publish=False, standfirst="Soon.", published_at=now + timedelta(days=1))
    page = editing.get(f"/desk/articles/{planned.id}")
    assert buttons(page) == ["Save draft", "Preview", "Hand in for review", "Schedule"]
    page = page.form("editor").submit("Schedule")
    assert planned.is_scheduled(now)
    assert "appears on 23 November 2026, 12.00pm." in page.text
    assert "Scheduled for tomorrow, 12.00pm" in page.text
    assert buttons(page) == ["Save", "Preview"]
    assert audit.latest(1)[0].action == "scheduled"


def test_a_writer_cannot_publish_by_writing_the_button_into_the_form(writing: Pages) -> None:
    form = writing.get("/desk/articles/new").form("editor").fill(title="Mine", body="Mine.")
    page = writing.submit("/desk/articles/new", {**form.values, "do": "publish"}, 403)
    assert "Only an editor may publish." in page.text
    assert page.form("editor").values["title"] == ["Mine"]
    assert db.session.scalars(sa.select(Article)).all() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [("typo", "mended a slip in"), ("update", "updated"), ("correction", "corrected")],
)
def test_a_change_after_publication_says_what_it_is_for(
    change: str, word: str, editing: Pages, article: Article, now: datetime
) -> None:
    page = editing.get(f"/desk/articles/{article.id}")
    form = page.form("editor").fill(
        body="The count was at seven.", change=change, note="Seven, not six."
    )
    form.submit("Save")
    newest = db.session.scalars(sa.select(Revision).order_by(Revision.version.desc())).first()
    assert newest is not None
    assert newest.kind is RevisionKind(change)
    assert (article.updated_at is None) is (change == "typo")
    assert audit.latest(1)[0].action == word


def test_a_correction_without_a_note_comes_back(editing: Pages, article: Article) -> None:
    form = editing.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(change="correction", title="Corrected").submit("Save", 422)
    assert page.title.startswith("Error: ")
    assert "Say in the note what was wrong and what is right." in page.text
    assert page.form("editor").values["title"] == ["Corrected"]


def test_a_time_that_nobody_touched_keeps_its_seconds(
    editing: Pages, make_article: Make, now: datetime
) -> None:
    at = now - timedelta(days=30, seconds=-41, microseconds=-7)
    article = make_article(published_at=at, is_sticky=True, sticky_until=at)
    form = editing.get(f"/desk/articles/{article.id}").form("editor")
    assert form.values["published_at"] == ["2026-10-23T13:00"]  # summer time in London
    form.fill(title="Changed").submit("Save")
    assert (article.published_at, article.sticky_until) == (at, at)
    editing.get(f"/desk/articles/{article.id}").form("editor").fill(
        published_at="2026-10-23T13:01"
    ).submit()
    assert article.published_at == datetime(2026, 10, 23, 12, 1, tzinfo=UTC)


def test_an_end_that_is_over_is_not_set(editing: Pages, article: Article) -> None:
    form = editing.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(is_sticky="y", sticky_until="2026-11-22T12:00").submit(status=422)
    assert "That time is over" in page.one("#sticky_until-error").get_text()
    page.form("editor").fill(is_sticky=None).submit()
    assert not article.is_sticky


def test_an_address_that_is_emptied_is_made_anew(
    editing: Pages, article: Article, pages: Pages
) -> None:
    assert pages.get("/2026/11/night-shift-votes/").h1 == "Night shift votes"
    form = editing.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(title="Day shift votes", path="").submit()
    assert page.form("editor").values["path"] == ["/2026/11/day-shift-votes/"]
    answer = pages.fetch("/2026/11/night-shift-votes/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/2026/11/day-shift-votes/")


@pytest.mark.parametrize("field", ["published_at", "sticky_until"])
def test_an_hour_that_summer_time_leaves_out_is_refused(field: str, editing: Pages) -> None:
    form = (
        editing.get("/desk/articles/new")
        .form("editor")
        .fill(title="T", **{field: "2027-03-28T01:30"})
    )
    page = form.submit(status=422)
    assert "That hour does not exist" in page.one(f"#{field}-error").get_text()
    assert page.form("editor").values[field] == ["2027-03-28T01:30"]


def test_a_new_address_keeps_the_old_one_leading_there(
    editing: Pages, article: Article, pages: Pages
) -> None:
    editing.get(f"/desk/articles/{article.id}").form("editor").fill(path="/strike").submit()
    assert article.path == "/strike/"
    assert pages.get("/2026/11/night-shift-votes/").path == "/strike/"
    assert db.session.scalar(sa.select(sa.func.count(Redirect.id))) == 1


def test_a_page_has_less_around_its_text(editing: Pages) -> None:
    page = editing.get("/desk/articles/new-page")
    assert page.h1 == "A new page"
    assert not page.all("#byline, #tags, #section")
    form = page.form("editor").fill(title="About us", body="We.")
    page = form.submit("Publish")
    article = only_article()
    assert (article.kind, article.path, article.replies_open) == (Kind.page, "/about-us/", False)
    page.form("editor").fill(body="We are.").submit("Save")
    assert article.body == "We are."


def test_writers_do_not_write_pages(writing: Pages) -> None:
    assert "Only an editor may write pages." in writing.get("/desk/articles/new-page", 403).text


def test_a_writer_opens_no_drafts_of_others(
    writing: Pages, make_article: Make, editor: User
) -> None:
    other = make_article("Edith’s", publish=False, by=editor)
    assert "not yours to change" in writing.get(f"/desk/articles/{other.id}", 403).text
    assert writing.post(f"/desk/articles/{other.id}").status_code in (400, 403)
    writing.get("/desk/articles/999", 404)


def test_two_people_lose_nothing(
    editing: Pages, writing: Pages, writer: User, make_article: Make
) -> None:
    article = make_article("Both", body="One.\n\nTwo.", publish=False, by=writer, tags=("a",))
    hers, his = (
        browser.get(f"/desk/articles/{article.id}").form("editor") for browser in (editing, writing)
    )
    hers.fill(body="One.\n\nHers & <b>.", section="", replies="closed").submit("Save draft")
    page = his.fill(body="One.\n\nHis.", tags="b").submit("Save draft", 409)
    assert "Version 2 was saved by Edith, 12.00pm." in page.text
    assert page.texts(".compare del") == ["Hers & .", "Hers & <b>.", "a", "Closed"]
    assert page.texts(".compare ins") == ["His.", "His.", "b", "Open"]
    assert article.body == "One.\n\nHers & <b>."
    form = page.form("editor")
    assert form.values["body"] == ["One.\n\nHis."]
    form.submit("Save draft")  # he has seen hers, and decides
    assert (article.body, article.version) == ("One.\n\nHis.", 3)
    assert [one.body for one in article.revisions] == [
        "One.\n\nTwo.",
        "One.\n\nHers & <b>.",
        "One.\n\nHis.",
    ]


def test_a_save_within_the_same_moment_is_a_conflict_too(editing: Pages, article: Article) -> None:
    form = editing.get(f"/desk/articles/{article.id}").form("editor").fill(title="Late")

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        session.connection().execute(sa.update(Article).values(version=Article.version + 1))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    page = form.submit("Save", 409)
    assert page.h1 == "Somebody else saved it while you were writing"
    assert page.form("editor").values["title"] == ["Late"]


def test_nobody_saves_over_an_unknown_version(editing: Pages, article: Article) -> None:
    for version in (None, "", "-1", "x", "9" * 30, "１", "99"):
        form = editing.get(f"/desk/articles/{article.id}").form("editor")
        page = form.fill(version=version, title="Kept").submit("Save", 409)
        assert page.form("editor").values["title"] == ["Kept"]
    page = (
        editing.get(f"/desk/articles/{article.id}")
        .form("editor")
        .fill(version="0")
        .submit("Save", 409)
    )
    assert "Your text and theirs are the same." in page.text


def test_two_people_who_make_one_tag_at_the_same_moment_are_asked_again(
    editing: Pages, site: Site
) -> None:
    form = editing.get("/desk/articles/new").form("editor").fill(title="T", tags="rota")

    def somebody_is_faster(session: Any, *rest: Any) -> None:
        session.connection().execute(sa.insert(taxonomy.Tag).values(name="rota", slug="rota"))

    event.listen(db.session, "before_flush", somebody_is_faster, once=True)
    page = form.submit(status=409)
    assert "Somebody saved at the same moment. Save again." in page.text
    assert page.form("editor").values["tags"] == ["rota"]


def test_an_older_text_is_taken_into_the_editor_and_stored_only_by_saving(
    editing: Pages, article: Article
) -> None:
    editing.get(f"/desk/articles/{article.id}").form("editor").fill(body="New text.").submit()
    page = editing.get(f"/desk/articles/{article.id}/versions/1").follow(
        "Take this text into the editor"
    )
    assert "This is the text of version 1. It is not stored before you save." in page.text
    assert page.form("editor").values["body"][0].startswith("The count was at six.")
    assert article.body == "New text."
    page.form("editor").submit("Save")
    assert article.body.startswith("The count was at six.")
    for version in ("99", "x", "", "-1", "１"):
        editing.get(f"/desk/articles/{article.id}", 404, query_string={"version": version})


def test_a_withdrawn_article_is_published_again(
    editing: Pages, article: Article, now: datetime
) -> None:
    page = editing.get(f"/desk/articles/{article.id}/withdraw")
    page = page.form("withdrawal").fill(reason="A name.").submit()
    assert buttons(page) == ["Save", "Preview", "Publish again"]
    page.form("editor").fill(standfirst="Again.").submit("Publish again")
    assert article.is_public(now)


def test_of_a_time_that_comes_twice_one_is_chosen(desk: Pages, make_article: Make) -> None:
    article = make_article("Clocks", publish=False)
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(published_at="2026-10-25T01:30").submit(status=422)
    assert "Choose which of the two is meant." in page.one(".summary").get_text()
    page = page.form("editor").fill(which_hour="second").submit()
    assert article.published_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert page.form("editor").values["which_hour"] == ["second"]
    page = page.form("editor").fill(title="The clocks").submit()
    assert article.published_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    page = page.form("editor").fill(which_hour="first").submit()
    assert article.published_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert page.form("editor").values["which_hour"] == ["first"]
    page = page.form("editor").fill(published_at="2026-10-26T01:30").submit()
    assert not page.all("#which_hour")


def test_the_editor_says_how_often_an_article_was_read(
    editing: Pages, article: Article, make_article: Make, site: Site, now: datetime
) -> None:
    draft = make_article("Not out", publish=False)
    reads.add({Day(now.date(), article.id): 34})
    db.session.commit()
    address = f"/desk/articles/{article.id}"
    assert "Read 34 times in the last seven days" in editing.get(address).text
    assert "in the last seven days" not in editing.get(f"/desk/articles/{draft.id}").text
    site.counts_reads = False
    db.session.commit()
    assert "in the last seven days" not in editing.get(address).text


def test_what_is_not_for_search_engines_says_so(
    desk: Pages, pages: Pages, make_article: Make
) -> None:
    article, page = make_article("Out"), make_article("About", kind=Kind.page)
    assert not pages.get("/2026/11/out/").all('meta[name="robots"]')
    part = f"/sitemap-{(article.id - 1) // PART_SIZE + 1}.xml"  # PostgreSQL counts on from test to test
    assert b"/2026/11/out/" in pages.fetch(part).data
    for one in (article, page):
        desk.get(f"/desk/articles/{one.id}").form("editor").fill(is_noindex="y").submit()
        assert pages.get(str(one.path)).one('meta[name="robots"]')["content"] == "noindex"
        listed = pages.fetch(f"/sitemap-{(one.id - 1) // PART_SIZE + 1}.xml").data
        assert str(one.path).encode() not in listed
