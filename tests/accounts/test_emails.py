"""When two addresses are the same person's."""

import pytest

from newsite.accounts.emails import email_key


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("ANN@Example.org", "ann@example.org"),
        ("  ann@example.org ", "ann@example.org"),
        ("ann＠example.org", "ann@example.org"),  # typed on a Japanese keyboard
        ("strauß@example.org", "STRAUSS@example.org"),
        ("e\u0301va@example.org", "éva@example.org"),  # composed and decomposed
        ("ann\x00@example.org", "ann@example.org"),
        ("\u202eann@example.org\ud800", "ann@example.org"),  # an override, half a character
    ],
)
def test_the_same_address_typed_otherwise_is_the_same(typed: str, registered: str) -> None:
    assert email_key(typed) == email_key(registered)


def test_a_dot_more_is_another_address() -> None:
    assert email_key("a.nn@example.org") != email_key("ann@example.org")


def test_a_key_is_its_own_key() -> None:
    for address in ("ANN@Example.org", "İ@example.org", "ﬁ@example.org", "ᾳ\u0345@example.org"):
        assert email_key(email_key(address)) == email_key(address)
