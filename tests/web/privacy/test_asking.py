"""Asking for one's data."""

from datetime import timedelta

import sqlalchemy as sa

from newsite import outbox
from newsite.comments import letters
from newsite.db import db
from newsite.mail import office
from newsite.outbox import Job
from newsite.web.comments import tokens
from newsite.web.privacy import asking

EMAIL = "parveen@quillmark.example"


def ask(pages, email=EMAIL, status=200):
    return pages.get("/privacy/me").form("ask").fill(email=email).submit(status=status)


def jobs() -> list[dict[str, str]]:
    asked = sa.select(Job.payload).where(Job.kind == "mail.privacy").order_by(Job.id)
    return list(db.session.scalars(asked))


def work(now) -> None:
    worker = outbox.Worker(letters.HANDLERS, clock=lambda: now)
    while worker.step():
        pass


def test_whoever_has_the_address_gets_a_link_that_opens_the_page(pages, post, sent, now):
    sent("The turnstile jammed.")
    assert ask(pages, " Parveen@QUILLMARK.example ").h1 == "Look into your mail"
    work(now)
    (mail,) = post.mails
    text = mail.get_body(("plain",)).get_content()
    (link,) = (line for line in text.splitlines() if "/privacy/me/" in line)
    door = pages.get(link.removeprefix("http://127.0.0.1:8000"))
    page = door.form("door").submit()
    assert page.h1 == "Your data"
    assert "The turnstile jammed." in page.text
    assert EMAIL in page.text
    assert EMAIL not in link + page.path
    assert jobs() == [{}]  # the address went with the mail


def test_the_answer_is_the_same_for_an_address_that_nobody_knows(pages, post, sent, now, counting):
    sent()
    answers = []
    for email in (EMAIL, "nobody@example.org"):
        form = pages.get("/privacy/me").form("ask").fill(email=email)
        with counting() as statements:
            answer = pages.post("/privacy/me", form.values)
        answers.append((answer.status_code, answer.location, answer.data, statements))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (303, "/privacy/asked")
    assert [job["email"] for job in jobs()] == [EMAIL, "nobody@example.org"]
    work(now)
    assert post.recipients == [EMAIL]


def test_three_mails_a_day_go_to_one_address_and_nobody_is_told(pages, post, sent, app, now):
    sent()
    for number in range(5):
        at = now + timedelta(minutes=10 * number)
        app.config["NEWSITE_CLOCK"] = lambda at=at: at
        assert ask(pages, EMAIL if number % 2 else EMAIL.upper()).h1 == "Look into your mail"
    assert len(jobs()) == 3


def test_ten_an_hour_are_taken_from_one_network(pages, post):
    for number in range(10):
        ask(pages, f"nobody-{number}@example.org")
    page = ask(pages, "nobody-10@example.org", status=429)
    assert page.response.headers["Retry-After"] == "3600"
    assert "Wait 60 minutes" in page.text
    assert page.one("#email")["value"] == "nobody-10@example.org"
    assert len(jobs()) == 10


def test_what_is_no_address_is_given_back(pages, post):
    for email in ("", "parveen", "a@b@c", "x" * 90 + "@example.org"):
        page = ask(pages, email, status=422)
        assert page.title.startswith("Error: ")
        assert page.one("#email")["aria-invalid"] == "true"
    assert jobs() == []


def test_a_form_without_its_token_is_given_back(pages, post):
    page = pages.submit("/privacy/me", {"email": EMAIL, "csrf_token": "no"}, 422)
    assert page.one("#email")["value"] == EMAIL
    assert "This form was not made by this page. Send it again." in page.text
    assert jobs() == []


def test_the_token_of_another_form_is_refused(pages, post, now):
    for other in (tokens.Purpose.reply, tokens.Purpose.report):
        swapped = tokens.form_token(asking.NO_ARTICLE, now, other)
        pages.submit("/privacy/me", {"email": EMAIL, "csrf_token": swapped}, 422)
    assert jobs() == []


def test_without_mail_the_page_says_whom_to_write_to(pages, site):
    page = pages.get("/privacy/me")
    assert "This site sends no mail" in page.text
    assert "at the foot" not in page.text
    assert not page.all("form")
    site.footer = "Write to desk@paper.example"
    db.session.commit()
    assert "stands at the foot of this page" in pages.get("/privacy/me").text
    assert "This site sends no mail" in pages.submit("/privacy/me", {"email": EMAIL}).text
    assert jobs() == []


def test_nobody_keeps_these_pages(pages, post):
    for path in ("/privacy/me", "/privacy/asked", "/privacy/erased"):
        response = pages.get(path).response
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
    assert office.is_set_up()
