"""The writer of a reply confirms, edits, withdraws, follows and appeals, and is told why not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import keys
from newsite.articles.models import Article
from newsite.comments import actions, own
from newsite.comments.models import Comment, Follows, Status
from newsite.comments.spam.models import SpamLesson
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict, DuplicateReply, NotAllowed, RepliesClosed, RuleBroken
from newsite.mail import troubles
from newsite.site.models import Site

Send = Callable[..., Comment]
ASIDE = [actions.trash, actions.mark_spam]


def lessons() -> int:
    return db.session.scalar(sa.select(sa.func.count(SpamLesson.id))) or 0


def touched(before: tuple[str, int]) -> set[str]:
    """The keys that were touched since."""
    db.session.commit()
    return changes.since(before[1])


def soon(comment: Comment, minutes: int = 5) -> datetime:
    return comment.created_at + timedelta(minutes=minutes)


# Confirming


def test_a_confirmed_address_is_kept_with_its_time_and_the_reply_still_waits(
    sent: Send, now: datetime
) -> None:
    comment = own.confirm(sent(), now=now)
    assert (comment.confirmed_at, comment.status) == (now, Status.pending)


def test_to_confirm_twice_changes_nothing(sent: Send, now: datetime) -> None:
    comment = own.confirm(sent(), now=now)
    entries = len(comment.entries)
    own.confirm(comment, now=now + timedelta(hours=1))
    assert (comment.confirmed_at, len(comment.entries)) == (now, entries)


def test_whoever_was_approved_before_comes_on_the_page_by_confirming(
    approved: Send, sent: Send, now: datetime
) -> None:
    first = approved("One")
    own.confirm(first, now=now)
    second = own.confirm(sent("Two"), now=now)
    assert second.status is Status.approved
    assert second.entries[-1].by is None


def test_confirming_takes_back_no_decision_of_an_editor(
    approved: Send, sent: Send, editor: User, now: datetime
) -> None:
    own.confirm(approved("One"), now=now)
    held, aside = sent("Two"), sent("Three")
    actions.trash(aside, by=editor, now=now)
    actions.approve(held, by=editor, now=now)
    actions.hold(held, by=editor, now=now)
    assert own.confirm(held, now=now).status is Status.pending
    assert own.confirm(aside, now=now).status is Status.trash


def test_an_address_that_was_erased_cannot_be_confirmed_or_written_to(
    sent: Send, now: datetime
) -> None:
    comment = sent()
    comment.email = comment.email_key = ""
    for refused in (
        lambda: own.confirm(comment, now=now),
        lambda: own.follow(comment, Follows.answers, now=now),
    ):
        with pytest.raises(NotAllowed, match="was erased"):
            refused()


# Editing


def test_other_words_stand_in_place_of_the_first_ones(sent: Send) -> None:
    comment = sent("I was their.")
    before = comment.fingerprint
    assert own.may_edit(comment, soon(comment))
    own.edit(comment, "  I was <b>there</b>.  ", now=soon(comment))
    db.session.commit()
    assert comment.body == "I was <b>there</b>."
    assert comment.body_html == "<p>I was <strong>there</strong>.</p>"
    assert comment.edited_at == soon(comment)
    assert comment.fingerprint != before


def test_the_same_words_are_no_edit(sent: Send) -> None:
    comment = own.edit(sent("One"), " One ", now=soon(sent("Two")))
    assert comment.edited_at is None


def test_an_approved_reply_that_is_edited_waits_again_where_the_rules_say_so(
    sent: Send, editor: User, article: Article
) -> None:
    comment = sent("Nice article.")
    actions.approve(comment, by=editor, now=soon(comment, 1))
    assert lessons() == 1
    before = changes.latest()
    own.edit(comment, "Buy here: https://a.example https://b.example", now=soon(comment))
    assert (comment.status, article.reply_count) == (Status.pending, 0)
    assert keys.article(article.id) in touched(before)
    assert not lessons()  # the editor decided about other words


def test_an_approved_reply_that_is_edited_stays_where_no_rule_holds_it(
    sent: Send, editor: User, article: Article, site: Site
) -> None:
    comment = sent("I was their.")
    actions.approve(comment, by=editor, now=soon(comment, 1))
    site.replies_hold_unknown = False
    before = changes.latest()
    own.edit(comment, "I was there.", now=soon(comment))
    assert (comment.status, article.reply_count) == (Status.approved, 1)
    assert "I was there." in comment.block_html
    assert "edited <time" in comment.block_html
    assert keys.article(article.id) in touched(before)
    assert not lessons()


def test_a_reply_is_edited_for_fifteen_minutes(sent: Send) -> None:
    comment = sent()
    assert own.may_edit(comment, soon(comment, 15))
    late = soon(comment, 15) + timedelta(seconds=1)
    assert not own.may_edit(comment, late)
    with pytest.raises(NotAllowed, match="15 minutes, and these are over"):
        own.edit(comment, "Late", now=late)


@pytest.mark.parametrize("decision", ASIDE)
def test_a_reply_that_was_put_aside_keeps_its_words(
    sent: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = sent()
    decision(comment, by=editor, now=now)
    with pytest.raises(Conflict, match="put aside"):
        own.edit(comment, "Other", now=soon(comment))


def test_nothing_is_edited_that_was_withdrawn_or_erased(sent: Send, now: datetime) -> None:
    withdrawn, erased = sent("One"), sent("Two")
    own.withdraw(withdrawn, now=now)
    erased.erased_at = now
    for comment, why in ((withdrawn, "withdrawn"), (erased, "erased")):
        with pytest.raises(Conflict, match=why):
            own.edit(comment, "Other", now=soon(comment))


def test_nothing_is_edited_once_replies_are_closed(sent: Send, article: Article) -> None:
    comment = sent()
    article.replies_open = False
    with pytest.raises(RepliesClosed, match="closed"):
        own.edit(comment, "Other", now=soon(comment))


@pytest.mark.parametrize(("body", "why"), [("  ", "Write something"), ("x" * 5_001, "at most")])
def test_other_words_have_the_same_bounds(sent: Send, body: str, why: str) -> None:
    comment = sent()
    with pytest.raises(RuleBroken, match=why) as refused:
        own.edit(comment, body, now=soon(comment))
    assert refused.value.field == "body"


def test_nobody_says_the_same_twice_by_editing(sent: Send) -> None:
    sent("One")
    comment = sent("Two")
    with pytest.raises(DuplicateReply) as refused:
        own.edit(comment, "one", now=soon(comment))
    assert refused.value.field == "body"
    db.session.rollback()
    assert comment.body == "Two"


# Withdrawing


def test_a_reply_is_withdrawn_and_answers_to_it_stay(
    approved: Send, article: Article, editor: User, now: datetime
) -> None:
    comment = approved("One")
    answer = approved("Two", to=comment, author_name="Bea")
    before = changes.latest()
    entry = own.withdraw(comment, now=now)
    assert (comment.status, comment.withdrawn_at) == (Status.trash, now)
    assert (entry.rule, entry.by) == (own.WITHDRAWN, None)
    assert (comment.is_on_page, answer.is_on_page, article.reply_count) == (True, True, 1)
    assert "This reply was removed by its author." in comment.block_html
    assert keys.article(article.id) in touched(before)
    assert lessons() == 1  # of the answer
    with pytest.raises(Conflict, match="has withdrawn"):
        actions.restore(comment, by=editor, now=now)


@pytest.mark.parametrize("seconds", [5, 3600])
def test_what_was_withdrawn_may_be_sent_again_in_the_same_words(
    sent: Send, article: Article, reply: Callable[..., NewReply], now: datetime, seconds: int
) -> None:
    first = sent()
    own.withdraw(first, now=first.created_at)
    db.session.commit()
    again = actions.submit_reply(
        article, reply(), now=first.created_at + timedelta(seconds=seconds)
    )
    assert (again.is_repeat, again.status) == (False, Status.pending)
    assert again is not first


def test_who_withdraws_is_mailed_nothing_more(sent: Send, now: datetime) -> None:
    comment = own.confirm(sent(), now=now)
    own.follow(comment, Follows.thread, now=now)
    own.withdraw(comment, now=now)
    assert comment.follows is Follows.nothing


def test_a_reply_in_the_trash_is_withdrawn_too(
    approved: Send, editor: User, article: Article, now: datetime
) -> None:
    comment = approved("One")
    approved("Two", to=comment)
    actions.trash(comment, by=editor, now=now)
    own.appeal(comment, "Why?", now=now)
    before = changes.latest()
    entry = own.withdraw(comment, now=now)
    assert (entry.old_status, entry.new_status) == (Status.trash, Status.trash)
    assert (comment.withdrawn_at, comment.appealed_at) == (now, None)
    assert "removed by its author" in comment.block_html
    assert keys.article(article.id) in touched(before)


def test_what_no_reader_saw_goes_without_a_trace(
    sent: Send, editor: User, article: Article, now: datetime
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    before = changes.latest()
    own.withdraw(comment, now=now)
    assert touched(before) == set()


def test_a_reply_is_withdrawn_once_and_then_nothing_is_done_with_it(
    sent: Send, now: datetime
) -> None:
    comment = sent()
    own.withdraw(comment, now=now)
    for again in (
        lambda: own.withdraw(comment, now=now),
        lambda: own.confirm(comment, now=now),
        lambda: own.follow(comment, Follows.answers, now=now),
        lambda: own.appeal(comment, "Why?", now=now),
    ):
        with pytest.raises(Conflict, match="You have withdrawn"):
            again()


# Following


def test_who_follows_is_told_of_what_comes_after(sent: Send, now: datetime) -> None:
    comment = own.confirm(sent(), now=now)
    later = now + timedelta(hours=1)
    own.follow(comment, Follows.answers, now=later)
    assert (comment.follows, comment.told_at) == (Follows.answers, later)
    own.follow(comment, Follows.thread, now=later + timedelta(hours=1))
    assert (comment.follows, comment.told_at) == (Follows.thread, later)


def test_nobody_follows_at_an_address_that_is_not_confirmed(sent: Send, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="Confirm your address first"):
        own.follow(sent(), Follows.answers, now=now)


def test_to_stop_following_is_always_possible(sent: Send, now: datetime) -> None:
    comment = sent()
    comment.follows = Follows.thread
    comment.withdrawn_at = now
    assert own.follow(comment, Follows.nothing, now=now).follows is Follows.nothing


# Appealing


@pytest.mark.parametrize("decision", ASIDE)
def test_its_writer_asks_the_editors_to_look_again(
    sent: Send, editor: User, now: datetime, decision: actions.Decision
) -> None:
    comment = sent()
    decision(comment, by=editor, now=now)
    assert own.may_appeal(comment)
    own.appeal(comment, " I meant it well.\x00 ", now=now)
    assert (comment.appeal, comment.appealed_at) == ("I meant it well.", now)
    assert not own.may_appeal(comment)
    with pytest.raises(Conflict, match="appealed before"):
        own.appeal(comment, "Again", now=now)


def test_what_was_not_put_aside_needs_no_appeal(sent: Send, approved: Send, now: datetime) -> None:
    for comment in (sent("One"), approved("Two")):
        with pytest.raises(Conflict, match="nothing to appeal"):
            own.appeal(comment, "Why?", now=now)


@pytest.mark.parametrize(("words", "why"), [(" \n ", "Say why"), ("x" * 1_001, "has 1,001")])
def test_an_appeal_says_something_and_not_too_much(
    sent: Send, editor: User, now: datetime, words: str, why: str
) -> None:
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    with pytest.raises(RuleBroken, match=why) as refused:
        own.appeal(comment, words, now=now)
    assert refused.value.field == "words"


def test_an_address_that_is_confirmed_gets_mail_again(sent: Send, now: datetime) -> None:
    comment = sent()
    for _ in range(3):
        troubles.refused(comment.email, now)
    own.confirm(comment, now=now)
    db.session.commit()
    db.session.expire_all()
    assert not troubles.is_given_up(comment.email)
