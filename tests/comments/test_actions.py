"""What becomes of a reply, and of the page that it stands on."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import migrated
import pytest
import sqlalchemy as sa
from flask import Flask

from newsite import changes, create_app
from newsite.accounts.models import User
from newsite.articles.models import Article, Kind, State
from newsite.comments import actions, arriving, queries
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.rules import Sender
from newsite.comments.spam.models import SpamLesson
from newsite.comments.submission import NewReply
from newsite.config import Settings
from newsite.db import db
from newsite.errors import (
    BadText,
    Conflict,
    DuplicateReply,
    NotAllowed,
    RepliesClosed,
    RuleBroken,
    TooFast,
)
from newsite.sanitize import POLICY
from newsite.site.models import Site

MakeReply = Callable[..., NewReply]
Send = Callable[..., Comment]


def keys_of(do: Callable[[], Any]) -> set[str]:
    """What the change log says after `do` was committed."""
    before = changes.latest()[1]
    do()
    db.session.commit()
    return changes.since(before)


def test_a_reply_waits_for_an_editor(article: Article, reply: MakeReply, now: datetime) -> None:
    comment = actions.submit_reply(article, reply(), now=now)
    db.session.commit()
    assert comment.status is Status.pending
    assert not comment.is_on_page
    assert article.reply_count == 0
    [entry] = comment.entries
    assert (entry.old_status, entry.new_status) == (None, Status.pending)
    assert entry.rule == "Address not confirmed"
    assert entry.by is None


def test_where_no_rule_holds_a_reply_it_is_on_the_page_at_once(
    article: Article, reply: MakeReply, site: Site, now: datetime
) -> None:
    site.replies_hold_unknown = False
    db.session.commit()
    key = f"article:{article.id}"
    assert keys_of(lambda: actions.submit_reply(article, reply(), now=now)) == {key}
    comment = queries.queue(Status.approved).items[0]
    assert (comment.is_on_page, comment.approved_at, article.reply_count) == (True, now, 1)
    [entry] = comment.entries
    assert (entry.old_status, entry.new_status) == (Status.pending, Status.approved)
    assert (entry.rule, entry.by) == ("No rule held it", None)
    again = actions.submit_reply(article, reply(), now=now)
    assert (again.id, again.is_repeat) == (comment.id, True)
    assert (article.reply_count, len(again.entries)) == (1, 1)


def test_what_came_without_a_reader_teaches_the_filter_nothing(
    article: Article, reply: MakeReply, site: Site, now: datetime
) -> None:
    site.replies_hold_unknown = False
    actions.submit_reply(article, reply(), now=now)
    db.session.commit()
    assert db.session.scalars(sa.select(SpamLesson)).all() == []


def test_a_disallowed_word_puts_it_in_the_trash_and_a_link_too_many_holds_it(
    article: Article, reply: MakeReply, site: Site, now: datetime
) -> None:
    site.disallowed_keys, site.replies_max_links = "casino", 1
    thrown = actions.submit_reply(article, reply("Casino!"), now=now)
    held = actions.submit_reply(article, reply("See https://example.org/"), now=now)
    assert (thrown.status, rules_of(thrown)) == (Status.trash, ["Disallowed word: casino"])
    assert (held.status, rules_of(held)) == (Status.pending, ["1 link · Address not confirmed"])


SENDER = Sender(network="203.0.113.0/24", agent="Firefox", address="203.0.113.7")


def test_of_the_network_its_first_part_is_kept_and_of_the_browser_nothing(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    comment = actions.submit_reply(article, reply(), sender=SENDER, now=now)
    db.session.commit()
    assert comment.network == "203.0.113.0/24"
    table = Comment.__table__
    row = db.session.execute(sa.select(table).where(table.c.id == comment.id)).one()
    assert not any("203.0.113.7" in str(value) or "Firefox" in str(value) for value in row)


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({"email": "bo@example.org"}, SENDER),  # another person at the same network
        ({}, Sender(address="198.51.100.1")),  # the same address elsewhere
        ({"email": "ANN@example.org"}, Sender()),  # from nobody knows where
    ],
)
def test_a_quarter_of_a_minute_lies_between_two_replies(
    article: Article, reply: MakeReply, now: datetime, given: dict[str, str], sender: Sender
) -> None:
    actions.submit_reply(article, reply("One."), sender=SENDER, now=now)
    db.session.commit()
    early, late = (now + timedelta(seconds=after) for after in (12, 15))
    with pytest.raises(TooFast, match="Wait 3 seconds, then") as refusal:
        actions.submit_reply(article, reply("Two.", **given), sender=sender, now=early)
    assert refusal.value.seconds == 3
    db.session.rollback()
    actions.submit_reply(article, reply("Two.", **given), sender=sender, now=late)


def test_how_long_lies_between_two_replies_is_the_sites_to_say(
    article: Article, reply: MakeReply, site: Site, now: datetime
) -> None:
    site.replies_flood_seconds = 1
    actions.submit_reply(article, reply("One."), sender=SENDER, now=now)
    db.session.commit()
    with pytest.raises(TooFast, match="Wait a second, then"):
        actions.submit_reply(article, reply("Two."), sender=SENDER, now=now)
    db.session.rollback()
    site.replies_flood_seconds = 0
    actions.submit_reply(article, reply("Two."), sender=SENDER, now=now)


def test_a_second_press_is_no_second_reply(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    first = actions.submit_reply(article, reply(), sender=SENDER, now=now)
    second = actions.submit_reply(article, reply(), sender=SENDER, now=now)
    assert (second.id, second.is_repeat) == (first.id, True)


def test_an_answer_beyond_the_last_level_stands_on_it(
    approved: Send, site: Site, editor: User, now: datetime
) -> None:
    site.replies_depth = 2
    first = approved("First.")
    second = approved("Second.", to=first)
    third = approved("Third.", to=second)
    site.replies_depth = 3
    fourth = approved("Fourth.", to=second)
    staff = actions.answer(fourth, "Fifth.", by=editor, now=now)
    made = [first, second, third, fourth, staff]
    assert [comment.depth for comment in made] == [1, 2, 2, 3, 3]
    in_order = sorted(made, key=lambda comment: comment.place or "")
    assert in_order == [first, second, fourth, staff, third]


def test_what_was_sent_is_kept_as_it_was_and_cleaned_beside_it(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    sent = reply("<b>Hi</b> <script>x</script>\x00\udc80\r\n\u202enext", author_name=" Ann\n B. ")
    comment = actions.submit_reply(article, sent, now=now)
    db.session.commit()
    assert comment.body == "<b>Hi</b> <script>x</script>\r\n\u202enext"
    assert comment.body_html.startswith("<p><strong>Hi</strong> &lt;script&gt;")
    assert "\u202e" not in comment.body_html
    assert comment.body_policy == POLICY
    assert comment.author_name == "Ann B."


def test_a_trap_makes_it_spam_and_says_so(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    comment = actions.submit_reply(article, reply(), now=now, suspicion="A trap")
    assert comment.status is Status.spam
    assert comment.entries[0].rule == "A trap"


@pytest.fixture
def known(approved: Send, now: datetime) -> Comment:
    """A reply that Ann has on the page, from an address that is hers."""
    comment = approved("My first.")
    comment.confirmed_at = now - timedelta(hours=1)
    db.session.commit()
    return comment


def rules_of(comment: Comment) -> list[str]:
    """The rules that have decided about a reply, in their order."""
    return [entry.rule for entry in comment.entries]


def test_who_confirms_and_was_approved_before_appears_by_that(
    sent: Send, known: Comment, article: Article, now: datetime
) -> None:
    second = sent("My second.")
    actions.judge_again(second, now=now)
    actions.judge_again(second, now=now)
    assert second.status is Status.pending
    assert rules_of(second)[-1:] == ["Address not confirmed"], "the same is not written down twice"
    second.confirmed_at = now
    assert keys_of(lambda: actions.judge_again(second, now=now)) == {f"article:{article.id}"}
    assert (second.status, second.is_on_page, second.approved_at) == (Status.approved, True, now)
    assert rules_of(second)[-1] == "Address confirmed, and approved before"
    assert second.entries[-1].by is None
    assert article.reply_count == 2


def test_a_decision_that_was_taken_back_is_none(
    sent: Send, known: Comment, editor: User, now: datetime
) -> None:
    for decision, status in ((actions.trash, Status.approved), (actions.hold, Status.pending)):
        comment = sent(f"After, {decision.__name__}")
        if decision is actions.hold:
            actions.approve(comment, by=editor, now=now)
            decision(comment, by=editor, now=now)
        else:
            actions.undo([decision(comment, by=editor, now=now)], by=editor, now=now)
        comment.confirmed_at = now
        assert actions.judge_again(comment, now=now).status is status
    comment.entries[-1].by_id = None  # the account of whoever held it is gone
    assert actions.judge_again(comment, now=now).status is Status.pending


def test_the_first_reply_from_a_confirmed_address_waits_for_another_reason(
    sent: Send, now: datetime
) -> None:
    comment = sent()
    comment.confirmed_at = now
    actions.judge_again(comment, now=now)
    assert comment.status is Status.pending
    assert rules_of(comment)[-1] == "First reply with this name and address"
    comment.entries = []  # as of a reply that was brought along from elsewhere
    actions.judge_again(comment, now=now)
    assert rules_of(comment) == ["First reply with this name and address"]


def test_new_words_are_judged_and_approved_ones_are_not_judged_twice(
    known: Comment, site: Site, editor: User, now: datetime
) -> None:
    site.moderation_keys = "casino"
    actions.judge_again(known, now=now)
    assert known.status is Status.approved, "an editor has read these words"
    known.body, known.edited_at = "Casino", now
    actions.judge_again(known, now=now)
    assert (known.status, known.is_on_page) == (Status.pending, False)
    assert rules_of(known)[-1].startswith("Word on your list: casino")
    actions.approve(known, by=editor, now=now + timedelta(minutes=1))
    actions.judge_again(known, now=now + timedelta(minutes=2))
    assert known.status is Status.approved


def test_a_reply_without_any_decision_is_judged_when_its_words_change(
    known: Comment, site: Site, now: datetime
) -> None:
    known.entries, known.edited_at = [], now
    site.replies_hold_unknown = False
    actions.judge_again(known, now=now)
    assert (known.status, known.entries) == (Status.approved, [])


@pytest.mark.parametrize("decision", [actions.hold, actions.mark_spam, actions.trash])
def test_what_an_editor_put_aside_no_rule_takes_back(
    decision: Callable[..., ModerationEntry], known: Comment, editor: User, now: datetime
) -> None:
    decision(known, by=editor, now=now)
    status = known.status
    known.confirmed_at = known.edited_at = now
    actions.judge_again(known, now=now)
    assert known.status is status
    assert len(known.entries) == 3


def test_what_a_rule_put_aside_stays_aside(
    article: Article, reply: MakeReply, site: Site, now: datetime
) -> None:
    comment = actions.submit_reply(article, reply(), now=now, suspicion="A trap")
    site.replies_hold_unknown = False
    comment.edited_at = now
    assert actions.judge_again(comment, now=now).status is Status.spam


def test_what_was_held_for_its_sender_waits_for_an_editor(
    sent: Send, site: Site, now: datetime
) -> None:
    comment = sent()
    site.replies_hold_unknown = False
    comment.entries[0].rule = "Network address on your list"
    assert actions.judge_again(comment, now=now).status is Status.pending
    comment.entries[0].rule = "Address not confirmed"
    assert actions.judge_again(comment, now=now).status is Status.approved
    assert rules_of(comment)[-1] == "No rule held it"


def test_nothing_is_taken_where_replies_are_closed(
    article: Article, make_article: Callable[..., Article], reply: MakeReply, now: datetime
) -> None:
    page = make_article("About us", kind=Kind.page)
    with pytest.raises(RepliesClosed, match="closed"):
        actions.submit_reply(page, reply(), now=now)
    article.replies_open = False
    with pytest.raises(RepliesClosed):
        actions.submit_reply(article, reply(), now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", " \u200b\u00a0\u3164\r\n"),  # nothing that can be seen
        ("body", "x" * 5_001),
        ("author_name", "\u200d"),
        ("author_name", "x" * 246),
        ("email", "sorter at example"),
        ("email", f"{'x' * 90}@example.org"),
        ("website", "javascript:alert(1)"),
        ("website", f"https://example.org/{'x' * 190}"),
    ],
)
def test_a_field_that_has_to_change_is_named(
    article: Article, reply: MakeReply, now: datetime, field: str, value: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        actions.submit_reply(article, reply(**{"body": "Hello", field: value}), now=now)
    assert refusal.value.field == field


def test_a_text_that_grows_by_normalising_is_refused_by_the_cleaner(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    with pytest.raises(BadText):
        actions.submit_reply(article, reply("\u0958" * 4_000), now=now)


# Threads


def test_answers_stand_under_what_they_answer(approved: Send) -> None:
    first = approved("First")
    second = approved("Second")
    answer = approved("Answer", to=first)
    assert answer.depth == 2
    assert first.place
    assert second.place
    assert answer.place
    assert first.place < answer.place < second.place


def test_the_fifth_level_is_the_last(approved: Send) -> None:
    comment = None
    chain = [comment := approved(f"Level {level}", to=comment) for level in range(1, 8)]
    assert [one.depth for one in chain] == [1, 2, 3, 4, 5, 5, 5]
    assert chain[6].parent_id == chain[5].id
    places = [one.place or "" for one in chain]
    assert places == sorted(places)
    assert {len(place) for place in places[4:]} == {90}


@pytest.mark.parametrize("status", [Status.pending, Status.spam, Status.trash])
def test_an_answer_to_what_is_not_on_the_page_stands_by_itself(sent: Send, status: Status) -> None:
    parent = sent("Parent")
    parent.status = status
    answer = sent("Answer", to=parent)
    assert (answer.parent, answer.depth) == (None, 1)


@pytest.mark.parametrize("parent_id", [0, -1, 99, 2**31, 2**70])
def test_an_answer_to_an_unknown_reply_stands_by_itself(
    article: Article, reply: MakeReply, now: datetime, parent_id: int
) -> None:
    comment = actions.submit_reply(article, reply(parent_id=parent_id), now=now)
    assert comment.parent is None


def test_an_answer_to_another_articles_reply_stands_by_itself(
    approved: Send, make_article: Callable[..., Article], reply: MakeReply, now: datetime
) -> None:
    elsewhere = make_article("Another")
    comment = actions.submit_reply(elsewhere, reply(parent_id=approved().id), now=now)
    assert comment.parent is None


# The same words again


def test_pressing_twice_posts_once(article: Article, reply: MakeReply, now: datetime) -> None:
    first = actions.submit_reply(article, reply(), now=now)
    db.session.commit()
    spaced = reply(" I  was there. ", email="ANN@example.org")
    again = actions.submit_reply(article, spaced, now=now + timedelta(seconds=60))
    db.session.commit()
    assert again is first
    assert again.is_repeat
    assert len(queries.queue(Status.pending).items) == 1
    assert len(first.entries) == 1


def test_the_same_words_later_are_refused(
    article: Article, reply: MakeReply, now: datetime
) -> None:
    actions.submit_reply(article, reply(), now=now)
    db.session.commit()
    with pytest.raises(DuplicateReply) as refusal:
        actions.submit_reply(article, reply(), now=now + timedelta(seconds=61))
    assert refusal.value.status == 409


def test_the_same_words_from_somebody_else_or_elsewhere_are_another_reply(
    article: Article, make_article: Callable[..., Article], reply: MakeReply, now: datetime
) -> None:
    for one, sent in (
        (article, reply()),
        (article, reply(author_name="Bea", email="bea@example.org")),
        (make_article("Another"), reply()),
    ):
        assert not actions.submit_reply(one, sent, now=now).is_repeat


def test_a_failure_that_is_no_repetition_is_not_hidden(
    article: Article, reply: MakeReply, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "POLICY", None)  # stands for any rule of the database
    with pytest.raises(sa.exc.IntegrityError):
        actions.submit_reply(article, reply(), now=now)


@pytest.fixture
def threaded_app(
    engine: str,
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    now: datetime,
) -> Any:
    """An app whose threads have connections of their own, with an article; its id comes with it."""
    if engine == "sqlite":
        app = create_app(make_settings(database_url=f"sqlite:///{tmp_path / 'news.db'}"))
        with app.app_context():
            migrated.upgrade()
            db.session.add(Site(id=1, name="The Paper", founded_at=now))
            db.session.commit()
    else:
        app = request.getfixturevalue("app")
        request.getfixturevalue("site")
    with app.app_context():
        article = Article(
            title="A",
            path="/a/",
            path_key="/a",
            state="published",
            published_at=now,
            created_at=now,
            saved_at=now,
        )
        db.session.add(article)
        db.session.commit()
        article_id = article.id
    yield app, article_id
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def in_threads(app: Flask, count: int, do: Callable[[int], Any]) -> list[Any]:
    """What each thread's `do` returned, or the exception it ended with; all begin at once."""
    gate, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[number] = do(number)
            except Exception as error:  # noqa: BLE001  (the test looks at it)
                results[number] = error
            db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_presses_at_once_post_once(
    threaded_app: tuple[Flask, int], reply: MakeReply, now: datetime
) -> None:
    app, article_id = threaded_app

    def press(number: int) -> tuple[int, bool]:
        article = db.session.get_one(Article, article_id)
        comment = actions.submit_reply(article, reply(), now=now)
        result = comment.id, comment.is_repeat
        db.session.commit()
        return result

    results = in_threads(app, 8, press)
    assert len({comment_id for comment_id, _ in results}) == 1
    assert sorted(is_repeat for _, is_repeat in results) == [False] + [True] * 7
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ModerationEntry)) == 1


