"""What one person may see, correct and erase."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from everywhere import everywhere
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsite import changes, privacy, wiping
from newsite.accounts.models import User
from newsite.articles import keys
from newsite.articles.models import Article
from newsite.comments import actions, letters, own, pages, reports
from newsite.comments.models import Comment, Follows, ReportReason, Status
from newsite.comments.spam.models import SpamLesson
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.mail import office, troubles
from newsite.mail.models import MailTrouble
from newsite.outbox import Job
from newsite.privacy import Erasing

EMAIL = "Parveen.K@Quillmark.example"
PARVEEN = {
    "author_name": "Parveen Kaur",
    "email": EMAIL,
    "website": "https://kaur-writes.example/",
}
WORDS = "The turnstile jammed twice on Thursday"
TRACES = (
    "parveen",
    "kaur",
    "quillmark",
    "turnstile",
    "kaur-writes",
    "2001:db8:77",
    "please-keep-me",
)
BOB = {"author_name": "Bob", "email": "bob@example.org"}


@pytest.fixture
def sent(article: Article, now: datetime) -> Callable[..., Comment]:
    """Sends a reply of Ann's, unless somebody else is named; each comes a minute after the one before."""
    times = iter(range(10_000))

    def send(body: str, *, to: Comment | None = None, **named: str) -> Comment:
        given = {"author_name": "Ann", "email": "ann@example.org", "website": ""} | named
        reply = NewReply(**given, body=body, parent_id=to.id if to else None)
        at = now - timedelta(days=1) + timedelta(minutes=next(times))
        comment = actions.submit_reply(article, reply, now=at)
        db.session.commit()
        return comment

    return send


@pytest.fixture
def approved(sent: Callable[..., Comment], editor: User, now: datetime) -> Callable[..., Comment]:
    """Sends a reply that an editor puts on the page."""

    def send(body: str, **named: Any) -> Comment:
        comment = sent(body, **named)
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        return comment

    return send


def erase(what: Erasing, now: datetime, email: str = EMAIL) -> int:
    done = privacy.erase(privacy.ids_of(email), what, now=now)
    db.session.commit()
    return done


def traces() -> list[str]:
    """What of Parveen is in any column of any table."""
    found = everywhere().casefold()
    return [word for word in TRACES if word in found]


def known(sent: Any, editor: Any, now: datetime, **given: Any) -> Comment:
    """A reply of Parveen's of which all is known that can be."""
    comment: Comment = sent(WORDS, **PARVEEN | given)
    comment.network, comment.confirmed_at, comment.told_at = "2001:db8:77::/48", now, now
    comment.follows = Follows.thread
    actions.trash(comment, by=editor, reason="Is it Parveen again?", note="Dear Parveen", now=now)
    own.appeal(comment, "please-keep-me, says Parveen", now=now)
    comment.entries[0].rule = f"Word on your list: {EMAIL}"
    actions.restore(comment, by=editor, now=now)
    actions.approve(comment, by=editor, now=now)
    reports.report(comment, ReportReason.other, "Parveen Kaur invents this", reporter="1", now=now)
    db.session.commit()
    return comment


def test_somebody_has_what_was_sent_with_their_address_and_nothing_else(sent, editor, now):
    first, second = sent("One.", **PARVEEN), sent("Two.", **PARVEEN | {"email": EMAIL.lower()})
    sent("Three.", **BOB)
    sent("Four.", email="ｐarveen.k@quillmark.example")  # another letter box with the same key
    actions.answer(first, "Thank you", by=editor, now=now)
    db.session.commit()
    assert privacy.ids_of(f" {EMAIL.upper()} ") == [second.id, first.id]
    assert privacy.ids_of(editor.email) == []
    assert privacy.ids_of("") == privacy.ids_of("nobody@example.org") == []
    assert [one.body for one in privacy.replies([first.id, second.id])] == ["Two.", "One."]


def test_the_data_is_whole_and_says_nothing_of_others(sent, editor, article, now):
    comment = known(sent, editor, now)
    held = json.loads(json.dumps(privacy.as_data(EMAIL)))
    (reply,) = held["replies"]
    assert held["address"] == EMAIL
    assert reply == reply | {
        "number": comment.id,
        "article": {"title": article.title, "path": article.path},
        "author_name": "Parveen Kaur",
        "email": EMAIL,
        "website": "https://kaur-writes.example/",
        "body": WORDS,
        "status": "approved",
        "follows": "thread",
        "network": "2001:db8:77::/48",
        "created_at": comment.created_at.isoformat(),
        "withdrawn_at": None,
    }
    noted = [(one["note"], one["taken_back"]) for one in reply["decisions"] if one["note"]]
    assert noted == [("Dear Parveen", False)]
    assert "again" not in json.dumps(held)
    assert "invents" not in json.dumps(held)


