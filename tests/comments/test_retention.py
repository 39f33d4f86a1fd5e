"""What of replies is kept for a time only."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsite import outbox, wiping
from newsite.articles import actions as articles
from newsite.articles import notes
from newsite.articles.models import Article, Credit, Note, Revision
from newsite.comments import actions, bans, own, pages, reports, retention
from newsite.comments.models import BanKind, Comment, Report, ReportReason, Status
from newsite.comments.spam.models import SpamLesson
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.errors import Conflict
from newsite.outbox import Job

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOTHING = {
    "networks": 0,
    "addresses": 0,
    "deleted replies": 0,
    "emptied replies": 0,
    "deleted articles": 0,
}


@pytest.fixture
def newest(sent):
    """Sends the reply after which no other comes."""
    return lambda: sent("The last word.", email="last@example.org", author_name="Last")


def ids() -> list[int]:
    return list(db.session.scalars(sa.select(Comment.id).order_by(Comment.id)))


def run(now: datetime) -> dict[str, int]:
    done = retention.run_all(now)
    db.session.expire_all()
    return {name: count for name, count in done.items() if count}


def test_where_a_reply_came_from_is_forgotten_after_seven_days(approved, editor, now):
    comment = approved()
    comment.network = "192.0.2.0/24"
    ban = bans.ban(BanKind.network, "192.0.2.0/24", until=None, reason="", by=editor, now=now)
    db.session.commit()
    due = comment.created_at + 7 * DAY
    assert run(due) == {}
    assert run(due + SECOND) == {"networks": 1}
    assert comment.network == ""
    assert comment.email == "ann@example.org"  # it stands on its page
    assert ban.value == "192.0.2.0/24"


def test_who_reported_is_forgotten_after_seven_days_and_the_report_stays(approved, now):
    comment = approved()
    reports.report(comment, ReportReason.spam, "", reporter="192.0.2.1", now=now)
    db.session.commit()
    assert run(now + 7 * DAY) == {}
    assert run(now + 7 * DAY + SECOND) == {"networks": 1}
    assert db.session.scalars(sa.select(Report.reporter)).all() == [None]
    assert comment.reported_at == now


def test_a_reply_that_nobody_approved_loses_its_address_after_thirty_days(sent):
    comment = sent(website="https://ann.example/")
    comment.confirmed_at = comment.created_at
    db.session.commit()
    assert run(comment.created_at + 30 * DAY) == {}
    assert run(comment.created_at + 30 * DAY + SECOND) == {"addresses": 1}
    assert (comment.email, comment.email_key, comment.website) == ("", "", "")
    assert (comment.confirmed_at, comment.author_name) == (None, "Ann")
    assert comment.fingerprint == f"emptied:{comment.id}"
    assert comment.status is Status.pending


def test_one_name_without_an_address_is_not_known_by_another(sent, approved, now):
    first, second = sent("I was there."), sent("So was I.")
    for comment in (first, second):
        comment.confirmed_at = now
    db.session.commit()
    run(now + 40 * DAY)
    assert actions.judge_again(second, now=now).status is Status.pending


@pytest.mark.parametrize("decision", [actions.trash, actions.mark_spam])
def test_what_was_put_aside_is_deleted_after_thirty_days(sent, newest, editor, now, decision):
    comment = sent()
    newest()
    decision(comment, by=editor, now=now)
    db.session.commit()
    entry_of_another = sent("More.", email="c@example.org", author_name="Cem")
    actions.approve(entry_of_another, by=editor, now=now)
    db.session.commit()
    gone = comment.id
    assert run(now + 30 * DAY - SECOND).get("deleted replies") is None
    assert run(now + 30 * DAY + SECOND)["deleted replies"] == 1
    assert gone not in ids()


def test_an_old_reply_that_was_put_aside_today_is_there_for_thirty_days(approved, editor, now):
    comment = approved()
    later = now + 400 * DAY
    actions.trash(comment, by=editor, now=later)
    db.session.commit()
    assert run(later + 29 * DAY) == {}
    assert actions.restore(comment, by=editor, now=later).new_status is Status.approved


def test_an_appeal_is_answered_first(sent, newest, editor, now):
    comment = sent()
    newest()
    actions.trash(comment, by=editor, now=now)
    own.appeal(comment, "Look again", now=now)
    db.session.commit()
    assert run(now + 29 * DAY) == {}
    assert "deleted replies" not in run(now + 60 * DAY)
    assert comment.appeal == "Look again"


def test_an_appeal_that_nobody_answers_keeps_an_address_for_sixty_days(sent, newest, editor, now):
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    own.appeal(comment, "Look again", now=now + 20 * DAY)
    actions.approve(newest(), by=editor, now=now)
    db.session.commit()
    gone = comment.id
    assert "deleted replies" not in run(now + 80 * DAY)
    assert run(now + 80 * DAY + SECOND)["deleted replies"] == 1
    assert gone not in ids()


def test_what_the_filter_learned_from_spam_stays_without_the_reply(sent, newest, editor, now):
    comment = sent()
    actions.mark_spam(comment, by=editor, now=now)
    actions.approve(newest(), by=editor, now=now)
    db.session.commit()
    before = db.session.scalars(sa.select(SpamLesson.buckets).where(SpamLesson.is_spam)).one()
    run(now + 31 * DAY)
    lesson = db.session.scalars(sa.select(SpamLesson).where(SpamLesson.is_spam)).one()
    assert (lesson.comment_id, lesson.key, lesson.buckets) == (None, f"reply:{lesson.id}", before)


def test_a_gap_that_holds_answers_stays_and_is_emptied(approved, newest, editor, article, now):
    comment = approved("Something bad.")
    answer = approved("No.", to=comment, email="bob@example.org", author_name="Bob")
    actions.trash(comment, by=editor, now=now)
    newest()
    db.session.commit()
    assert run(now + 31 * DAY)["emptied replies"] == 1
    assert (comment.body, comment.email, comment.is_on_page) == ("", "", True)
    assert [row.id for row in pages.page_of_replies(article, threads_each=50).rows] == [
        comment.id,
        answer.id,
    ]
    assert run(now + 32 * DAY) == {}


def test_nobody_can_put_back_what_was_emptied(approved, editor, now):
    comment = approved()
    approved("No.", to=comment, email="bob@example.org", author_name="Bob")
    actions.mark_spam(comment, by=editor, now=now)
    db.session.commit()
    run(now + 31 * DAY)
    for decision in (actions.restore, actions.approve, actions.hold):
        with pytest.raises(Conflict, match="Nothing is left of this reply"):
            decision(comment, by=editor, now=now)
    assert actions.trash(comment, by=editor, now=now).new_status is Status.trash


def test_a_gap_goes_when_its_last_answer_is_gone(approved, newest, editor, now):
    comment = approved()
    answer = approved("No.", to=comment, email="bob@example.org", author_name="Bob")
    deeper = approved("Yes.", to=answer)
    actions.decide([comment, answer, deeper], actions.trash, by=editor, now=now)
    last = newest()
    actions.approve(last, by=editor, now=now)
    db.session.commit()
    assert run(now + 31 * DAY)["deleted replies"] == 3
    assert ids() == [last.id]


def test_the_newest_reply_keeps_its_number_for_links_that_carry_it(sent, editor, now):
    comment = sent()
    actions.trash(comment, by=editor, now=now)
    db.session.commit()
    assert run(now + 31 * DAY) == {"emptied replies": 1}
    assert (comment.body, comment.email) == ("", "")
    another = sent("Hello.")
    actions.approve(another, by=editor, now=now + 31 * DAY)
    db.session.commit()
    assert another.id > comment.id
    assert run(now + 32 * DAY) == {"deleted replies": 1}


def test_more_than_one_step_is_done_in_steps(monkeypatch, sent, now):
    monkeypatch.setattr(retention, "STEP", 2)
    for number in range(5):
        sent(f"Reply {number}")
    assert retention.run(now + 31 * DAY)["addresses"] == 2
    assert run(now + 31 * DAY) == {"addresses": 3}
    assert retention.run(now + 31 * DAY) == NOTHING


def test_the_worker_does_it_once_a_day(sent, now):
    comment = sent()
    later = now + 31 * DAY
    for hour in (0, 5):
        retention.ask(now=later + timedelta(hours=hour))
    db.session.commit()
    kinds = {retention.KIND: retention.job, wiping.KIND: wiping.job}
    worker = outbox.Worker(kinds, clock=lambda: later + timedelta(hours=6))
    while worker.step():
        pass
    assert comment.email == ""
    done = db.session.scalars(sa.select(Job).where(Job.kind == retention.KIND)).all()
    assert [job.key for job in done] == [f"retention:{later:%Y-%m-%d}"]
    assert not [job for job in db.session.scalars(sa.select(Job)) if job.error]


def test_an_article_is_deleted_after_thirty_days_in_the_trash_with_all_of_it(
    make_article, sent, editor, now
):
    thrown = make_article("Thrown away", publish=False)
    notes.write(thrown, "No use.", by=editor, now=now)
    articles.trash(thrown, by=editor, now=now)
    make_article("Newer")
    sent("Hello.")
    db.session.commit()
    article_id = thrown.id
    assert retention.run(now + 30 * DAY)["deleted articles"] == 0
    assert retention.run(now + 30 * DAY + timedelta(seconds=1))["deleted articles"] == 1
    db.session.commit()
    assert db.session.get(Article, article_id) is None
    for model in (Note, Revision, Credit):
        assert not db.session.scalars(sa.select(model).where(model.article_id == article_id)).all()


def test_the_file_is_wiped_whole_where_an_article_went(make_article, sent, editor, now, engine):
    def asked() -> list[dict[str, bool]]:
        found = db.session.scalars(sa.select(Job).where(Job.kind == wiping.KIND).order_by(Job.id))
        return [job.payload for job in found]

    sent("Hello.")
    retention.run_all(now + 31 * DAY)
    logs = [{"log": True}] if engine == "sqlite" else []
    assert asked() == logs
    articles.trash(make_article("Thrown away", publish=False), by=editor, now=now)
    make_article("Newer")
    retention.run_all(now + 31 * DAY)
    assert asked() == logs + ([{"log": False}] if engine == "sqlite" else [])


def test_an_article_taken_out_of_the_trash_stays(make_article, editor, now):
    article = make_article("Thrown away", publish=False)
    articles.trash(article, by=editor, now=now)
    articles.restore(article, by=editor, now=now)
    make_article("Newer")
    db.session.commit()
    assert article.trashed_at is None
    assert retention.run(now + 31 * DAY)["deleted articles"] == 0


def test_a_number_that_would_be_given_out_again_is_kept_until_there_is_a_newer_one(
    article, make_article, sent, editor, site, now
):
    sent("The newest reply.")
    for one in (article, newest := make_article("The newest article")):
        articles.withdraw(one, reason="A name.", by=editor, now=now, site=site)
        articles.trash(one, by=editor, now=now)
    db.session.commit()
    assert retention.run(now + 31 * DAY)["deleted articles"] == 0
    later, newest_id = make_article("Later"), newest.id
    db.session.commit()
    assert retention.run(now + 31 * DAY)["deleted articles"] == 1
    db.session.commit()
    assert later.id > newest_id


def test_what_the_filter_learned_from_an_articles_replies_stays(
    article, make_article, sent, editor, site, now
):
    comment = sent("Buy now.")
    actions.mark_spam(comment, by=editor, now=now)
    other = make_article("Other")
    db.session.commit()
    lesson = db.session.scalars(sa.select(SpamLesson)).one()
    assert lesson.comment_id == comment.id
    last = NewReply("Last", "last@example.org", "", "The last word.")
    newer = actions.submit_reply(other, last, now=now)
    actions.approve(newer, by=editor, now=now)
    articles.withdraw(article, reason="A name.", by=editor, now=now, site=site)
    articles.trash(article, by=editor, now=now)
    db.session.commit()
    assert retention.run(now + 31 * DAY)["deleted articles"] == 1
    db.session.commit()
    db.session.refresh(lesson)
    assert lesson.comment_id is None


DECISIONS = (actions.approve, actions.approve, actions.trash, actions.mark_spam)
SENT = st.tuples(  # what is answered, and then some decisions: about which reply, and which
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(DECISIONS)), max_size=3),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(SENT, min_size=1, max_size=7))
def test_whatever_goes_the_threads_of_what_stays_are_whole(
    plan: list[Any], app: Any, article: Any, sent: Any, editor: Any, now: datetime
) -> None:
    db.session.execute(sa.delete(Comment))  # of the example before
    article.reply_count = 0
    known: list[Comment] = []
    for number, (answered, decided) in enumerate(plan):
        to = known[answered] if answered < len(known) and known[answered].is_approved else None
        known.append(sent(f"Reply {number}", to=to, email=f"{number}@example.org"))
        for which, decision in decided:
            actions.decide(known[which : which + 1], decision, by=editor, now=now)
        db.session.commit()
    before = [row.id for row in pages.page_of_replies(article, threads_each=50).rows]
    run(now + 31 * DAY)
    assert [row.id for row in pages.page_of_replies(article, threads_each=50).rows] == before
    for comment in db.session.scalars(sa.select(Comment)):
        is_aside = comment.status in (Status.spam, Status.trash)
        assert bool(comment.email) is comment.is_approved
        assert bool(comment.body) is not is_aside
