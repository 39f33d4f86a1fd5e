"""Passwords: which are taken, and how they are kept."""

import re

import pytest
from argon2 import PasswordHasher

from newsite.accounts import passwords
from newsite.errors import RuleBroken

GOOD = "correct horse battery"


@pytest.fixture(scope="module")
def cheap_passwords() -> None:
    """None: here they cost what they cost in life."""


def test_a_password_is_kept_as_argon2id_with_owasps_parameters() -> None:
    assert passwords.hashed(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_password_itself_matches() -> None:
    kept = passwords.hashed(GOOD)
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + " ")
    assert not passwords.matches(kept, "")


def test_nobody_has_a_password() -> None:
    assert not passwords.matches(None, GOOD)


def test_a_damaged_hash_matches_nothing() -> None:
    assert not passwords.matches("no hash at all", GOOD)
    assert not passwords.matches("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", GOOD)


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    assert not passwords.is_outdated(passwords._NOBODY)


def test_a_hash_of_yesterday_is_outdated() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    assert passwords.is_outdated(weaker.hash(GOOD))


def test_the_same_keys_on_another_keyboard_are_the_same_password() -> None:
    assert passwords.matches(
        passwords.hashed("pass\u00e9 compos\u00e9"), "passe\u0301 compose\u0301"
    )


def test_half_a_character_is_no_reason_to_break() -> None:
    assert not passwords.matches(passwords.hashed(GOOD), "\ud800")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("eleven char", "12 characters or more"),
        ("x" * 201, "at most 200"),
        ("ROSA@example.org", "email address"),
        ("rosa achebe-obi", "your name"),
        ("the loading bay", "site’s name"),
        ("TheLoadingBay", "site’s name"),
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password: str, reason: str) -> None:
    words = ["rosa@example.org", "Rosa Achebe-Obi", "The Loading Bay"]
    with pytest.raises(RuleBroken, match=reason) as refusal:
        passwords.check(password, guessable=words)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("password", ["twelve chars", "x" * 200, "four random words here"])
def test_length_is_all_that_is_asked(password: str) -> None:
    passwords.check(password, guessable=["Rosa"])


def test_a_made_password_is_taken_and_is_another_each_time() -> None:
    made = {passwords.made() for _ in range(20)}
    assert len(made) == 20
    for password in made:
        assert re.fullmatch(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", password)
        passwords.check(password)


def test_the_mark_of_a_password_is_another_for_another() -> None:
    assert passwords.mark("one") == passwords.mark("one") != passwords.mark("two")
    assert "one" not in passwords.mark("one")
