"""The way in, and what is held about an address."""

import json
from datetime import timedelta

import pytest

from newsite import privacy, tokens
from newsite.comments import actions, own
from newsite.comments.letters.links import PRIVACY, privacy_path
from newsite.comments.models import Comment, Follows
from newsite.db import db

MINUTES = timedelta(minutes=1)


def at(app, time) -> None:
    app.config["NEWSITE_CLOCK"] = lambda: time


def test_looking_at_a_mailed_link_uses_nothing_up(pages, sent, now):
    path = privacy_path(sent().id, now=now)
    for _ in range(3):
        door = pages.get(path)
    assert "The turnstile" not in door.text
    assert door.form("door").submit().h1 == "Your data"


def test_a_mailed_link_opens_once(pages, sent, now):
    path = privacy_path(sent().id, now=now)
    door = pages.get(path)
    door.form("door").submit()
    for again in (door.form("door").submit(status=410), pages.get(path, 410)):
        assert again.h1 == "This link is over"
        assert again.link("Ask for another one") == "/privacy/me"
        assert again.response.headers["Cache-Control"] == "private, no-store"


def test_a_link_and_its_page_are_open_for_half_an_hour_each(pages, app, sent, now):
    path = privacy_path(sent().id, now=now)
    at(app, now + 30 * MINUTES)
    page = pages.get(path).form("door").submit()
    at(app, now + 60 * MINUTES - timedelta(seconds=1))
    assert pages.get(page.path).h1 == "Your data"
    at(app, now + 60 * MINUTES)
    assert pages.get(page.path, 410).h1 == "This link is over"
    path = privacy_path(sent("Two.").id, now=now - 36 * MINUTES)
    at(app, now)
    assert pages.get(path, 410).h1 == "This link is over"


@pytest.mark.parametrize("path", ["/privacy/me/nonsense", "/privacy/data/nonsense"])
def test_what_nobody_signed_opens_nothing(pages, path):
    pages.get(path, 410)


def test_one_kind_of_token_is_not_the_other(pages, enter, sent, now):
    comment = sent()
    token = enter(comment).path.rpartition("/")[2]
    pages.get(f"/privacy/me/{token}", 410)
    token = tokens.signed(PRIVACY, comment.id, now=now)
    pages.get(f"/privacy/data/{token}", 410)


def test_a_link_for_a_reply_that_is_gone_opens_nothing(pages, enter, sent, now):
    comment = sent()
    path, page = privacy_path(comment.id, now=now), enter(comment)
    number = comment.id
    sent("Another.", email="bob@example.org")
    db.session.delete(db.session.get_one(Comment, number))
    db.session.commit()
    pages.get(path, 410)
    pages.get(page.path, 410)


def test_the_page_shows_all_that_is_held_and_nothing_of_others(pages, enter, sent, editor, now):
    comment = sent("The turnstile jammed.", website="https://kaur.example/")
    sent("Bob's words.", email="bob@example.org", author_name="Bob")
    comment.network, comment.confirmed_at, comment.follows = "192.0.2.0/24", now, Follows.answers
    actions.trash(comment, by=editor, note="Why so cross?", reason="Cross", now=now)
    own.appeal(comment, "I was not.", now=now)
    db.session.commit()
    text = enter(comment).text
    for shown in (
        "One reply was sent with your address.",
        "Night shift votes",
        "The turnstile jammed.",
        "Removed",
        "https://kaur.example/",
        "address confirmed",
        "mail about answers",
        "sent from 192.0.2.0/24",
        "An editor writes: Why so cross?",
        "You asked the editors: I was not.",
    ):
        assert shown in text, shown
    assert "Bob" not in text
    assert "Reason" not in text


def test_a_note_that_its_editor_took_back_is_said_to_be_so(pages, enter, sent, editor, now):
    comment = sent("The turnstile jammed.")
    slip = actions.trash(comment, by=editor, note="You were rude.", now=now)
    actions.undo([slip], by=editor, now=now)
    db.session.commit()
    text = enter(comment).text
    assert "An editor wrote, and took it back: You were rude." in text
    assert "An editor writes:" not in text
    decisions = privacy.as_data(comment.email)["replies"][0]["decisions"]
    assert [one["taken_back"] for one in decisions if one["note"]] == [True]


def test_what_became_of_each_reply_is_said(pages, enter, sent, editor, now):
    waiting, withdrawn = sent("One."), sent("Two.")
    following = sent("Three.")
    following.follows = Follows.thread
    own.withdraw(withdrawn, now=now)
    actions.approve(following, by=editor, now=now)
    db.session.commit()
    page = enter(waiting)
    states = page.texts("section.row .facts b")
    assert states == ["On the page", "Withdrawn", "Waiting for an editor"]
    assert "mail about all new replies" in page.text


def test_an_article_that_is_not_on_the_site_is_named_and_not_linked(
    pages, enter, sent, article, now
):
    comment = sent()
    article.published_at = now + timedelta(days=1)
    db.session.commit()
    page = enter(comment)
    assert "Night shift votes" in page.text
    assert article.path not in page.html


def test_many_replies_stand_on_several_pages(pages, enter, sent, monkeypatch):
    monkeypatch.setattr(privacy, "SHOWN", 2)
    for number in range(3):
        comment = sent(f"Reply {number}")
    page = enter(comment)
    assert page.texts("section.row h2")[0] == "All of it"
    assert len(page.all("section.row .held")) == 2
    earlier = pages.get(page.link("Earlier replies"))
    assert "Reply 0" in earlier.text
    assert len(earlier.all("section.row .held")) == 1
    assert "Earlier replies" not in earlier.text


def test_the_file_holds_the_same_for_programs(pages, enter, sent, now):
    page = enter(sent("Fünf."))
    answer = pages.fetch(page.link("Take it with you, as a file (JSON)"))
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="your-data.json"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Fünf." in answer.get_data(as_text=True)
    assert json.loads(answer.data)["replies"][0]["body"] == "Fünf."
    assert pages.fetch("/privacy/data/nonsense/file").status_code == 410
