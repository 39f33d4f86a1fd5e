"""The names under which changes are written down."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsite.articles import keys


def test_every_key_names_its_kind() -> None:
    named = (
        keys.article,
        keys.text,
        keys.beside,
        keys.section,
        keys.tag,
        keys.by,
        keys.contributor,
    )
    assert len({key(12) for key in named}) == len(named)
    assert keys.article(12) == "article:12"


def test_a_month_is_one_of_the_sites_zone() -> None:
    late = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    assert keys.month(late, ZoneInfo("Europe/London")) == "month:2026-08"


def test_a_part_of_the_site_map_has_two_thousand_ids() -> None:
    assert [keys.map_part(one) for one in (1, 1_000, 1_001)] == ["map:1", "map:1", "map:2"]
