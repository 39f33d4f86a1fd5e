"""An editor goes through what readers sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pages import Pages, PageView

from newsite.accounts.models import User
from newsite.articles.models import Article, State
from newsite.comments import actions, queries
from newsite.comments.models import Comment, Status
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.comments.submission import NewReply
from newsite.db import db

QUEUE = "/desk/replies/"
Send = Callable[..., Comment]


@pytest.fixture
def sent(article: Article, now: datetime) -> Send:
    """Sends a reply; it waits. Each comes a minute after the one before."""
    times = iter(range(1_000))

    def send(body: str = "I was there.", **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""} | given
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        comment = actions.submit_reply(article, NewReply(body=body, **values), now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def desk(pages: Pages, editor: User) -> Pages:
    """Edith's browser; she is signed in."""
    return pages.sign_in(editor, "a long enough password")


def press(view: PageView, button: str, **fields: Any) -> PageView:
    """What follows a press on one of the queue's buttons, such as “approve 12”."""
    return view.form("queue").fill(**fields).submit(button)


def undo(view: PageView) -> PageView:
    """What follows a press on Undo."""
    form = view.one(".notice form")
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    return view.pages.submit(str(form["action"]), fields)


def where(comment: Comment) -> Status:
    db.session.refresh(comment)
    return comment.status


def test_an_editor_sees_who_what_where_and_why_it_waits(
    desk: Pages, article: Article, sent: Send
) -> None:
    comment = sent("See https://example.net/", website="https://ann.example/", author_name="Ann K.")
    page = desk.get(QUEUE)
    assert page.h1 == "Replies"
    row = page.one(f"#reply-{comment.id}")
    assert "Ann K." in row.select_one("label").get_text()  # type: ignore[union-attr]
    for words in ("ann@example.org", "https://ann.example/", article.title, "21 November 2026"):
        assert words in row.get_text()
    assert page.texts(".why") == ["Address not confirmed"]
    assert page.texts(".tabs a") == [
        "Waiting 1",
        "Likely spam 0",
        "Approved 0",
        "Spam 0",
        "Trash 0",
    ]
    assert page.texts(".tabs [aria-current]") == ["Waiting 1"]
    assert page.texts(f"#reply-{comment.id} .actions > *") == [
        "Approve the reply by Ann K.",
        "Answer the reply by Ann K.",
        "Spam the reply by Ann K.",
        "Trash the reply by Ann K.",
    ]


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        ("", "No replies are waiting."),
        ("likely-spam/", "Nothing that waits looks like spam."),
        ("approved/", "No reply is approved yet."),
        ("spam/", "There is no spam."),
        ("trash/", "The trash is empty."),
    ],
)
def test_an_empty_queue_says_so(desk: Pages, queue: str, words: str) -> None:
    page = desk.get(QUEUE + queue)
    assert words in page.text
    assert page.all("#queue") == []


def test_an_editor_approves_and_thinks_again(desk: Pages, article: Article, sent: Send) -> None:
    comment = sent()
    page = press(desk.get(QUEUE), f"approve {comment.id}")
    assert page.path == QUEUE
    assert "The reply by Ann is on the page." in page.one(".notice").get_text()
    assert where(comment) is Status.approved
    assert "I was there." in desk.get(article.path or "").text
    page = undo(page)
    assert "The reply by Ann is waiting." in page.text
    assert where(comment) is Status.pending
    assert "I was there." not in desk.get(article.path or "").text


def test_what_looks_like_spam_waits_in_a_tab_of_its_own_with_the_reason(
    desk: Pages, sent: Send
) -> None:
    taught = [(Suspect(f"check out my channel {n}"), True) for n in range(100)]
    taught += [(Suspect(f"the bus was late on day {n}"), False) for n in range(100)]
    learning.take((one.body, one, is_spam) for one, is_spam in taught)
    db.session.commit()
    learning.relearn()
    db.session.commit()
    spam, honest = sent("Check out my channel, please"), sent("The bus was late again")
    page = desk.get(QUEUE)
    assert page.texts(".tabs a")[:2] == ["Waiting 1", "Likely spam 1"]
    assert page.all(f"#reply-{spam.id}") == []
    assert page.all(f"#reply-{honest.id}") != []
    page = desk.get(f"{QUEUE}likely-spam/")
    assert page.texts(".tabs [aria-current]") == ["Likely spam 1"]
    assert page.texts(".why") == [
        "Looks like spam: looks like 100 replies marked spam, which also say “check out”"
    ]
    page = press(page, f"approve {spam.id}")
    assert page.path == f"{QUEUE}likely-spam/"
    assert where(spam) is Status.approved
    page = undo(page)
    assert page.path == f"{QUEUE}likely-spam/"
    assert page.all(f"#reply-{spam.id}") != []


