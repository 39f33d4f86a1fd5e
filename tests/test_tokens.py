from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsite import tokens
from newsite.db import db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.usefixtures("app")
def test_a_token_opens_what_it_was_made_for():
    token = tokens.signed("try", [7, "own"], now=NOW)
    assert tokens.opened("try", token, now=NOW) == [7, "own"]
    assert tokens.opened("else", token, now=NOW) is None


@pytest.mark.usefixtures("app")
def test_a_token_ends_and_one_without_an_end_does_not():
    token = tokens.signed("try", 7, now=NOW)
    late = NOW + HOUR + tokens.SKEW + timedelta(seconds=1)
    assert tokens.opened("try", token, now=NOW + HOUR, valid=HOUR) == 7
    assert tokens.opened("try", token, now=late, valid=HOUR) is None
    assert tokens.opened("try", token, now=late) == 7


@pytest.mark.usefixtures("app")
def test_a_token_of_a_host_whose_clock_is_a_little_ahead_is_good():
    token = tokens.signed("try", 7, now=NOW + timedelta(minutes=4))
    assert tokens.opened("try", token, now=NOW, valid=HOUR) == 7


@pytest.mark.usefixtures("app")
@given(text=st.text(max_size=80))
def test_what_we_did_not_sign_opens_nothing(text):
    assert tokens.opened("try", text, now=NOW) is None


@pytest.mark.usefixtures("app")
def test_a_token_with_another_value_in_it_opens_nothing():
    _, _, signature = tokens.signed("try", 7, now=NOW).partition(".")
    value, _, _ = tokens.signed("try", 8, now=NOW).partition(".")
    assert tokens.opened("try", f"{value}.{signature}", now=NOW) is None


@pytest.mark.usefixtures("app")
def test_a_token_is_spent_once():
    token = tokens.signed("try", 7, now=NOW)
    assert not tokens.is_spent(token)
    assert tokens.spend(token, ends_at=NOW + HOUR)
    assert tokens.is_spent(token)
    assert not tokens.spend(token, ends_at=NOW + HOUR)


@pytest.mark.usefixtures("app")
def test_a_spent_token_stays_spent_however_its_signature_is_written():
    token = tokens.signed("try", 7, now=NOW)
    tokens.spend(token, ends_at=NOW + HOUR)
    # Two bits of the last letter say nothing, and decoders of base64 pass over what is none of its letters.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    variants = [token[:-1] + letters[letters.index(token[-1]) ^ bits] for bits in (1, 2, 3)]
    variants += [f"{token}=", f"{token}!", f"{token[:-5]} {token[-5:]}"]
    same = [one for one in variants if tokens.opened("try", one, now=NOW) == 7]
    assert [one for one in same if tokens.spend(one, ends_at=NOW + HOUR)] == []
    assert len(same) >= 3


@pytest.mark.usefixtures("app")
def test_what_was_spent_is_forgotten_when_it_would_be_no_good_anyway():
    tokens.spend("a", ends_at=NOW)
    tokens.spend("b", ends_at=NOW + HOUR)
    assert tokens.tidy(NOW) == 1
    db.session.commit()
    assert [tokens.is_spent(token) for token in ("a", "b")] == [False, True]
