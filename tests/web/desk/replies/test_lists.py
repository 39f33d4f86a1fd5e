"""An editor goes through what readers sent."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from moderating import QUEUE, press, undo, where
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article, State
from newsite.comments import actions, queries, reports
from newsite.comments.models import Comment, ReportReason, Status
from newsite.comments.spam import learning
from newsite.comments.spam.features import Suspect
from newsite.db import db

Send = Callable[..., Comment]


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
        "Reported 0",
        "Appeals 0",
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
        ("reported/", "No reply is reported."),
        ("appeals/", "Nobody appeals."),
        ("approved/", "No reply is approved yet."),
        ("spam/", "There is no spam."),
        ("trash/", "The trash is empty."),
    ],
)
def test_an_empty_queue_says_so(desk: Pages, queue: str, words: str) -> None:
    page = desk.get(QUEUE + queue)
    assert words in page.text
    assert page.all("#queue") == []


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


def test_the_history_outlives_the_account(
    desk: Pages, sent: Send, admin: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=admin, now=now)
    db.session.delete(admin)
    db.session.commit()
    assert desk.get(f"{QUEUE}trash/").texts(".why") == ["Trash · Somebody who is gone"]


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


def test_what_readers_report_is_in_a_tab_with_their_reasons_and_may_be_left(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    for number, words in enumerate(["He names my child.", ""]):
        network = f"192.0.2.{number}"
        reports.report(comment, ReportReason.abusive, words, reporter=network, now=now)
    db.session.commit()
    assert "1 waiting" in desk.get("/desk/").one(".places .count").get_text()
    page = desk.get(f"{QUEUE}reported/")
    assert page.texts(".tabs [aria-current]") == ["Reported 1"]
    assert page.texts(".said") == ["Reported 2 times Abusive: He names my child. Abusive"]
    assert page.texts(f"#reply-{comment.id} .actions > *") == [
        "Leave it the reply by Ann",
        "Hold the reply by Ann",
        "Answer the reply by Ann",
        "Spam the reply by Ann",
        "Trash the reply by Ann",
    ]
    page = press(page, f"leave {comment.id}")
    assert page.path == f"{QUEUE}reported/"
    assert "The reply by Ann stays where it is: that is settled." in page.one(".notice").get_text()
    assert page.all("#queue") == []
    assert undo(page).texts(".tabs [aria-current]") == ["Reported 1"]


def test_a_writers_appeal_is_in_a_tab_with_its_words(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, reason="Names a child", now=now)
    comment.appeal, comment.appealed_at = "<b>I</b> have taken it out.", now
    db.session.commit()
    page = desk.get(f"{QUEUE}appeals/")
    assert page.texts(".said") == ["Its writer appeals <b>I</b> have taken it out."]
    assert page.texts(".why") == ["Trash · Edith · Names a child"]
    page = press(page, f"leave {comment.id}", **{f"note-{comment.id}": "It still names her."})
    assert page.all("#queue") == []
    assert where(comment) is Status.trash
    assert comment.entries[-1].note == "It still names her."
    history = desk.get(f"{QUEUE}trash/").texts("details .lines li")
    assert history[-1].endswith("Trash · Edith · left it · Note to the writer: It still names her.")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=Bob@Example.org", ["2"]),
        ("q=192.0.2.77", ["1"]),
        ("q=192.0.2.0/24", ["1"]),
        ("q=late bus", ["3"]),
        ("q=spam.example", ["2"]),
        ("q=eve", ["3"]),
        ("q=100%25", []),
        ("q=", ["3", "2", "1"]),
        ("article=1&q=ann", ["1"]),
        ("article=2147483648", ["3", "2", "1"]),
        ("article=x", ["3", "2", "1"]),
    ],
)
def test_a_list_is_narrowed_to_an_address_a_network_or_words(
    desk: Pages, sent: Send, article: Article, asked: str, found: list[str]
) -> None:
    one = sent("1")
    one.network = "192.0.2.0/24"
    sent("2", author_name="Bob", email="bob@example.org", website="https://spam.example")
    sent("3: the late bus", author_name="Eve", email="eve@example.org")
    page = desk.get(f"{QUEUE}?{asked.replace('article=1', f'article={article.id}')}")
    assert [words[0] for words in page.texts(".words")] == found
    if found == []:
        assert "Nothing here fits." in page.text
    elif len(found) == 1:
        assert "1 reply fits." in page.text
        assert len(page.follow("Show all").all(".queue > li")) == 3


def test_a_list_is_narrowed_to_an_article(
    desk: Pages, sent: Send, make_article: Callable[..., Article]
) -> None:
    comment = sent()
    other = make_article("Another")
    page = desk.get(f"{QUEUE}?article={comment.article_id}")
    assert f"On “{comment.article.title}” · 1 reply fits." in page.text
    assert "Nothing here fits." in desk.get(f"{QUEUE}?article={other.id}").text
    again = desk.get(QUEUE).follow("Only this article · the reply by Ann")
    assert again.texts(".words") == ["I was there."]


def test_a_click_on_an_address_or_a_network_shows_all_that_came_from_there(
    desk: Pages, sent: Send
) -> None:
    comment = sent()
    comment.network, comment.confirmed_at = "192.0.2.0/24", comment.created_at
    sent("Other", author_name="Bob", email="bob@example.org")
    page = desk.get(QUEUE)
    assert page.texts(f"#reply-{comment.id} .who .badge") == ["Confirmed"]
    for label in ("ann@example.org", "192.0.2.0/24"):
        assert desk.get(page.link(label)).texts(".words") == ["I was there."]


def test_the_search_of_one_list_goes_along_to_the_others(desk: Pages, sent: Send) -> None:
    sent()
    page = desk.get(f"{QUEUE}?q=Ann").follow("Trash 0")
    assert page.one("#seek-q")["value"] == "Ann"


def test_keys_are_told_in_a_dialog_which_opens_with_a_script_only(desk: Pages, sent: Send) -> None:
    sent()
    page = desk.get(QUEUE)
    assert page.one("#keys-open").has_attr("hidden")
    assert page.texts("#keys kbd") == ["j", "k", "a", "s", "t", "l", "r", "o", "u", "?"]
    assert [str(one["src"]).split(".")[0] for one in page.all("script")] == ["/static/desk-queue"]


def test_more_than_are_counted_is_said_so(
    desk: Pages, sent: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", 2)
    for number in range(3):
        sent(f"{number}: the late bus")
    page = desk.get(f"{QUEUE}?q=bus")
    assert page.texts(".tabs [aria-current]") == ["Waiting 2+"]
    assert "2+ replies fit." in page.text
    assert "With all 2+ that this list finds" in page.text
