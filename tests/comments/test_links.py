"""Whoever has the address of a reply may do what it was handed out for."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from newsite import tokens
from newsite.comments import links
from newsite.comments.links import MAIL, MAILED_FOR, OWN, VIEW, Right


@pytest.mark.parametrize("right", Right)
def test_an_address_opens_one_reply_with_one_right(app: Flask, now: datetime, right: Right) -> None:
    path = links.status_path(12, right, now=now)
    token = path.removeprefix("/replies/")
    assert token == links.status_token(12, right, now=now)
    assert links.opened(token, now=now + timedelta(days=1)) == (12, right, now, False)


def test_what_is_mailed_may_do_more_than_what_is_handed_out() -> None:
    assert VIEW < OWN < MAIL


@pytest.mark.parametrize("token", ["", "x", "WzEyLDNd.aaa.bbb", "é", "x" * 10_000])
def test_a_forged_address_opens_nothing(app: Flask, now: datetime, token: str) -> None:
    assert links.opened(token, now=now) is None


def test_a_token_made_for_something_else_opens_nothing(app: Flask, now: datetime) -> None:
    other = tokens.signed("privacy", [12, 3, int(now.timestamp())], now=now)
    assert links.opened(other, now=now) is None


def test_a_changed_address_opens_nothing(app: Flask, now: datetime) -> None:
    mine = links.status_token(12, VIEW, now=now)
    hers = links.status_token(13, MAIL, now=now)
    swapped = ".".join([hers.split(".")[0], *mine.split(".")[1:]])
    assert links.opened(swapped, now=now) is None


def test_a_mailed_address_becomes_one_that_was_handed_out(app: Flask, now: datetime) -> None:
    token = links.status_token(12, MAIL, now=now)
    assert links.opened(token, now=now + MAILED_FOR) == (12, MAIL, now, False)
    late = links.opened(token, now=now + MAILED_FOR + timedelta(seconds=1))
    assert late == (12, OWN, now, True)
