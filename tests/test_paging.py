from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsite.paging import Cursor, cut

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_page_knows_where_the_next_one_begins() -> None:
    page = cut([5, 4, 3], 2, lambda number: Cursor(AT, number))
    assert page.items == [5, 4]
    assert page.next == Cursor(AT, 4)


def test_the_last_page_leads_nowhere() -> None:
    assert cut([5, 4], 2, lambda number: Cursor(AT, number)).next is None
    assert cut([], 2, lambda number: Cursor(AT, number)).items == []


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**31 - 1))
def test_a_place_in_a_list_survives_its_way_through_an_address(at: datetime, number: int) -> None:
    assert Cursor.parse(str(Cursor(at, number))) == Cursor(at, number)


@pytest.mark.parametrize(
    "value",
    ["", "1", "1-", "-1", "1-x", "1--1", "1-9999999999", "9" * 18 + "-1", "1-2-3", "١-١", " 1-1"],
)
def test_what_is_no_place_in_a_list_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        Cursor.parse(value)
