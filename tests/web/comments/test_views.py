"""A reader replies, with nothing but a browser that runs no script."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attacking import all_attacks
from flask import Flask
from pages import Pages, PageView
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles.models import Article, State
from newsite.comments import actions, links, measures, queries, submission
from newsite.comments.models import Comment, Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Site
from newsite.web.comments import tokens
from newsite.web.comments.form import ReplyForm

REPLY = {"author": "Ann", "email": "ann@example.org", "comment": "I was there."}
HELD = "Your comment is awaiting moderation."
NOT_YET = "Your reply has not been posted yet"


@pytest.fixture
def approved(article: Article, editor: User, now: datetime) -> Callable[..., Comment]:
    """Puts a reply on the page."""

    def make(body: str, **given: Any) -> Comment:
        values = {"author_name": "Bea", "email": "bea@example.org", "website": ""}
        comment = actions.submit_reply(article, NewReply(body=body, **(values | given)), now=now)
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        return comment

    return make


def last() -> Comment:
    """The reply that was sent last, wherever it is."""
    items = [item for status in Status for item in queries.queue(status).items]
    return max(items, key=lambda comment: comment.id)


def send(pages: Pages, article: Article, status: int = 200, **fields: Any) -> PageView:
    """What a reader sees after filling in the form under the article."""
    form = pages.get(article.path or "").form("reply")
    return form.fill(**(REPLY | fields)).submit("Post Comment", status)


def post(pages: Pages, article: Article, status: int = 422, **fields: Any) -> PageView:
    """What is answered to a form that no browser of ours would send."""
    token = tokens.form_token(article.id, pages.client.application.config["NEWSITE_CLOCK"]())
    return pages.submit(address(article), REPLY | {"csrf_token": token} | fields, status)


def address(article: Article) -> str:
    return f"/articles/{article.id}/replies"


@pytest.fixture
def writing(app: Flask) -> Iterator[list[str]]:
    """How often SQLite was asked to let nobody else write; PostgreSQL is never asked."""
    begun: list[str] = []

    def note(*given: Any) -> None:
        begun.extend(["BEGIN IMMEDIATE"] * (given[2] == "BEGIN IMMEDIATE"))

    event.listen(db.engine, "before_cursor_execute", note)
    yield begun
    event.remove(db.engine, "before_cursor_execute", note)


# Sending


def test_others_write_while_a_form_is_checked(
    pages: Pages, article: Article, writing: list[str], engine: str
) -> None:
    post(pages, article, comment="")
    counting = len(writing)  # the tries from one address are counted, in moments of their own
    writing.clear()
    post(pages, article, 200)
    assert len(writing) == counting + (1 if engine == "sqlite" else 0)


def test_an_article_withdrawn_while_the_form_was_checked_takes_no_reply(
    pages: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = ReplyForm.validate

    def withdraw_meanwhile(form: ReplyForm) -> bool:
        is_right = check(form)
        change = sa.update(Article).values(state=State.withdrawn)
        db.session.execute(change, execution_options={"synchronize_session": False})
        db.session.commit()
        return is_right

    monkeypatch.setattr(ReplyForm, "validate", withdraw_meanwhile)
    page = post(pages, article, 403)
    assert "Replies to this article are closed." in page.text
    assert not db.session.scalar(sa.select(sa.func.count(Comment.id)))


def test_a_reader_replies_and_sees_that_it_waits(
    pages: Pages, article: Article, now: datetime
) -> None:
    page = send(pages, article, comment="I was there.\n\nTwice.", url="example.org")
    assert page.h1 == "Your reply"
    assert re.fullmatch(r"/replies/[\w.-]+", page.path)
    assert HELD in page.one(".held").get_text()
    assert "Twice." in page.text
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.one('meta[name="robots"]')["content"] == "noindex"
    comment = last()
    assert comment.status is Status.pending
    assert (comment.author_name, comment.email) == ("Ann", "ann@example.org")
    assert (comment.website, comment.created_at) == ("https://example.org", now)
    assert "I was there" not in pages.get(article.path or "").text


def test_the_form_says_what_wordpress_says_in_its_order(pages: Pages, article: Article) -> None:
    page = pages.get(article.path or "")
    section = page.one("#respond")
    words = " ".join(section.get_text(" ").split())
    assert re.sub(r" (?=\*)", " ", words).startswith(
        "Leave a Reply Your email address will not be published. Required fields are marked * "
        "Comment * Name * Email * Website"
    )
    assert words.endswith("Post Comment Your data")  # where they may see what is kept
    assert [field["name"] for field in page.all("#reply textarea, #reply .field input")] == [
        "comment",
        "author",
        "email",
        "url",
    ]
    for name, complete, limit in (
        ("author", "name", 245),
        ("email", "email", 100),
        ("url", "url", 200),
    ):
        field = page.one(f'#reply [name="{name}"]')
        assert (field["autocomplete"], field["maxlength"]) == (complete, str(limit))
    assert page.one('#reply [name="email"]')["aria-describedby"] == "email-note"
    # A browser would cut what is pasted in, and say nothing; the site says how long it is.
    assert not page.one('#reply [name="comment"]').has_attr("maxlength")


def test_an_approved_reply_can_be_found_from_its_own_page(
    pages: Pages, article: Article, editor: User, now: datetime
) -> None:
    status_page = send(pages, article).path
    comment = last()
    actions.approve(comment, by=editor, now=now)
    db.session.commit()
    page = pages.get(status_page)
    assert "Your reply is on the page." in page.text
    assert page.follow("Read it there").path == article.path


@pytest.mark.parametrize("decision", [actions.mark_spam, actions.trash])
def test_a_refused_reply_says_so_plainly(
    pages: Pages, article: Article, editor: User, now: datetime, decision: actions.Decision
) -> None:
    status_page = send(pages, article).path
    decision(last(), by=editor, now=now)
    db.session.commit()
    assert "Your reply was not published." in pages.get(status_page).text


def test_the_article_may_go_while_a_reply_waits(pages: Pages, article: Article) -> None:
    status_page = send(pages, article).path
    article.state = State.withdrawn
    db.session.commit()
    page = pages.get(status_page)
    assert "The article is not on the site, and nor is your reply." in page.text
    assert article.title not in page.text


@pytest.mark.parametrize("token", ["x", "WzEsIm93biJd.xxxx", "%00", "a" * 5_000])
def test_nobody_can_make_up_the_address_of_a_reply(pages: Pages, token: str) -> None:
    pages.get(f"/replies/{token}", 404)


def test_the_address_of_a_reply_that_is_gone_is_gone(pages: Pages, article: Article) -> None:
    status_page = send(pages, article).path
    db.session.delete(last())
    db.session.commit()
    pages.get(status_page, 404)


# Mistakes


def test_everything_that_is_wrong_is_shown_at_once_and_the_text_is_kept(
    pages: Pages, article: Article
) -> None:
    page = send(
        pages, article, 422, author="", email="sorter at example", comment="\n<b>Hi</b>\n x"
    )
    assert page.title.startswith("Error: Leave a Reply")
    assert page.h1 == "Leave a Reply"
    assert page.one(".summary h2").get_text() == NOT_YET
    assert [str(link["href"]) for link in page.all(".summary a")] == ["#author", "#email"]
    assert page.texts(".error") == [
        "Error: Enter your name.",
        "Error: An email address looks like name@example.org.",
    ]
    email = page.one('[name="email"]')
    assert (email["aria-invalid"], email["value"]) == ("true", "sorter at example")
    assert email["aria-describedby"] == "email-note email-error"
    form = page.form("reply")
    assert form.values["comment"] == ["\n<b>Hi</b>\n x"]
    assert form.fill(author="Ann", email="ann@example.org").submit().h1 == "Your reply"


def test_an_empty_form_gets_the_sentences_of_the_look(pages: Pages, article: Article) -> None:
    page = send(pages, article, 422, comment=" \n\u200b", author="", email="")
    assert page.texts(".summary li") == [
        "Write something before you post.",
        "Enter your name.",
        "Enter your email address.",
    ]
    assert page.response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"comment": "x" * 100_000}, 422),
        ({"comment": "x" * 300_000}, 413),
        ({"author": "x" * 5_000}, 422),
        ({"email": "x" * 5_000}, 422),
        ({"comment": None, "author": None, "email": None}, 422),
        ({"url": "javascript:alert(1)"}, 422),
        ({"comment": "a\x00b", "author": "A\x00nn"}, 200),
        ({"comment": "\u202eevil\u2066", "author": "\u202eAnn"}, 200),
        ({"comment": ["First", "Second"], "author": ["Ann", "Bea"]}, 200),
        ({"to": "99"}, 200),
        ({"to": "-1"}, 200),
        ({"to": "9" * 500}, 200),
        ({"to": "2147483648"}, 200),
        ({"to": "１２"}, 200),
        ({"unknown": "x"}, 200),
    ],
)
def test_whatever_is_sent_gets_a_page(
    pages: Pages, article: Article, fields: dict[str, Any], status: int
) -> None:
    sent = {name: value for name, value in (REPLY | fields).items() if value is not None}
    token = tokens.form_token(article.id, last_clock(pages))
    page = pages.submit(address(article), sent | {"csrf_token": token}, status)
    if status == 422 and isinstance(fields.get("comment"), str):
        assert page.form("reply").values["comment"] == [fields["comment"]]
    if status == 200:
        assert page.h1 == "Your reply"
        comment = last()
        assert comment.parent is None
        assert "\x00" not in comment.body + comment.author_name
        assert "\u202e" not in comment.body_html + comment.author_name


def last_clock(pages: Pages) -> datetime:
    clock: datetime = pages.client.application.config["NEWSITE_CLOCK"]()
    return clock


def test_bytes_that_are_no_text_are_kept_as_they_were_written(
    pages: Pages, article: Article
) -> None:
    token = tokens.form_token(article.id, last_clock(pages))
    body = f"csrf_token={token}&author=Ann&email=ann%40example.org&comment=a%ff%ed%a0%80b"
    answer = pages.post(
        address(article), data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 303
    assert last().body == "a%FF%ED%A0%80b"


def test_a_form_with_a_file_in_it_is_only_a_form(pages: Pages, article: Article) -> None:
    token = tokens.form_token(article.id, last_clock(pages))
    fields = REPLY | {"csrf_token": token, "extra": (io.BytesIO(b"\xff\x00"), "a.txt")}
    answer = pages.post(address(article), data=fields, content_type="multipart/form-data")
    assert answer.status_code == 303


# Who may send


def test_a_form_made_elsewhere_is_given_back_with_its_text(pages: Pages, article: Article) -> None:
    at = last_clock(pages)
    for token in ("", "nonsense", tokens.form_token(article.id + 1, at)):
        page = pages.submit(address(article), REPLY | {"csrf_token": token}, 422)
        assert "This form was not made by this page." in page.one(".summary").get_text()
        assert page.form("reply").values["comment"] == ["I was there."]
    assert page.form("reply").submit().h1 == "Your reply"


def test_the_token_of_another_kind_of_form_sends_no_reply(pages: Pages, article: Article) -> None:
    for other in (tokens.Purpose.report, tokens.Purpose.privacy):
        token = tokens.form_token(article.id, last_clock(pages), other)
        pages.submit(address(article), REPLY | {"csrf_token": token}, 422)


def test_a_page_may_be_a_week_old_but_not_nine_days(
    app: Flask, pages: Pages, article: Article, now: datetime
) -> None:
    page = pages.get(article.path or "")
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(days=7)
    assert page.form("reply").fill(**REPLY).submit().h1 == "Your reply"
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(days=9)
    old = page.form("reply").fill(**(REPLY | {"comment": "Later"})).submit(status=422)
    assert "open for over a week" in old.text
    assert old.form("reply").submit().h1 == "Your reply"


def test_another_site_cannot_send_a_reply_in_a_readers_name(pages: Pages, article: Article) -> None:
    token = tokens.form_token(article.id, last_clock(pages))
    fields = REPLY | {"csrf_token": token}
    for site in ("cross-site", "same-site"):
        answer = pages.post(address(article), fields, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert queries.queue(Status.pending).items == []


def test_whoever_fills_the_trap_is_held_for_a_machine(pages: Pages, article: Article) -> None:
    form = pages.get(article.path or "").form("reply")
    page = form.fill(**REPLY, subject="Cheap pallets").submit()
    assert page.h1 == "Your reply"
    assert last().status is Status.spam
    assert last().entries[0].rule == "Filled a field that people do not see"


def test_the_sixth_reply_in_a_minute_is_given_back_with_its_text(
    app: Flask, pages: Pages, article: Article, site: Site, now: datetime
) -> None:
    site.replies_flood_seconds = 0
    db.session.commit()
    for number in range(5):
        send(pages, article, comment=f"No. {number}")
    page = send(pages, article, 429, comment="No. 6")
    assert "That was quick. Wait a minute" in page.text
    assert page.response.headers["Retry-After"] == "60"
    assert page.form("reply").values["comment"] == ["No. 6"]
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(seconds=61)
    assert page.form("reply").submit().h1 == "Your reply"


def test_a_second_reply_at_once_is_given_back_with_its_text(
    app: Flask, pages: Pages, article: Article, now: datetime
) -> None:
    send(pages, article, comment="One.")
    page = send(pages, article, 429, comment="Two.", email="bo@example.org")
    assert "That was quick. Wait 15 seconds, then post your reply again." in page.text
    assert page.response.headers["Retry-After"] == "15"
    assert page.form("reply").values["comment"] == ["Two."]
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(seconds=15)
    assert page.form("reply").submit().h1 == "Your reply"


def test_the_rules_know_the_browser_and_the_network(
    pages: Pages, article: Article, site: Site
) -> None:
    site.disallowed_keys = "127.0.0."
    db.session.commit()
    post(pages, article, 200)
    assert last().status is Status.trash
    assert last().network == "127.0.0.0/24"
    site.disallowed_keys, site.moderation_keys = "", "werkzeug"
    site.replies_flood_seconds = 0
    db.session.commit()
    post(pages, article, 200, comment="Again.")
    assert "Browser on your list: werkzeug" in last().entries[0].rule


def test_thirty_in_an_hour_are_enough(
    app: Flask, pages: Pages, article: Article, now: datetime
) -> None:
    for number in range(30):
        app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=number)  # noqa: B023
        send(pages, article, comment=f"No. {number}")
    page = send(pages, article, 429, comment="No. 31")
    assert "That was a lot. Wait 31 minutes" in page.text
    assert page.response.headers["Retry-After"] == str(31 * 60)


def test_refused_tries_count_too(pages: Pages, article: Article) -> None:
    for _ in range(5):
        send(pages, article, 422, comment="")
    send(pages, article, 429)


# The same again


def test_pressing_twice_shows_the_first_reply_and_gives_no_right_over_it(
    pages: Pages, article: Article
) -> None:
    first, again = send(pages, article), send(pages, article)
    assert HELD in again.text
    opened = [
        tokens.read_status_token(page.path.rpartition("/")[2], last_clock(pages))
        for page in (first, again)
    ]
    rights = [one and (one.comment_id, one.right) for one in opened]
    assert rights == [(last().id, links.OWN), (last().id, links.VIEW)]
    assert len(queries.queue(Status.pending).items) == 1


def test_the_same_words_later_come_back_with_a_sentence(
    app: Flask, pages: Pages, article: Article, now: datetime
) -> None:
    send(pages, article)
    app.config["NEWSITE_CLOCK"] = lambda: now + timedelta(minutes=2)
    page = send(pages, article, 409)
    assert page.texts(".error") == [
        "Error: You have sent this reply before. It waits for an editor, or has been read."
    ]
    assert page.form("reply").values["comment"] == ["I was there."]


# Where one may reply


def test_an_article_that_closes_by_itself_takes_no_reply_afterwards(
    app: Flask, pages: Pages, article: Article, site: Site, now: datetime
) -> None:
    article.published_at, site.replies_close_days = now - timedelta(days=13), 14
    end = now + timedelta(days=1)
    db.session.commit()
    form = pages.get(article.path or "").form("reply").fill(**REPLY)
    new = pages.get(f"{address(article)}/new")
    assert "Replies close on" in new.text
    app.config["NEWSITE_CLOCK"] = lambda: end
    page = form.submit(status=403)
    assert "Replies to this article are closed." in page.one(".summary").get_text()
    assert "Replies close on" not in page.text
    assert page.form("reply").values["comment"] == ["I was there."]
    assert "Replies to this article are closed." in pages.get(f"{address(article)}/new").text


def test_words_for_an_article_that_has_closed_meanwhile_are_given_back(
    pages: Pages, article: Article
) -> None:
    form = pages.get(article.path or "").form("reply").fill(**REPLY)
    article.replies_open = False
    db.session.commit()
    page = form.submit(status=403)
    assert "Replies to this article are closed." in page.one(".summary").get_text()
    assert page.form("reply").values["comment"] == ["I was there."]
    closed = pages.get(f"{address(article)}/new")
    assert "Replies to this article are closed." in closed.text
    assert closed.all("form") == []


@pytest.mark.parametrize(
    ("state", "published", "status"),
    [
        (State.draft, -1, 404),
        (State.trash, -1, 404),
        (State.published, 1, 404),
        (State.withdrawn, -1, 410),
    ],
)
def test_what_readers_cannot_see_takes_no_replies(
    pages: Pages, article: Article, now: datetime, state: State, published: int, status: int
) -> None:
    article.state, article.published_at = state, now + timedelta(days=published)
    db.session.commit()
    post(pages, article, status)
    pages.get(f"{address(article)}/new", status)
    pages.get(f"{address(article)}/1", status)


@pytest.mark.parametrize("number", ["99", "0", "-1", str(2**31), str(10**30), "x"])
def test_no_article_no_reply(pages: Pages, number: str) -> None:
    assert pages.post(f"/articles/{number}/replies", REPLY).status_code in (404, 405)
    pages.get(f"/articles/{number}/replies/new", 404)


def test_the_address_that_takes_replies_shows_nothing(pages: Pages, article: Article) -> None:
    assert pages.fetch(address(article)).status_code in (404, 405)


# Answering


def test_a_reader_answers_a_reply_which_stands_above_the_form(
    pages: Pages, article: Article, approved: Callable[..., Comment]
) -> None:
    parent = approved("When does it <em>start</em>?")
    page = pages.get(article.path or "").follow("Reply")
    assert page.path == f"{address(article)}/new"
    assert page.one(".thread em").get_text() == "start"
    assert page.one('meta[name="robots"]')["content"] == "noindex"
    assert page.response.headers["Cache-Control"] == "private, no-store"
    wrong = page.form("reply").fill(comment="").submit(status=422)
    assert wrong.one(".thread em").get_text() == "start"
    wrong.form("reply").fill(**REPLY).submit()
    assert last().parent_id == parent.id


@pytest.mark.parametrize("to", ["", "x", "0", "-1", "99", "2147483648", "9" * 400, "%00", "%ff"])
def test_answering_nothing_is_a_plain_reply(pages: Pages, article: Article, to: str) -> None:
    page = pages.get(f"{address(article)}/new?to={to}")
    assert page.h1 == "Leave a Reply"
    assert page.all(".thread") == []
    page.form("reply").fill(**REPLY).submit()
    assert last().parent is None


def test_what_waits_is_shown_to_nobody(pages: Pages, article: Article) -> None:
    send(pages, article, comment="Not read yet")
    page = pages.get(f"{address(article)}/new?to={last().id}")
    assert "Not read yet" not in page.text
    pages.get(f"{address(article)}/{last().id}", 404)


def test_staff_is_marked_where_it_is_answered(
    pages: Pages,
    article: Article,
    approved: Callable[..., Comment],
    editor: User,
    now: datetime,
) -> None:
    editor.badge = "Branch editor"
    answer = actions.answer(approved("When?"), "At six.", by=editor, now=now)
    db.session.commit()
    page = pages.get(f"{address(article)}/new?to={answer.id}")
    assert "Branch editor" in page.one(".thread .staff").get_text()


def test_in_a_locked_thread_there_is_no_form_to_answer_by(
    pages: Pages, article: Article, approved: Callable[..., Comment], editor: User, now: datetime
) -> None:
    comment = approved("When?")
    form = pages.get(f"{address(article)}/new?to={comment.id}").form("reply")
    measures.lock(comment, is_locked=True, by=editor, now=now)
    db.session.commit()
    page = pages.get(f"{address(article)}/new?to={comment.id}")
    assert "This thread is locked" in page.text
    assert page.all("form") == []
    assert page.follow("Leave a reply of your own").form("reply").values.get("to", [""]) == [""]
    refused = form.fill(**REPLY).submit(status=403)
    assert REPLY["comment"] in refused.text
    refused.form("reply").submit()  # the words of whoever had it open are not lost
    assert (last().parent_id, last().body) == (None, REPLY["comment"])


# Permalinks


def test_a_replys_own_address_leads_to_where_it_stands(
    pages: Pages, article: Article, approved: Callable[..., Comment]
) -> None:
    ids = [approved(f"No. {number}").id for number in range(52)]
    first = pages.fetch(f"{address(article)}/{ids[0]}")
    assert (first.status_code, first.location) == (302, f"{article.path}#comment-{ids[0]}")
    last_one = pages.fetch(f"{address(article)}/{ids[51]}")
    assert last_one.location == f"{article.path}?replies=2#comment-{ids[51]}"
    page = pages.get(f"{address(article)}/{ids[51]}")
    assert page.one(f"#comment-{ids[51]}")


def test_a_reply_of_another_article_is_not_here(
    pages: Pages, make_article: Callable[..., Article], approved: Callable[..., Comment]
) -> None:
    other = make_article("Another")
    pages.get(f"{address(other)}/{approved('Hello').id}", 404)
    pages.get(f"{address(other)}/99", 404)
    pages.get(f"{address(other)}/0", 404)


def test_websites_that_attack_are_given_back(
    app: Flask, pages: Pages, article: Article, fixtures_folder: Path, now: datetime
) -> None:
    taken, refused = [], []
    for attack in all_attacks(fixtures_folder):
        website = submission.storable(attack)[: submission.MAX_WEBSITE_CHARS]
        sent = NewReply("Ann", "ann@example.org", website, "Hello").tidied()
        is_refused = "website" in submission.problems(sent)
        (refused if is_refused else taken).append(website if is_refused else sent.website)
    assert len(refused) > 1_000
    assert all(one == "" or one.startswith(("http://", "https://")) for one in taken)
    for number, website in enumerate(refused[::60]):  # with a minute between them
        app.config["NEWSITE_CLOCK"] = lambda at=now + timedelta(minutes=number): at
        fields = REPLY | {"url": website, "csrf_token": tokens.form_token(article.id, now)}
        pages.submit(address(article), fields, 422)
