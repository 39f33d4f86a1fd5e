from datetime import timedelta

import sqlalchemy as sa

from newsite import outbox, tidy
from newsite.accounts.models import Invitation, Role, SignIn
from newsite.articles.models import Reads, SavedDraft
from newsite.changes import Change
from newsite.comments.models import Ban, BanKind
from newsite.db import db
from newsite.limits import RateCount
from newsite.mail.models import MailTrouble
from newsite.outbox import Claim, Job
from newsite.tokens import SpentToken

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def sign_in(admin, now, name: str, ends_in: timedelta) -> SignIn:
    return SignIn(
        user=admin,
        token_hash=name,
        device="Firefox on Linux",
        created_at=now,
        last_used_at=now,
        ends_at=now + ends_in,
    )


def test_what_has_had_its_time_goes_and_the_rest_stays(admin, article, now):
    db.session.execute(sa.delete(Change))  # the site's own founding
    db.session.add_all(
        [
            sign_in(admin, now, "ended", -SECOND),
            sign_in(admin, now, "open", SECOND),
            RateCount(key="over", count=3, ends_at=now - SECOND),
            RateCount(key="counting", count=3, ends_at=now + SECOND),
            SpentToken(hash="old", ends_at=now - SECOND),
            SpentToken(hash="good", ends_at=now + SECOND),
            Change(sequence=901, key="front", at=now - 7 * DAY - SECOND),
            Change(sequence=902, key="front", at=now - 7 * DAY + SECOND),
        ]
    )
    for key, done_at in (("old", now - 31 * DAY), ("recent", now - 29 * DAY), ("open", None)):
        job = Job(kind="mail", key=key, created_at=now, next_at=now, done_at=done_at)
        db.session.add(job)
    for name, ends_at in (("over", now - SECOND), ("standing", now + SECOND)):
        known = {"kind": BanKind.name, "value": name, "label": name, "created_at": now}
        db.session.add(Ban(**known, ends_at=ends_at))
    for name, ends_at in (("late", now - 30 * DAY), ("just over", now - 30 * DAY + SECOND)):
        whom = {"email": name, "email_key": name, "name": name, "role": Role.writer}
        dates = {"created_at": now, "ends_at": ends_at}
        db.session.add(Invitation(**whom, **dates, token_hash=name))
    for place, saved_at in (("old", now - 30 * DAY), ("recent", now - 29 * DAY)):
        typed = {"user_id": admin.id, "version": 0, "fields": {}}
        db.session.add(SavedDraft(**typed, place=place, saved_at=saved_at))
    for days in (396, 397):
        db.session.add(Reads(article_id=article.id, day=now.date() - days * DAY, count=9))
    db.session.add_all(
        MailTrouble(address=name, refusals=3, last_at=now - days * DAY, given_up_at=lost_at)
        for name, days, lost_at in (("old", 181, None), ("recent", 179, None), ("lost", 181, now))
    )
    db.session.commit()
    assert tidy.tidy(now) == {
        "ended sign-ins": 1,
        "ended invitations": 1,
        "old entries of the log": 0,
        "counts of attempts": 1,
        "used links": 1,
        "ended bans": 1,
        "changes": 1,
        "words that nobody saved": 1,
        "old counts of readings": 1,
        "old counts of mails that came back": 1,
        "done jobs": 1,
    }
    db.session.commit()
    assert db.session.scalars(sa.select(SignIn.token_hash)).all() == ["open"]
    assert db.session.scalars(sa.select(Invitation.name)).all() == ["just over"]
    assert db.session.scalars(sa.select(RateCount.key)).all() == ["counting"]
    assert db.session.scalars(sa.select(SpentToken.hash)).all() == ["good"]
    assert db.session.scalars(sa.select(Change.sequence)).all() == [902]
    assert db.session.scalars(sa.select(Reads.day)).all() == [now.date() - 396 * DAY]
    assert sorted(db.session.scalars(sa.select(Job.key))) == ["open", "recent"]
    assert db.session.scalars(sa.select(Ban.value)).all() == ["standing"]
    assert sorted(db.session.scalars(sa.select(MailTrouble.address))) == ["lost", "recent"]


def test_the_worker_tidies_every_hour(admin, now):
    db.session.add(sign_in(admin, now, "ended", -SECOND))
    db.session.commit()
    worker = outbox.Worker({tidy.KIND: tidy.job}, clock=lambda: now, hourly=[tidy.KIND])
    assert worker.step()
    assert db.session.scalars(sa.select(SignIn)).all() == []
    once_a_day = db.session.scalars(sa.select(Job.key).where(Job.done_at.is_(None))).all()
    assert sorted(once_a_day) == [f"links:{now:%Y-%m-%d}", f"retention:{now:%Y-%m-%d}"]


def test_tidying_twice_does_no_harm(admin, now):
    claim = Claim(1, tidy.KIND, "tidy:1", {}, 1, now)
    tidy.job(claim, now)
    tidy.job(claim, now)
    assert sum(tidy.tidy(now).values()) == 0