def test_nothing_of_a_person_is_in_any_table_after_everything_is_erased(
    sent, approved, editor, article, now
):
    comment = known(sent, editor, now)
    answer = approved("I saw it too.", to=comment, **BOB)
    troubles.refused(EMAIL, now)
    db.session.add(
        Job(kind="mail.privacy", key="privacy:x", payload={}, created_at=now, next_at=now)
    )
    ids = [comment.id]
    for hour in range(2):
        sent(f"{WORDS} {hour}", **PARVEEN)
    db.session.commit()
    assert len(traces()) == len(TRACES)
    assert erase(Erasing.everything, now) == 3
    assert traces() == []
    db.session.expire_all()
    assert (comment.erased_at, comment.status) == (now, Status.trash)
    rows = pages.page_of_replies(article, threads_each=50).rows
    assert [row.id for row in rows] == [*ids, answer.id]
    assert "This reply was removed by its author." in rows[0].block_html
    assert "I saw it too." in rows[1].block_html
    assert article.reply_count == 1
    assert db.session.scalars(sa.select(MailTrouble)).all() == []
    assert len(db.session.scalars(sa.select(SpamLesson)).all()) == 1  # Bob's


def test_nothing_but_the_words_is_in_any_table_after_the_name_is_erased(sent, editor, now):
    comment = known(sent, editor, now)
    comment.appeal = ""
    actions.leave(comment, by=editor, now=now)
    assert erase(Erasing.name, now) == 1
    db.session.expire_all()
    assert comment.erased_at == now
    assert (comment.status, comment.body) == (Status.approved, WORDS)
    assert comment.entries[-1].rule == privacy.UNNAMED
    assert "Name removed" in comment.block_html
    # What readers reported is theirs: an editor may still have to decide about words that stand there.
    assert traces() == ["parveen", "kaur", "turnstile"]
    assert [one.words for one in reports.about(comment)] == ["Parveen Kaur invents this"]


def test_the_address_stays_known_to_the_mail_while_a_reply_has_it(sent, now):
    first = sent("One.", **PARVEEN)
    sent("Two.", **PARVEEN)
    troubles.refused(EMAIL, now)
    privacy.erase([first.id], Erasing.name, now=now)
    assert db.session.scalars(sa.select(MailTrouble)).all() != []
    erase(Erasing.name, now)
    assert db.session.scalars(sa.select(MailTrouble)).all() == []


def test_that_somebody_asked_is_forgotten_too(sent, make_settings, now, monkeypatch):
    monkeypatch.setattr(office, "is_set_up", lambda: True)
    monkeypatch.setattr(letters.asking.mail, "is_set_up", lambda: True)
    sent("One.", **PARVEEN)
    for address in (EMAIL, "other@example.org"):
        letters.send_privacy_link(address, now=now)
    db.session.commit()
    erase(Erasing.everything, now)
    asked = sa.select(Job.payload).where(Job.kind == "mail.privacy")
    assert db.session.scalars(asked).all() == [{"email": "other@example.org"}]


def test_kept_pages_are_told(approved, article, now):
    comment, other = approved(WORDS, **PARVEEN), approved("Two.", **PARVEEN)
    for ids, what in (([comment.id], Erasing.name), ([other.id], Erasing.everything)):
        _, before = changes.latest()
        privacy.erase(ids, what, now=now)
        db.session.commit()
        assert keys.article(article.id) in changes.since(before)
    _, before = changes.latest()
    erase(Erasing.everything, now)
    assert changes.since(before) == set()


def test_the_files_are_wiped_after_it(sent, now, engine):
    assert privacy.erase([], Erasing.everything, now=now) == 0
    sent(WORDS, **PARVEEN)
    erase(Erasing.everything, now)
    jobs = db.session.scalars(sa.select(Job).where(Job.kind == wiping.KIND)).all()
    assert [job.payload for job in jobs] == ([{"log": False}] if engine == "sqlite" else [])


def test_what_was_erased_cannot_be_brought_back(sent, editor, now):
    comment = known(sent, editor, now)
    erase(Erasing.everything, now)
    with pytest.raises(Conflict, match="has withdrawn this reply"):
        actions.restore(comment, by=editor, now=now)
    with pytest.raises(Conflict):
        own.edit(comment, "Other words", now=now)
    with pytest.raises(Conflict):
        own.appeal(comment, "Why?", now=now)
    assert not own.may_edit(comment, now)


def test_without_an_address_nothing_can_be_confirmed_or_followed(sent, now):
    comment = sent(WORDS, **PARVEEN)
    erase(Erasing.name, now)
    for deed in (lambda: own.confirm(comment, now=now), follow(comment, now)):
        with pytest.raises(NotAllowed, match="erased"):
            deed()


def follow(comment: Comment, now: datetime) -> Any:
    return lambda: own.follow(comment, Follows.answers, now=now)


def test_the_same_words_may_be_sent_again(sent, now):
    sent(WORDS, **PARVEEN)
    erase(Erasing.everything, now)
    assert sent(WORDS, **PARVEEN).status is Status.pending


def test_a_reply_that_was_withdrawn_is_erased_as_well(sent, now):
    comment = sent(WORDS, **PARVEEN)
    own.withdraw(comment, now=now)
    db.session.commit()
    erase(Erasing.everything, now + timedelta(days=1))
    assert (comment.withdrawn_at, comment.body) == (now, "")
    assert traces() == []


