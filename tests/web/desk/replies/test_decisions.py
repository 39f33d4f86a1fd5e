"""An editor decides, about one reply or many, and thinks again."""

from collections.abc import Callable
from datetime import datetime

import pytest
from moderating import QUEUE, press, undo, where
from pages import Pages
from sqlalchemy import event

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, measures, queries, reports
from newsite.comments.models import Comment, ReportReason, Status
from newsite.db import db
from newsite.web import bodies
from newsite.web.desk.replies import decisions

Send = Callable[..., Comment]
DECISION_QUERIES = (
    23  # who signed in, the reply, the lock of its article, what it teaches, what readers see
)


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
    assert page.texts(".why") == ["Trash · Edith · Names a person"]
    assert page.texts("details .lines li") == [
        "21 November 2026, 12.00pm Waiting · Address not confirmed",
        "22 November 2026, 12.00pm Trash · Edith · Names a person",
    ]


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
        desk.submit(f"{QUEUE}decisions/", fields)
        return
    desk.submit(f"{QUEUE}decisions/", fields, 400)
    assert where(comment) is Status.pending


@pytest.mark.parametrize("which", ["9999999999", "0", "99"])
def test_a_reply_that_is_gone_changes_nothing(desk: Pages, sent: Send, which: str) -> None:
    sent()
    fields = desk.get(QUEUE).form("queue").values | {"decision": [f"approve {which}"]}
    assert "Nothing was changed." in desk.submit(f"{QUEUE}decisions/", fields).text
    desk.submit(f"{QUEUE}decisions/", fields | {"chosen": ["x"]}, 400)
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
    page = desk.submit(f"{QUEUE}decisions/?queue=x&before=y&_external=1", fields, 404)
    assert page.path == QUEUE
    desk.get(f"{QUEUE}elsewhere/", 404)


def test_a_note_to_the_writer_goes_with_a_decision(desk: Pages, sent: Send) -> None:
    comment = sent()
    fields = {f"note-{comment.id}": "Leave the name out, then send it again."}
    press(desk.get(QUEUE), f"trash {comment.id}", **fields)
    assert where(comment) is Status.trash
    assert comment.entries[-1].note == "Leave the name out, then send it again."


def test_all_that_a_list_finds_are_decided_a_hundred_at_a_time(
    desk: Pages, sent: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "BATCH", 2)
    honest = sent("The bus was late.")
    spam = [sent(f"Buy {n}", email="spam@example.org") for n in range(3)]
    page = desk.get(f"{QUEUE}?q=spam@example.org")
    assert "With all 3 that this list finds" in page.text
    page = press(page, "spam found", **{"reason-chosen": "not this one"})
    assert "2 replies are in spam." in page.text
    assert page.texts(".words") == ["Buy 0"]
    assert page.one("#seek-q")["value"] == "spam@example.org"
    assert [where(one) for one in spam] == [Status.pending, Status.spam, Status.spam]
    page = undo(page)
    assert len(page.all(".queue > li")) == 3
    assert [where(one) for one in [honest, *spam]] == [Status.pending] * 4


def test_a_long_list_offers_all_of_it_without_a_search_too(desk: Pages, sent: Send) -> None:
    for number in range(queries.QUEUE_SIZE + 1):
        sent(f"No. {number}.")
    page = desk.get(QUEUE)
    assert "With all 26 that this list finds" in page.text
    page = press(page, "trash found")
    assert "26 replies are in the trash." in page.text
    assert "26 replies are waiting." in undo(page).text


def test_many_are_left_where_they_are(desk: Pages, sent: Send, editor: User, now: datetime) -> None:
    chosen = [sent("One"), sent("Two")]
    for comment in chosen:
        actions.approve(comment, by=editor, now=now)
        reports.report(comment, ReportReason.spam, "", reporter="192.0.2.1", now=now)
    db.session.commit()
    page = press(desk.get(f"{QUEUE}reported/?q=ann"), "leave found")
    assert "2 replies stay where they are." in page.text
    assert "Nothing here fits." in page.text


@pytest.mark.parametrize(
    ("ids", "written"),
    [
        ([], ""),
        ([7], "7"),
        ([7, 5, 6], "5-7"),
        ([1, 3, 4, 9], "1 3-4 9"),
    ],
)
def test_decisions_are_remembered_in_few_characters(ids: list[int], written: str) -> None:
    assert decisions.spans(ids) == written
    assert decisions.ids_of(written) == sorted(ids)


@pytest.mark.parametrize(
    ("written", "read"),
    [("5-3", []), ("x 2 3-x -4", [2]), ("1-99999999999", []), ("1 1", [1, 1])],
)
def test_nonsense_in_their_place_is_passed_over(written: str, read: list[int]) -> None:
    assert decisions.ids_of(written) == read


def test_no_list_of_decisions_is_endless() -> None:
    assert len(decisions.ids_of("1-1000000000 " * 600)) == bodies.MAX_FIELDS


def test_a_decision_takes_one_click_and_as_many_queries_whatever_waits(
    desk: Pages, sent: Send
) -> None:
    def asked_for_one() -> int:
        comment = sent(f"No. {next(numbers)}")
        form = desk.get(QUEUE).form("queue")
        fields = form.values | {"decision": [f"approve {comment.id}"]}
        run: list[str] = []
        listener = lambda *given: run.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        answer = desk.post(f"{QUEUE}decisions/", fields)
        event.remove(db.engine, "before_cursor_execute", listener)
        assert answer.status_code == 303
        return len(run)

    numbers = iter(range(1_000))
    few = asked_for_one()
    for number in range(40):
        sent(f"Waits {number}")
    assert asked_for_one() <= few
    assert few <= DECISION_QUERIES