def test_decisions_at_once_are_counted_once_each(
    threaded_app: tuple[Flask, int], reply: MakeReply, now: datetime
) -> None:
    app, article_id = threaded_app
    with app.app_context():
        article = db.session.get_one(Article, article_id)
        made = [actions.submit_reply(article, reply(f"No. {n}"), now=now) for n in range(4)]
        by = User(
            email="e", email_key="e", name="Edith", role="editor", password_hash="", created_at=now
        )
        db.session.add(by)
        db.session.commit()
        ids, by_id = [comment.id for comment in made], by.id

    def approve(number: int) -> None:
        comment = queries.by_id(ids[number % 4])
        assert comment is not None
        actions.approve(comment, by=db.session.get_one(User, by_id), now=now)
        db.session.commit()

    results = in_threads(app, 8, approve)
    assert sum(isinstance(result, Conflict) for result in results) == 4, results
    with app.app_context():
        assert db.session.get_one(Article, article_id).reply_count == 4
        lessons = db.session.scalars(sa.select(SpamLesson.comment_id)).all()
        assert sorted(lessons) == sorted(ids)  # the filter learned from each, once


# Decisions


def test_approving_puts_it_on_the_page_and_is_written_down(
    article: Article, sent: Send, editor: User, now: datetime
) -> None:
    comment, version = sent(), article.version
    entry = actions.approve(comment, by=editor, reason=" Good  point ", now=now)
    db.session.commit()
    assert comment.is_approved
    assert comment.is_on_page
    assert (article.reply_count, article.version) == (1, version)
    assert (entry.old_status, entry.new_status) == (Status.pending, Status.approved)
    assert (entry.by, entry.reason, entry.at) == (editor, "Good point", now)


