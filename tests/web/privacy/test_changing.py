"""Correcting and erasing, of one reply or of all."""

from datetime import timedelta

import pytest

from newsite import limits, privacy
from newsite.comments import actions
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.web.privacy import changing


@pytest.fixture
def three(sent, editor, now) -> list[Comment]:
    """Three replies of Parveen's, of which the first is on its page."""
    made = [sent("One."), sent("Two."), sent("Three.")]
    actions.approve(made[0], by=editor, now=now)
    db.session.commit()
    return made


def test_the_name_of_one_reply_is_corrected(enter, three):
    page = enter(three[0])
    form = page.pages.get(f"{page.path}/name?reply={three[0].id}").form("name")
    assert form.values["author_name"] == ["Parveen"]
    after = form.fill(author_name=" P. ").submit()
    assert after.h1 == "Your data"
    assert [one.author_name for one in three] == ["P.", "Parveen", "Parveen"]
    assert three[0].status is Status.pending


def test_the_name_of_all_replies_is_corrected(enter, three):
    page = enter(three[0]).follow("Correct the name")
    assert page.h1 == "Correct your name everywhere"
    assert "3 replies" in page.text
    page.form("name").fill(author_name="P.").submit()
    assert {one.author_name for one in three} == {"P."}


def test_a_name_that_cannot_be_is_given_back(enter, three):
    page = enter(three[0]).follow("Correct the name")
    again = page.form("name").fill(author_name=" ").submit(status=422)
    assert again.title.startswith("Error: Correct your name everywhere")
    assert "Enter your name." in again.text
    assert again.one("#author_name")["value"] == " "
    assert {one.author_name for one in three} == {"Parveen"}


def test_one_reply_is_erased_after_one_confirmation(enter, three, article, pages):
    page = enter(three[2])
    confirm = pages.get(f"{page.path}/erasure?what=everything&reply={three[2].id}")
    assert confirm.h1 == "Erase this reply?"
    assert "Three." in confirm.text
    assert three[2].body == "Three."  # to look changes nothing
    after = confirm.form("erasure").submit()
    assert after.h1 == "Your data"  # though the reply that stood for the address is no more
    assert "2 replies were sent" in after.text
    assert [one.body for one in three] == ["One.", "Two.", ""]
    assert three[2].erased_at is not None
    pages.get(page.path, 410)


def test_the_name_goes_and_the_words_stay(enter, three, article, pages):
    page = enter(three[0])
    confirm = pages.get(f"{page.path}/erasure?what=name&reply={three[0].id}")
    assert confirm.h1 == "Erase the name and the address?"
    confirm.form("erasure").submit()
    shown = pages.get(article.path).text
    assert "Name removed" in shown
    assert "One." in shown
    assert "Parveen" not in shown


def test_all_replies_are_erased_at_once(enter, three, article, pages, monkeypatch):
    monkeypatch.setattr(privacy, "STEP", 2)
    before = pages.get(article.path)
    assert "One." in before.text
    confirm = enter(three[1]).follow("Erase everything")
    assert confirm.h1 == "Erase all that is held about you?"
    done = confirm.form("erasure").submit()
    assert done.h1 == "Nothing is left"
    assert {one.body for one in three} == {""}
    assert "One." not in pages.get(article.path).text  # the kept page is dropped


def test_all_names_are_erased_at_once(enter, three):
    page = enter(three[1]).follow("Erase the name and the address")
    assert page.h1 == "Erase your name and your address everywhere?"
    assert page.form("erasure").submit().h1 == "Nothing is left"
    assert {one.email for one in three} == {""}
    assert [one.body for one in three] == ["One.", "Two.", "Three."]


def test_nobody_touches_the_reply_of_another(enter, three, sent, pages):
    theirs = sent("Four.", email="bob@example.org", author_name="Bob")
    page = enter(three[0])
    for number in (theirs.id, 2**31, "x", "-1"):
        asked = {"reply": number, "what": "everything", "author_name": "Mallory"}
        pages.get(f"{page.path}/name?reply={number}", 404)
        for deed in ("erasure", "name"):
            assert pages.post(f"{page.path}/{deed}", asked).status_code == 404
    assert (theirs.body, theirs.author_name) == ("Four.", "Bob")


def test_what_is_to_be_erased_has_to_be_said(enter, three, pages):
    page = enter(three[0])
    for asked in ({}, {"what": "words"}):
        assert pages.post(f"{page.path}/erasure", asked).status_code == 400
    assert pages.fetch(f"{page.path}/erasure").status_code == 400
    assert {one.email for one in three} == {"parveen@quillmark.example"}


def test_another_site_cannot_erase_in_somebodys_name(enter, three, pages):
    page = enter(three[0])
    headers = {"Sec-Fetch-Site": "cross-site"}
    asked = {"what": "everything"}
    assert pages.post(f"{page.path}/erasure", asked, headers=headers).status_code == 403
    assert three[0].body == "One."


def test_who_changes_too_much_is_slowed(enter, three, pages, now, monkeypatch):
    monkeypatch.setattr(changing, "LIMIT", "1 per 1 hour")
    page = enter(three[0])
    assert limits.hit("privacy-change", "127.0.0.1", "1 per 1 hour", now=now)
    for deed, form in (("name", "name"), ("erasure?what=name", "erasure")):
        refused = pages.get(f"{page.path}/{deed}").form(form).submit(status=429)
        assert "Wait an hour" in refused.text
    assert three[0].author_name == "Parveen"


def test_a_page_that_has_ended_changes_nothing(enter, three, pages, app, now):
    page = enter(three[0])
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=31)
    for deed in ("name", "erasure"):
        asked = {"what": "everything", "author_name": "P."}
        assert pages.post(f"{page.path}/{deed}", asked).status_code == 410
        assert pages.fetch(f"{page.path}/{deed}?what=name").status_code == 410
    assert three[0].body == "One."
