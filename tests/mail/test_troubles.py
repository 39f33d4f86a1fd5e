from datetime import timedelta

import sqlalchemy as sa

from newsite.db import db
from newsite.mail import troubles
from newsite.mail.models import MailTrouble

ANN = "Ann@Example.org"


def refuse(now, times: int = 1) -> None:
    for number in range(times):
        troubles.refused(ANN, now + timedelta(days=number))


def test_an_address_is_given_up_after_three_refusals(app, now):
    refuse(now, 2)
    assert not troubles.is_given_up(ANN)
    refuse(now + timedelta(days=2))
    db.session.expire_all()
    assert troubles.is_given_up("ann@example.org")
    assert not troubles.is_given_up("ben@example.org")
    assert troubles.given_up() == 1


def test_it_is_known_since_when(app, now):
    refuse(now, 5)
    row = db.session.scalars(sa.select(MailTrouble)).one()
    assert row.refusals == 5
    assert row.given_up_at == now + timedelta(days=2)
    assert row.last_at == now + timedelta(days=4)


def test_a_mail_that_was_taken_wipes_the_slate(app, now):
    refuse(now, 2)
    troubles.taken(ANN)
    refuse(now, 2)
    assert not troubles.is_given_up(ANN)


def test_what_was_given_up_stays_so_until_its_owner_shows_up(app, now):
    refuse(now, 3)
    troubles.taken(ANN)
    assert troubles.is_given_up(ANN)
    troubles.forgive(ANN)
    db.session.expire_all()
    assert not troubles.is_given_up(ANN)
    assert troubles.given_up() == 0


def test_an_address_that_is_refused_and_returns_mail_is_given_up_once(app, now):
    for first, second in (
        (troubles.refused, troubles.returned),
        (troubles.returned, troubles.refused),
    ):
        for count in (first, second):
            for _ in range(3):
                count(ANN, now)
        assert troubles.given_up() == 1
        troubles.forgive(ANN)
        assert not troubles.is_given_up(ANN)


def test_mails_that_come_back_count_while_none_is_half_a_year_after_the_one_before(app, now):
    for days in (0, 170, 340):
        troubles.returned(ANN, now + timedelta(days=days))
    assert troubles.is_given_up(ANN)


def test_what_was_counted_is_forgotten_half_a_year_after_the_last_time(app, now):
    troubles.refused(ANN, now)
    troubles.returned(ANN, now + timedelta(days=1))
    assert troubles.tidy(now + timedelta(days=180)) == 0
    assert troubles.tidy(now + timedelta(days=181)) == 1
    assert troubles.tidy(now + timedelta(days=182)) == 1
    refuse(now, 3)
    assert troubles.tidy(now + timedelta(days=999)) == 0


def test_no_address_is_kept(app, now):
    refuse(now, 3)
    row = db.session.execute(sa.select(MailTrouble.__table__)).one()
    assert "ann" not in str(tuple(row)).lower()
    assert len(row.address) == 64