def test_undo_says_when_somebody_has_decided_since(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    page = press(desk.get(QUEUE), f"approve {comment.id}")
    actions.trash(comment, by=admin, now=now)
    db.session.commit()
    assert "There was nothing to undo" in undo(page).text
    assert where(comment) is Status.trash


def test_every_queue_has_its_decisions(desk: Pages, sent: Send) -> None:
    comment = sent()
    for queue, verb, end in (
        ("", "spam", Status.spam),
        ("spam/", "restore", Status.pending),
        ("", "trash", Status.trash),
        ("trash/", "approve", Status.approved),
        ("approved/", "hold", Status.pending),
        ("", "approve", Status.approved),
        ("approved/", "trash", Status.trash),
        ("trash/", "restore", Status.approved),
    ):
        page = press(desk.get(QUEUE + queue), f"{verb} {comment.id}")
        assert page.path == QUEUE + queue
        assert where(comment) is end


def test_a_reason_is_kept_with_the_decision_and_shown_in_its_history(
    desk: Pages, sent: Send
) -> None:
    comment = sent()
    fields = {f"reason-{comment.id}": "Names a person"}
    press(desk.get(QUEUE), f"trash {comment.id}", **fields)
    page = desk.get(f"{QUEUE}trash/")
    assert page.texts(".why") == ["Edith · Names a person"]
    assert page.texts("details .lines li") == [
        "21 November 2026, 12.00pm Waiting · Address not confirmed",
        "22 November 2026, 12.00pm Trash · Edith · Names a person",
    ]


def test_the_history_outlives_the_account(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=admin, now=now)
    db.session.delete(admin)
    db.session.commit()
    assert desk.get(f"{QUEUE}trash/").texts(".why") == ["Somebody who is gone"]


def test_many_are_chosen_and_decided_at_once(desk: Pages, article: Article, sent: Send) -> None:
    comments = [sent(f"No. {number}") for number in range(3)]
    chosen = [comments[0].id, comments[2].id]
    page = press(desk.get(QUEUE), "approve chosen", chosen=chosen, **{"reason-chosen": "A meeting"})
    assert "2 replies are on the page." in page.text
    assert article.reply_count == 2
    assert comments[0].entries[-1].reason == "A meeting"
    assert "2 replies are waiting." in undo(page).text
    assert article.reply_count == 0


@pytest.mark.parametrize(
    ("verb", "words"),
    [("spam", "2 replies are in spam."), ("trash", "2 replies are in the trash.")],
)
def test_what_became_of_many_is_said_in_words(
    desk: Pages, sent: Send, verb: str, words: str
) -> None:
    ids = [sent("One").id, sent("Two").id]
    assert words in press(desk.get(QUEUE), f"{verb} chosen", chosen=ids).text


def test_choosing_nothing_changes_nothing(desk: Pages, sent: Send) -> None:
    comment = sent()
    page = press(desk.get(QUEUE), "approve chosen")
    assert "Nothing was changed." in page.text
    assert where(comment) is Status.pending


def test_two_editors_at_once_are_told_where_it_is(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    page = desk.get(QUEUE)
    actions.approve(comment, by=admin, now=now)
    db.session.commit()
    page = press(page, f"approve {comment.id}")
    assert "The reply by Ann is on the page." in page.text
    assert page.all(".notice form") == []
    assert len(comment.entries) == 2


@pytest.mark.parametrize(
    "decision",
    [
        "",
        "approve",
        "approve x",
        "erase 1",
        "approve -1",
        "approve 1 2",
        "approve 1\n",
        "approve １",
    ],
)
def test_a_button_that_is_not_there_is_refused(desk: Pages, sent: Send, decision: str) -> None:
    comment = sent()
    fields = desk.get(QUEUE).form("queue").values | {"decision": [decision]}
    if decision == "approve 1\n":  # trimmed, as all that is sent to the desk
        desk.submit(f"{QUEUE}decisions", fields)
        return
    desk.submit(f"{QUEUE}decisions", fields, 400)
    assert where(comment) is Status.pending


@pytest.mark.parametrize("which", ["9999999999", "0", "99"])
def test_a_reply_that_is_gone_changes_nothing(desk: Pages, sent: Send, which: str) -> None:
    sent()
    fields = desk.get(QUEUE).form("queue").values | {"decision": [f"approve {which}"]}
    assert "Nothing was changed." in desk.submit(f"{QUEUE}decisions", fields).text
    desk.submit(f"{QUEUE}decisions", fields | {"chosen": ["x"]}, 400)
    for entries in ("x -1 0 ² 99999999999999999999", "9" * 5_000, "7 " * 100_000):
        fields["entries"] = [entries]
        assert "nothing to undo" in desk.submit(f"{QUEUE}undo", fields).text


def test_the_page_of_a_queue_is_kept(desk: Pages, sent: Send, article: Article) -> None:
    for number in range(queries.QUEUE_SIZE + 1):
        sent(f"No. {number}.")
    page = desk.get(QUEUE)
    assert len(page.all(".queue > li")) == queries.QUEUE_SIZE
    page = desk.get(page.link("Earlier replies"))
    assert page.texts(".words") == ["No. 0."]
    [row] = page.all(".queue > li")
    number = str(row["id"]).removeprefix("reply-")
    page = press(page, f"approve {number}")
    assert "before=" in page.response.request.full_path
    desk.get(f"{QUEUE}?before=x", 404)
    desk.get(f"{QUEUE}?before=", 404)


def test_a_made_up_queue_leads_back_to_what_waits(desk: Pages, sent: Send) -> None:
    sent()
    fields = desk.get(QUEUE).form("queue").values | {"decision": ["approve chosen"]}
    page = desk.submit(f"{QUEUE}decisions?queue=x&before=y&_external=1", fields, 404)
    assert page.path == QUEUE
    desk.get(f"{QUEUE}elsewhere/", 404)


def test_an_editor_answers_a_reply_which_is_approved_with_it(
    desk: Pages, article: Article, sent: Send, editor: User
) -> None:
    editor.badge = "Branch editor"
    comment = sent("When does it start?")
    page = desk.get(desk.get(QUEUE).link("Answer the reply by Ann"))
    assert "When does it start?" in page.text
    page = page.form("answer").fill(body="At <b>six</b>.").submit("Approve and answer")
    assert "Your answer to Ann is on the page." in page.text
    shown = desk.get(article.path or "").one(f"#comment-{comment.id} .staff")
    assert "Edith" in shown.get_text()
    assert "Branch editor" in shown.get_text()
    approved = desk.get(f"{QUEUE}approved/")
    assert "Answers Ann" in approved.text
    again = desk.get(f"{QUEUE}{comment.id}/answer")
    assert again.one("#answer button").get_text() == "Post answer"


def test_an_answer_that_cannot_be_taken_is_given_back(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    page = desk.get(f"{QUEUE}{comment.id}/answer")
    wrong = page.form("answer").fill(body="  ").submit(status=422)
    assert wrong.title.startswith("Error:")
    assert "Write something before you post." in wrong.one(".summary").get_text()
    wrong = page.form("answer").fill(body="x" * 5_001).submit(status=422)
    assert "at most 5,000 characters" in wrong.one(".summary").get_text()
    actions.mark_spam(comment, by=admin, now=now)
    db.session.commit()
    wrong = page.form("answer").fill(body="Hello").submit(status=409)
    assert "Restore it before you answer it." in wrong.one(".summary").get_text()
    assert wrong.form("answer").values["body"] == ["Hello"]
    desk.get(f"{QUEUE}99/answer", 404)


def test_a_reply_leads_to_the_editor_where_readers_see_no_article(
    desk: Pages, article: Article, sent: Send
) -> None:
    sent()
    assert desk.get(QUEUE).link(article.title) == article.path
    article.state = State.draft
    article.path = article.path_key = None
    db.session.commit()
    assert desk.get(QUEUE).link(article.title) == f"/desk/articles/{article.id}"


def test_attacks_in_the_queue_stay_words(desk: Pages, sent: Send) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    comment = sent(attack, author_name=attack, website="https://example.org/'onfocus='alert(1)")
    page = desk.get(QUEUE)  # checks: no inline script and no handler
    assert page.all("script:not([src]), .queue img, .queue [onfocus]") == []
    page = press(page, f"approve {comment.id}")
    assert attack in page.one(".notice").get_text()


def test_every_known_attack_in_the_queue_stays_words(
    desk: Pages, sent: Send, fixtures_folder: Path
) -> None:
    for file in sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in [line for line in lines if line.strip().isascii()][:8]:
            sent(line[:5_000], author_name=line[:200], email=f"{len(line)}@example.org")
    path, seen = QUEUE, 0
    while path:
        page = desk.get(path)  # checks: nothing inline, no handler, nothing from elsewhere
        seen += len(page.all(".queue > li"))
        assert page.all(".queue :is(img, svg, iframe, object, embed, style, script, form)") == []
        for link in page.all(".queue a"):
            assert str(link["href"]).startswith(("/", "http://", "https://", "mailto:"))
        path = page.link("Earlier replies") if page.all(".paging") else ""
    assert seen > 40


def test_writers_and_strangers_do_not_see_the_queue(pages: Pages, writer: User, sent: Send) -> None:
    comment = sent()
    assert pages.get(QUEUE).path == "/desk/login"
    pages.sign_in(writer, "a long enough password")
    pages.get(QUEUE, 403)
    pages.get(f"{QUEUE}{comment.id}/answer", 403)