def test_a_corrected_name_stands_on_the_page_once_an_editor_has_read_it(approved, article, now):
    comment = approved(WORDS, **PARVEEN)
    (changed,) = privacy.correct_name([comment.id], "  Parveen  K. ", now=now)
    db.session.commit()
    assert changed is comment
    assert (comment.author_name, comment.edited_at) == ("Parveen K.", now)
    assert comment.status is Status.pending
    assert pages.page_of_replies(article, threads_each=50).rows == []


def test_a_name_that_is_known_goes_up_at_once(approved, now):
    known_by, other = approved("One.", **PARVEEN), approved("Two.", email=EMAIL)
    known_by.confirmed_at = other.confirmed_at = now
    db.session.commit()
    privacy.correct_name([other.id], "Parveen Kaur", now=now)
    db.session.commit()
    assert other.status is Status.approved
    assert "Parveen Kaur" in other.block_html
    assert privacy.correct_name([other.id], "Parveen Kaur", now=now) == []


def test_two_replies_may_get_one_name_though_they_say_the_same(sent, now):
    first, second = sent(WORDS, **PARVEEN), sent("Other words", email=EMAIL)
    own.edit(second, WORDS, now=second.created_at)
    privacy.correct_name([first.id, second.id], "P.", now=now)
    db.session.commit()
    assert (first.author_name, second.author_name) == ("P.", "P.")


def test_what_an_editor_held_or_put_aside_stays_there_under_another_name(sent, editor, now):
    held, aside = sent("One.", **PARVEEN), sent("Two.", **PARVEEN)
    actions.approve(held, by=editor, now=now)
    actions.hold(held, by=editor, now=now)
    actions.mark_spam(aside, by=editor, now=now)
    privacy.correct_name([held.id, aside.id], "P.", now=now)
    assert (held.status, aside.status) == (Status.pending, Status.spam)


@pytest.mark.parametrize("name", ["", "  ", "n" * 246, "\x00"])
def test_a_name_is_one_that_the_form_would_take(sent, now, name):
    comment = sent(WORDS, **PARVEEN)
    with pytest.raises(RuleBroken) as refused:
        privacy.correct_name([comment.id], name, now=now)
    assert refused.value.field == "author_name"


DECISIONS = (actions.approve, actions.approve, actions.trash, actions.mark_spam, actions.restore)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("parveen"), st.integers(0, 9)),  # which reply is answered
        st.tuples(st.just("bob"), st.integers(0, 9)),
        st.tuples(st.sampled_from(DECISIONS), st.integers(0, 9)),
        st.tuples(st.just(own.withdraw), st.integers(0, 9)),
        st.tuples(st.just(Erasing.everything), st.integers(0, 9)),
        st.tuples(st.just(Erasing.name), st.integers(0, 9)),
    ),
    max_size=14,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_in_whatever_order_things_happen_the_address_goes_and_others_stay(
    steps: list[Any], app: Any, article: Any, sent: Any, editor: Any, now: datetime
) -> None:
    db.session.execute(sa.delete(Comment))  # of the example before
    article.reply_count = 0
    db.session.commit()
    replies: list[Comment] = []
    for deed, number in [*steps, ("parveen", 0), ("bob", len(replies))]:
        happen(deed, number, replies, sent, editor, now)
    theirs = bobs()
    left = len(privacy.ids_of(EMAIL))
    assert erase(Erasing.everything, now) == left
    assert not [word for word in ("parveen", "kaur", "quillmark") if word in everywhere().lower()]
    assert bobs() == theirs
    on_page = [one for one in bobs() if one[1] is Status.approved]
    shown = {row.id for row in pages.page_of_replies(article, threads_each=50).rows}
    assert {one[0] for one in on_page} <= shown


def happen(
    deed: Any, number: int, replies: list[Comment], sent: Any, editor: Any, now: datetime
) -> None:
    """One thing that somebody does; what does not fit is left."""
    one = replies[number] if number < len(replies) else None
    if deed in ("parveen", "bob"):
        to = one if one and one.is_approved else None
        who = PARVEEN if deed == "parveen" else BOB
        replies.append(sent(f"Reply {len(replies)}", to=to, **who))
    elif one is None:
        return
    elif deed is own.withdraw and one.withdrawn_at is None and one.email:
        own.withdraw(one, now=now)
    elif isinstance(deed, Erasing) and one.email == EMAIL:
        privacy.erase([one.id], deed, now=now)
    elif deed in DECISIONS:
        actions.decide([one], deed, by=editor, now=now)
    db.session.commit()


def bobs() -> list[tuple[Any, ...]]:
    """What stands in Bob's replies."""
    columns = (Comment.id, Comment.status, Comment.author_name, Comment.email, Comment.body)
    query = sa.select(*columns).where(Comment.email == BOB["email"]).order_by(Comment.id)
    return [tuple(row) for row in db.session.execute(query)]
