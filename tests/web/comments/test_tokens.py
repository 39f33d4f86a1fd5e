"""Values that only this site can have signed."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from itsdangerous.url_safe import URLSafeSerializer

from newsite.comments import links
from newsite.comments.links import OWN, VIEW, Opened
from newsite.web.comments import tokens


def test_every_worker_makes_the_same_bytes_for_a_day(app: Flask, now: datetime) -> None:
    made = [
        tokens.form_token(12, now + timedelta(minutes=minutes)) for minutes in range(0, 2880, 7)
    ]
    assert len(set(made)) == 3  # two whole days meet three


def test_articles_do_not_all_change_at_once(app: Flask, now: datetime) -> None:
    def changes_at(article_id: int) -> int:
        first = tokens.form_token(article_id, now)
        return next(
            minute
            for minute in range(1, 1441)
            if tokens.form_token(article_id, now + timedelta(minutes=minute)) != first
        )

    assert len({changes_at(article_id) for article_id in range(1, 11)}) == 10


def test_another_secret_makes_another_token(app: Flask, now: datetime) -> None:
    one = tokens.form_token(1, now)
    assert one != tokens.form_token(2, now)


def test_a_form_that_a_reader_had_open_before_an_upgrade_is_still_taken(app: Flask) -> None:
    assert tokens.Purpose.reply.value == "newsite.reply-form"  # the first, and the only one then


def test_the_first_addresses_of_replies_still_open(app: Flask, now: datetime) -> None:
    signer = URLSafeSerializer(app.config["SECRET_KEY"], salt=tokens.OLD_SALT)
    for right, is_now in (("own", OWN), ("view", VIEW)):
        opened = tokens.read_status_token(signer.dumps([7, right]), now)
        assert opened == Opened(7, is_now, now)


def test_an_address_of_today_opens_what_it_was_made_for(app: Flask, now: datetime) -> None:
    token = links.status_token(7, OWN, now=now)
    assert tokens.read_status_token(token, now) == Opened(7, OWN, now)


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "\x00", "ż", "x" * 10_000])
def test_nonsense_opens_nothing(app: Flask, now: datetime, token: str) -> None:
    assert tokens.read_status_token(token, now) is None


def test_a_form_token_opens_no_reply(app: Flask, now: datetime) -> None:
    assert tokens.read_status_token(tokens.form_token(1, now), now) is None