def test_readers_keep_their_kept_page_until_something_on_it_changes(
    article: Article, sent: Send, editor: User, now: datetime
) -> None:
    key = f"article:{article.id}"
    assert keys_of(lambda: sent("Waits")) == set()
    comment = queries.queue(Status.pending).items[0]
    assert keys_of(lambda: actions.mark_spam(comment, by=editor, now=now)) == set()
    assert keys_of(lambda: actions.trash(comment, by=editor, now=now)) == set()
    assert keys_of(lambda: actions.restore(comment, by=editor, now=now)) == set()
    assert keys_of(lambda: actions.approve(comment, by=editor, now=now)) == {key}
    assert keys_of(lambda: actions.hold(comment, by=editor, now=now)) == {key}


def test_a_withdrawn_articles_replies_change_no_page(
    article: Article, sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    article.state = State.withdrawn
    db.session.commit()
    assert keys_of(lambda: actions.approve(comment, by=editor, now=now)) == set()


def test_a_removed_reply_with_answers_keeps_its_place(
    article: Article, approved: Send, editor: User, now: datetime
) -> None:
    first = approved("First")
    answer = approved("Answer", to=first)
    last = approved("Last", to=answer)
    actions.trash(first, by=editor, now=now)
    actions.mark_spam(answer, by=editor, now=now)
    assert (first.is_on_page, answer.is_on_page, article.reply_count) == (True, True, 1)
    actions.trash(last, by=editor, now=now)
    db.session.commit()
    assert (first.is_on_page, answer.is_on_page, last.is_on_page) == (False, False, False)
    actions.restore(last, by=editor, now=now)
    assert (first.is_on_page, answer.is_on_page, last.is_on_page) == (True, True, True)
    actions.approve(first, by=editor, now=now)
    assert article.reply_count == 2


def test_restoring_leads_back_to_where_it_was(
    approved: Send, sent: Send, editor: User, now: datetime
) -> None:
    shown, waiting = approved("Shown"), sent("Waiting")
    for comment, before in ((shown, Status.approved), (waiting, Status.pending)):
        actions.trash(comment, by=editor, now=now)
        actions.restore(comment, by=editor, now=now)
        assert comment.status is before
        with pytest.raises(Conflict):
            actions.restore(comment, by=editor, now=now)
    actions.mark_spam(shown, by=editor, now=now)
    actions.trash(shown, by=editor, now=now)
    assert actions.restore(shown, by=editor, now=now).new_status is Status.pending


def test_an_imported_reply_without_history_is_restored_to_wait(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    comment.entries.clear()
    comment.status = Status.spam
    db.session.commit()
    assert actions.restore(comment, by=editor, now=now).new_status is Status.pending


def test_deciding_what_is_decided_says_where_it_is(
    approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    with pytest.raises(Conflict) as refusal:
        actions.approve(comment, by=editor, now=now)
    assert refusal.value.message == "The reply by Ann is on the page."


def test_writers_decide_nothing(sent: Send, writer: User, now: datetime) -> None:
    comment = sent()
    for decision in (actions.approve, actions.hold, actions.mark_spam, actions.trash):
        with pytest.raises(NotAllowed):
            decision(comment, by=writer, now=now)
    with pytest.raises(NotAllowed):
        actions.answer(comment, "No", by=writer, now=now)


def test_many_are_decided_at_once_and_taken_back_at_once(
    article: Article, sent: Send, approved: Send, editor: User, now: datetime
) -> None:
    comments = [sent("One"), approved("Two"), sent("Three")]
    entries = actions.decide(comments, actions.approve, by=editor, reason="Fine", now=now)
    db.session.commit()
    assert [entry.comment for entry in entries] == [comments[0], comments[2]]
    assert article.reply_count == 3
    actions.trash(comments[2], by=editor, now=now)
    undone = actions.undo([*entries, comments[0].entries[0]], by=editor, now=now)
    db.session.commit()
    assert [entry.comment for entry in undone] == [comments[0]]
    assert [comment.status for comment in comments] == [
        Status.pending,
        Status.approved,
        Status.trash,
    ]
    assert article.reply_count == 1


# Staff


def test_an_answer_of_staff_is_on_the_page_at_once_with_its_badge(
    article: Article, sent: Send, editor: User, now: datetime
) -> None:
    editor.badge = "Branch editor"
    comment = sent("When is it?")
    answer = actions.answer(comment, "At <b>six</b>.", by=editor, now=now)
    db.session.commit()
    assert comment.is_approved
    assert answer.is_approved
    assert (answer.author_name, answer.badge, answer.user_id) == (
        "Edith",
        "Branch editor",
        editor.id,
    )
    assert answer.parent is comment
    assert answer.body_html == "<p>At <strong>six</strong>.</p>"
    assert article.reply_count == 2
    again = actions.answer(comment, "At <b>six</b>.", by=editor, now=now)
    assert again is answer
    assert article.reply_count == 2


def test_staff_may_answer_after_closing(
    article: Article, approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    article.replies_open = False
    assert actions.answer(comment, "Thank you.", by=editor, now=now).is_approved


def test_an_answer_needs_words_and_something_to_answer(
    sent: Send, editor: User, now: datetime
) -> None:
    comment = sent()
    with pytest.raises(RuleBroken, match="Write something") as refusal:
        actions.answer(comment, " \u200b", by=editor, now=now)
    assert refusal.value.field == "body"
    actions.mark_spam(comment, by=editor, now=now)
    with pytest.raises(Conflict, match="put aside"):
        actions.answer(comment, "Hello", by=editor, now=now)


def test_ten_thousand_levels_of_gaps_come_and_go_with_the_last_answer(
    article: Article, approved: Send, editor: User, now: datetime, counted: Callable[..., Any]
) -> None:
    last = approved("The last")
    chain = [
        {
            "id": last.id + number, "article_id": article.id, "depth": 1, "status": Status.trash,
            "parent_id": last.id + number - 1 if number > 1 else None, "author_name": "A", "email": "a@b.example",
            "email_key": "a@b.example", "body": "x", "body_html": "x", "body_policy": 1,
            "fingerprint": f"f{number}", "created_at": now,
        }
        for number in range(1, 10_001)
    ]  # fmt: skip
    for begin in range(0, 10_000, 1_000):  # nobody waits longer than a few seconds for PostgreSQL
        db.session.execute(sa.insert(Comment.__table__), chain[begin : begin + 1_000])  # type: ignore[arg-type]
    last.parent_id = last.id + 10_000
    db.session.execute(sa.text("ANALYZE"))  # as PostgreSQL does by itself, a minute later
    gaps = sa.select(sa.func.count()).where(Comment.is_on_page, Comment.status == Status.trash)
    deepest = db.session.get_one(Comment, last.id + 10_000)
    for decision, shown in ((actions.trash, 0), (actions.restore, 10_000), (actions.hold, 0)):
        db.session.commit()
        with counted() as run:
            decision(last, by=editor, now=now)
        assert len(run) < 20
        assert db.session.scalar(gaps) == shown
        assert deepest.is_on_page is (shown > 0)


def test_a_gap_stays_while_another_answer_holds_it(
    approved: Callable[..., Comment], editor: User, now: datetime
) -> None:
    top = approved("Top")
    middle = approved("Middle", to=top)
    first, second = approved("First", to=middle), approved("Second", to=middle)
    for one in (middle, top):
        actions.trash(one, by=editor, now=now)
    actions.trash(first, by=editor, now=now)
    assert (top.is_on_page, middle.is_on_page, first.is_on_page) == (True, True, False)
    actions.trash(second, by=editor, now=now)
    assert (top.is_on_page, middle.is_on_page, second.is_on_page) == (False, False, False)
