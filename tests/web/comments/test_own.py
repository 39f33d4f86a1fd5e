"""Whoever sent a reply sees what became of it on a page of its own, and does there what may be done."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

import pytest
from flask import Flask, url_for
from itsdangerous.url_safe import URLSafeSerializer
from pages import Pages, PageView

from newsite.accounts.models import User
from newsite.articles import actions as articles
from newsite.articles.models import Article
from newsite.comments import actions, links, own
from newsite.comments.letters.confirming import MOST_AN_ADDRESS
from newsite.comments.links import MAIL, OWN, VIEW, Right
from newsite.comments.models import Comment, Follows, Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.mail import office
from newsite.mail_settings import MailSettings
from newsite.web.comments.own import LIMIT
from newsite.web.comments.tokens import OLD_SALT

HELD = "Your comment is awaiting moderation."
CHANGES = ["confirmation", "words", "withdrawal", "following", "appeal"]
Send = Callable[..., Comment]
Open = Callable[..., PageView]


@pytest.fixture
def sent(article: Article, now: datetime) -> Send:
    """Sends a reply a minute ago."""

    def make(body: str = "I was there.", **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""}
        new, at = NewReply(body=body, **(values | given)), now - timedelta(minutes=1)
        comment = actions.submit_reply(article, new, now=at)
        db.session.commit()
        return comment

    return make


@pytest.fixture
def has_mail(app: Flask) -> Iterator[None]:
    """A site with a mail server; nothing is sent here, so that none is asked."""
    sender = Address("The Test Paper", addr_spec="paper@example.org")
    office.use(MailSettings("127.0.0.1", 9, is_tls=False, user="", password="", sender=sender))
    yield
    office.use(None)


@pytest.fixture
def open_page(pages: Pages, now: datetime) -> Open:
    """The page of a reply, to somebody with this right."""

    def fetch(comment: Comment, right: Right = OWN, status: int = 200) -> PageView:
        return pages.get(links.status_path(comment.id, right, now=now), status)

    return fetch


def forms(page: PageView) -> list[str]:
    return [str(form["id"]) for form in page.all("form")]


# Looking


def test_the_rules_and_the_pages_agree_where_it_is(app: Flask, now: datetime) -> None:
    with app.test_request_context():
        token = links.status_token(12, OWN, now=now)
        assert url_for("own.show", token=token) == links.status_path(12, OWN, now=now)


def test_the_page_is_its_writers_alone(sent: Send, open_page: Open) -> None:
    page = open_page(sent())
    assert page.h1 == "Your reply"
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.response.headers
    assert page.one('meta[name="robots"]')["content"] == "noindex"


def test_it_says_where_the_reply_is(
    sent: Send, open_page: Open, editor: User, article: Article, now: datetime
) -> None:
    comment = sent()
    assert HELD in page_text(open_page(comment))
    actions.approve(comment, by=editor, now=now)
    page = open_page(comment)
    assert "Your reply is on the page." in page.text
    assert page.link("Read it there") == f"/articles/{article.id}/replies/{comment.id}"
    actions.mark_spam(comment, by=editor, now=now)
    assert "Your reply was not published." in open_page(comment).text
    own.withdraw(comment, now=now)
    assert "You have withdrawn this reply." in open_page(comment).text


def page_text(page: PageView) -> str:
    return page.one(".held").get_text()


def test_it_says_that_the_article_is_gone(
    sent: Send, open_page: Open, article: Article, admin: User, site: Any, now: datetime
) -> None:
    comment = sent()
    articles.withdraw(article, reason="An error", by=admin, now=now, site=site)
    page = open_page(comment)
    assert "The article is not on the site, and nor is your reply." in page.text
    assert not page.all("a.kicker")


def test_it_says_that_the_words_were_erased(sent: Send, open_page: Open, now: datetime) -> None:
    comment = sent()
    comment.body = comment.body_html = ""
    comment.erased_at = now
    assert "This reply was erased." in open_page(comment).text


def test_an_editors_note_is_for_its_writer(
    sent: Send, open_page: Open, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, note="Keep to <the> subject.", now=now)
    assert open_page(comment).texts(".note") == ["An editor writes: Keep to <the> subject."]
    assert not open_page(comment, VIEW).all(".note")


def test_the_note_of_a_decision_that_was_undone_is_not_shown(
    sent: Send, open_page: Open, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.hold(actions.approve(comment, by=editor, now=now).comment, by=editor, note="A", now=now)
    actions.undo([actions.trash(comment, by=editor, note="B", now=now)], by=editor, now=now)
    assert open_page(comment).texts(".note") == ["An editor writes: A"]


def test_a_note_keeps_its_lines(sent: Send, open_page: Open, editor: User, now: datetime) -> None:
    comment = sent()
    actions.trash(comment, by=editor, note="Keep to the subject.\n\nAda", now=now)
    assert open_page(comment).one(".note span").get_text() == "Keep to the subject.\n\nAda"


@pytest.mark.usefixtures("has_mail")
def test_a_mailed_link_says_when_it_is_too_old_to_confirm_by(
    sent: Send, pages: Pages, now: datetime
) -> None:
    comment = sent()
    comment.created_at = now - timedelta(days=40)
    db.session.commit()
    page = pages.get(links.status_path(comment.id, MAIL, now=now - timedelta(days=39)))
    assert "This link is older than 30 days: it confirms no address any more" in page.text
    assert "A mail is on its way" not in page.text


@pytest.mark.usefixtures("has_mail")
def test_no_mail_is_said_to_come_to_an_address_that_is_gone(sent: Send, open_page: Open) -> None:
    comment = sent()
    assert "A mail is on its way" in open_page(comment).text
    comment.email = ""
    db.session.commit()
    assert "A mail is on its way" not in open_page(comment).text


@pytest.mark.usefixtures("has_mail")
def test_whose_reply_was_put_aside_is_offered_no_mail_about_answers(
    sent: Send, open_page: Open, editor: User, now: datetime
) -> None:
    comment = sent()
    comment.confirmed_at = now
    actions.trash(comment, by=editor, now=now)
    assert "following" not in forms(open_page(comment, MAIL))
    comment.follows = Follows.thread  # from before: it can be stopped
    db.session.commit()
    assert "following" in forms(open_page(comment, MAIL))


@pytest.mark.usefixtures("has_mail")
def test_each_right_has_its_forms(sent: Send, open_page: Open, editor: User, now: datetime) -> None:
    comment = sent()
    assert forms(open_page(comment, VIEW)) == []
    assert forms(open_page(comment, OWN)) == ["edit", "withdrawal"]
    assert forms(open_page(comment, MAIL)) == ["confirmation", "edit", "withdrawal"]
    comment.confirmed_at = now
    assert forms(open_page(comment, MAIL)) == ["following", "edit", "withdrawal"]
    comment.created_at = now - timedelta(days=1)
    assert forms(open_page(comment, OWN)) == ["withdrawal"]
    actions.trash(comment, by=editor, now=now)
    assert forms(open_page(comment, OWN)) == ["appeal", "withdrawal"]
    own.withdraw(comment, now=now)
    assert forms(open_page(comment, MAIL)) == []


def test_who_has_not_confirmed_the_address_is_told_of_the_mail(
    sent: Send, open_page: Open, has_mail: None, now: datetime
) -> None:
    comment, told = sent(), "A mail is on its way to the address that you gave."
    assert told in open_page(comment, OWN).text
    assert told not in open_page(comment, VIEW).text
    assert told not in open_page(comment, MAIL).text
    comment.confirmed_at = now
    assert told not in open_page(comment, OWN).text


def test_a_mail_is_promised_only_where_one_is_written(
    sent: Send, open_page: Open, has_mail: None, now: datetime
) -> None:
    told = "A mail is on its way"
    spam = sent("Spam")
    spam.spam_score = 0.9
    assert told not in open_page(spam, OWN).text
    spam.status = Status.trash
    assert told not in open_page(spam, OWN).text
    spam.status = Status.approved
    assert told in open_page(spam, OWN).text
    others = [sent(f"No. {number}") for number in range(MOST_AN_ADDRESS)]
    assert told in open_page(others[-2], OWN).text
    assert told not in open_page(others[-1], OWN).text


def test_a_site_without_mail_promises_none(sent: Send, open_page: Open, now: datetime) -> None:
    comment = sent()
    assert "A mail is on its way" not in open_page(comment, OWN).text
    comment.confirmed_at = now
    assert forms(open_page(comment, MAIL)) == ["edit", "withdrawal"]


@pytest.mark.parametrize("right", Right)
def test_looking_changes_nothing(sent: Send, open_page: Open, right: Right) -> None:
    comment = sent()
    open_page(comment, right)
    assert (comment.status, comment.confirmed_at) == (Status.pending, None)
    assert (comment.withdrawn_at, comment.follows) == (None, Follows.nothing)


def test_a_change_is_never_a_link(sent: Send, pages: Pages, now: datetime) -> None:
    path = links.status_path(sent().id, MAIL, now=now)
    for change in CHANGES:
        assert pages.fetch(f"{path}/{change}").status_code in (404, 405)


# Links that open nothing


@pytest.mark.parametrize("change", ["", *(f"/{change}" for change in CHANGES)])
def test_a_forged_link_opens_nothing(sent: Send, pages: Pages, now: datetime, change: str) -> None:
    forged = links.status_path(sent().id, MAIL, now=now).rpartition(".")[0] + ".x" + change
    fields = {"body": "Other", "follows": "thread", "words": "Why?"}
    page = pages.submit(forged, fields, 404) if change else pages.get(forged, 404)
    assert "This link opens no reply. Copy the whole of it" in page.text


def test_a_link_to_a_reply_that_was_deleted_opens_no_other_one(
    sent: Send, pages: Pages, now: datetime
) -> None:
    path = links.status_path(sent("One").id, MAIL, now=now - timedelta(hours=1))
    assert pages.fetch(path).status_code == 404  # its number is another reply's by now


def test_a_link_from_before_links_had_a_time_still_opens(
    app: Flask, sent: Send, pages: Pages
) -> None:
    comment = sent()
    signer = URLSafeSerializer(app.config["SECRET_KEY"], salt=OLD_SALT)
    owns, views = (signer.dumps([comment.id, right]) for right in ("own", "view"))
    assert forms(pages.get(f"/replies/{owns}")) == ["edit", "withdrawal"]
    assert forms(pages.get(f"/replies/{views}")) == []


@pytest.mark.parametrize(
    ("change", "right", "sentence"),
    [
        ("words", VIEW, "This link shows the reply, and no more."),
        ("withdrawal", VIEW, "This link shows the reply, and no more."),
        ("appeal", VIEW, "This link shows the reply, and no more."),
        ("confirmation", OWN, "Only a link that we mailed can do this"),
        ("following", OWN, "Only a link that we mailed can do this"),
    ],
)
def test_a_link_does_what_it_was_made_for_and_no_more(
    sent: Send, pages: Pages, now: datetime, change: str, right: Right, sentence: str
) -> None:
    comment = sent()
    path = links.status_path(comment.id, right, now=now)
    fields = {"body": "Other", "follows": "thread", "words": "Why?"}
    page = pages.submit(f"{path}/{change}", fields, 403)
    assert sentence in page.one("#errors").get_text()
    assert page.title.startswith("Error: Your reply")
    assert (comment.body, comment.withdrawn_at) == ("I was there.", None)
    assert (comment.confirmed_at, comment.follows) == (None, Follows.nothing)


def test_a_mailed_link_that_is_old_asks_for_a_newer_one(
    sent: Send, pages: Pages, now: datetime
) -> None:
    comment = sent()
    comment.created_at = now - timedelta(days=40)
    path = links.status_path(comment.id, MAIL, now=now - timedelta(days=31))
    assert forms(pages.get(path)) == ["withdrawal"]
    page = pages.submit(f"{path}/confirmation", {}, 403)
    assert "This link is older than 30 days." in page.text


def test_another_site_changes_nothing(sent: Send, pages: Pages, now: datetime) -> None:
    comment = sent()
    path = links.status_path(comment.id, OWN, now=now)
    answer = pages.post(f"{path}/withdrawal", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert comment.withdrawn_at is None


def test_too_many_changes_wait(sent: Send, pages: Pages, now: datetime) -> None:
    comment = sent()
    path = links.status_path(comment.id, MAIL, now=now)
    for _ in range(int(LIMIT.split()[0])):
        pages.post(f"{path}/words", {"body": "I was there."})
    page = pages.submit(f"{path}/words", {"body": "Other"}, 429)
    assert "Wait an hour, then try again." in page.text
    assert comment.body == "I was there."


# Changing


@pytest.mark.usefixtures("has_mail")
def test_an_address_is_confirmed_by_a_button(sent: Send, open_page: Open, now: datetime) -> None:
    comment = sent()
    page = open_page(comment, MAIL).form("confirmation").submit("Confirm my address")
    assert comment.confirmed_at == now
    assert "Address confirmed" in page.text
    assert forms(page) == ["following", "edit", "withdrawal"]


def test_its_writer_mends_the_words(sent: Send, open_page: Open, now: datetime) -> None:
    comment = sent("I was their.\n\nTwice.")
    form = open_page(comment).form("edit")
    assert form.values["body"] == ["I was their.\n\nTwice."]
    page = form.fill(body="I was there.").submit("Save the words")
    assert (comment.body, comment.edited_at) == ("I was there.", now)
    assert "Edited 22 November 2026, 12.00pm" in page.text


def test_words_that_are_refused_are_kept_in_their_field(sent: Send, open_page: Open) -> None:
    comment = sent()
    words = "x" * 5_001
    page = open_page(comment).form("edit").fill(body=words).submit("Save the words", 422)
    assert page.form("edit").values["body"] == [words]
    assert page.one("details[open] textarea")["aria-invalid"] == "true"
    assert (
        page.link(
            "A reply has at most 5,000 characters; this one has 5,001. Shorten it, or send it as two replies."
        )
        == "#body"
    )
    assert comment.body == "I was there."


def test_words_that_come_too_late_say_so(sent: Send, pages: Pages, now: datetime) -> None:
    comment = sent()
    comment.created_at = now - timedelta(minutes=20)
    path = links.status_path(comment.id, OWN, now=now)
    page = pages.submit(f"{path}/words", {"body": "Other"}, 403)
    assert "for 15 minutes, and these are over" in page.text


def test_its_writer_takes_it_back(sent: Send, open_page: Open, editor: User, now: datetime) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    page = open_page(comment).form("withdrawal").submit("Withdraw it")
    assert "You have withdrawn this reply." in page.text
    assert comment.status is Status.trash
    again = page.pages.submit(f"{page.path}/withdrawal", {}, 409)
    assert "You have withdrawn this reply. That cannot be undone" in again.text


@pytest.mark.usefixtures("has_mail")
def test_its_writer_follows_and_stops(sent: Send, open_page: Open, now: datetime) -> None:
    comment = sent()
    comment.confirmed_at = now
    page = open_page(comment, MAIL).form("following").submit("Mail me all new replies")
    assert comment.follows is Follows.thread
    assert "You get a mail when there are new replies to the article." in page.text
    page = page.form("following").submit("Mail me answers to this reply")
    assert comment.follows is Follows.answers
    assert "You get a mail when somebody answers this reply." in page.text
    page.form("following").submit("Stop the mail")
    assert comment.follows is Follows.nothing


def test_nobody_follows_in_another_way(sent: Send, pages: Pages, now: datetime) -> None:
    path = links.status_path(sent().id, MAIL, now=now)
    assert pages.post(f"{path}/following", {"follows": "everything"}).status_code == 400


def test_its_writer_appeals_once(sent: Send, open_page: Open, editor: User, now: datetime) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    refused = open_page(comment).form("appeal").fill(words=" ").submit("Send to the editors", 422)
    assert "Say why your reply should be published." in refused.one("#words-error").get_text()
    page = refused.form("appeal").fill(words="I meant it well.").submit("Send to the editors")
    assert (comment.appeal, comment.appealed_at) == ("I meant it well.", now)
    assert "You have asked the editors to look again." in page.text
    assert forms(page) == ["withdrawal"]
    actions.leave(comment, by=editor, now=now)
    assert "You asked the editors to look again, and they did." in open_page(comment).text


def test_nothing_of_the_address_is_logged(
    sent: Send, pages: Pages, now: datetime, capfd: pytest.CaptureFixture[str]
) -> None:
    token = links.status_token(sent().id, MAIL, now=now)
    pages.fetch(f"/replies/{token}")
    pages.post(f"/replies/{token}/confirmation")
    logged = capfd.readouterr().out
    assert "/replies/…/confirmation" in logged
    assert token not in logged
