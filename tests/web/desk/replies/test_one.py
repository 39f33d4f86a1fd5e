"""An editor looks closely at one reply before deciding."""

from collections.abc import Callable
from datetime import datetime, timedelta

from moderating import QUEUE, press, undo, where
from pages import Pages

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, bans, emptying, own, reports
from newsite.comments.models import BanKind, Comment, ReportReason, Status
from newsite.db import db

Send = Callable[..., Comment]


def test_the_thread_around_a_reply_leads_from_one_to_the_other(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    first = sent("It began at six.", author_name="First")
    actions.approve(first, by=editor, now=now)
    db.session.commit()
    for name in ("Before", "Middle", "After"):
        sent(f"From {name}.", author_name=name, to=first)
    page = desk.get(QUEUE)
    page = desk.get(page.link("Thread and writer · the reply by Middle"))
    assert page.h1 == "The reply by Middle"
    assert page.texts("h3") == [
        "What it answers",
        "Answers to the same, before it",
        "Answers to the same, after it",
    ]
    for words in ("First Approved", "It began at six.", "Before Waiting", "After Waiting"):
        assert words in page.text
    above = page.follow("First")
    assert above.texts("h3") == ["Answers to it"]
    assert above.h1 == "The reply by First"
    assert above.follow("Back to the queue").path == QUEUE


def test_a_reply_that_stands_alone_says_so(desk: Pages, sent: Send) -> None:
    page = desk.get(f"{QUEUE}{sent().id}/")
    assert "It answers the article, and nobody has answered it." in page.text
    desk.get(f"{QUEUE}99/", 404)


def test_a_decision_on_its_page_leads_back_to_it_and_can_be_undone(desk: Pages, sent: Send) -> None:
    comment = sent()
    page = desk.get(f"{QUEUE}{comment.id}/")
    fields = {f"reason-{comment.id}": "Fair", f"note-{comment.id}": "Thank you."}
    page = press(page, f"approve {comment.id}", **fields)
    assert page.path == f"{QUEUE}{comment.id}/"
    assert page.texts(".who .badge") == ["Approved"]
    assert page.texts(".why") == ["Approved · Edith · Fair · Note to the writer: Thank you."]
    page = undo(page)
    assert page.path == f"{QUEUE}{comment.id}/"
    assert where(comment) is Status.pending


def test_answering_from_its_page_leads_back_to_it(desk: Pages, sent: Send) -> None:
    comment = sent()
    page = desk.get(f"{QUEUE}{comment.id}/").follow("Answer")
    assert page.link("Back to the queue") == f"{QUEUE}{comment.id}/"
    page = page.form("answer").fill(body="At six.").submit()
    assert page.path == f"{QUEUE}{comment.id}/"
    assert "Your answer to Ann is on the page." in page.text
    assert "At six." in page.text


def test_reports_open_and_settled_stand_on_its_page(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.approve(comment, by=editor, now=now)
    reports.report(comment, ReportReason.offensive, "Old", reporter="192.0.2.1", now=now)
    actions.leave(comment, by=editor, now=now)
    reports.report(comment, ReportReason.spam, "New", reporter="192.0.2.2", now=now)
    db.session.commit()
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert page.texts(".said") == ["Reported once Spam: New"]
    assert "22 November 2026, 12.00pm Offensive: Old" in page.text


def test_what_else_came_from_its_address_is_counted_and_listed(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent("This one.")
    other = sent("Another one.", author_name="Somebody")
    actions.approve(other, by=editor, now=now)
    db.session.commit()
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert page.texts(".ledger a") == ["1 approved", "1 waiting", "0 spam", "0 in the trash"]
    assert "The address was never confirmed: anybody may have typed it." in page.text
    assert "Another one." in page.text
    assert page.follow("1 approved").texts(".words") == ["Another one."]
    other.confirmed_at = now
    db.session.commit()
    again = desk.get(f"{QUEUE}{comment.id}/")
    assert "One of them from a confirmed address." in again.text


def test_a_long_history_does_not_make_the_page_longer_or_slower(desk: Pages, sent: Send) -> None:
    comment = sent("The first.")
    for number in range(30):
        sent(f"No. {number}")
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert len(page.all("section ol.lines > li")) == 20


def test_an_editor_bans_its_writer_by_what_is_known_of_them(
    desk: Pages, sent: Send, now: datetime
) -> None:
    comment = sent("See https://Spam.example/", website="https://ann.example/x")
    comment.network = "192.0.2.0/24"
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert page.texts("#ban .check") == [
        "Mail address: ann@example.org",
        "Name: Ann",
        "Network: 192.0.2.0/24",
        "Host: spam.example",
        "Host: ann.example",
    ]
    page = page.form("ban").fill(value="address ann@example.org", length="month").submit()
    assert page.path == f"{QUEUE}{comment.id}/"
    assert "a…@example.org is banned." in page.text
    assert page.texts("main > .why") == [
        "Banned: a…@example.org · until 22 December 2026, 12.00pm · Bans"
    ]
    page = page.form("ban").fill(value="host spam.example", length="ever", reason="Sells").submit()
    [host, address] = bans.running(now).items
    assert (host.kind, host.value, host.ends_at) == (BanKind.host, "spam.example", None)
    assert host.reason == "Sells"
    assert address.ends_at == now + timedelta(days=30)
    assert "Banned: spam.example · Bans" in page.texts("main > .why")


def test_nobody_is_banned_by_what_is_not_theirs(desk: Pages, sent: Send, now: datetime) -> None:
    comment = sent("See http://127.0.0.1:8000/ and https://example.net/")
    address = f"{QUEUE}{comment.id}/"
    page = desk.get(address).form("ban").submit(status=422)
    assert page.title.startswith("Error:")
    assert page.all(".summary a")
    fields = page.form("ban").values | {"value": ["address bob@example.org"]}
    desk.submit(f"{address}ban", fields, 422)
    assert bans.running(now).items == []


def test_what_its_writer_took_back_is_left_alone(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    own.withdraw(comment, now=now)
    db.session.commit()
    for path in (f"{QUEUE}trash/", f"{QUEUE}{comment.id}/"):
        page = desk.get(path)
        [row] = page.all(f"#reply-{comment.id}")
        assert row.select("button, textarea, input") == []
        assert "Withdrawn" in row.get_text()
    comment.reported_at = now
    db.session.commit()
    [row] = desk.get(f"{QUEUE}{comment.id}/").all(f"#reply-{comment.id}")
    assert [button.get_text() for button in row.select("button")] == ["Leave it"]
    emptying.empty(comment, now=now)
    db.session.commit()
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert "This address" not in page.text
    assert "Name removed" not in " ".join(page.texts("#ban label"))


def test_that_a_reply_was_edited_stands_there(desk: Pages, sent: Send, now: datetime) -> None:
    comment = sent()
    assert "Edited" not in desk.get(QUEUE).text
    comment.edited_at = now
    db.session.commit()
    assert "Edited 22 November 2026, 12.00pm" in desk.get(QUEUE).text


def test_leaving_a_reply_hides_not_why_it_is_there(
    desk: Pages, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, reason="Without evidence.", now=now)
    comment.appeal, comment.appealed_at = "It is true.", now
    db.session.commit()
    address = f"{QUEUE}{comment.id}/"
    page = press(desk.get(address), f"leave {comment.id}")
    assert "The reply by Ann stays where it is: that is settled." in page.text
    assert "Without evidence." in page.one(f"#reply-{comment.id} .why").get_text()
    page = undo(page)
    assert "The reply by Ann waits for a decision again." in page.text
    assert "Without evidence." in page.one(f"#reply-{comment.id} .why").get_text()


def test_nobody_can_be_banned_of_whom_nothing_is_known(
    desk: Pages, sent: Send, article: Article
) -> None:
    comment = sent()
    comment.email = comment.email_key = comment.author_name = ""
    page = desk.get(f"{QUEUE}{comment.id}/")
    assert page.all("#ban") == []
    assert page.all(".ledger") == [], "of no address there is anything to count"
