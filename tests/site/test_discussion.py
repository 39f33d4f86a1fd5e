"""The rules for replies, as an admin sets them."""

from dataclasses import replace
from typing import Any

import pytest

from newsite import changes
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site import discussion
from newsite.site.discussion import Discussion
from newsite.site.models import Site


@pytest.fixture
def chosen(site: Site) -> Discussion:
    """What a new site does, with the names of WordPress's settings."""
    return Discussion(**{name: getattr(site, name) for name in Discussion.__dataclass_fields__})


def test_a_new_site_has_the_rules_of_a_new_wordpress(chosen: Discussion) -> None:
    assert chosen == Discussion(
        house_rules="",
        replies_hold_all=False,
        replies_hold_unknown=True,
        replies_max_links=2,
        moderation_keys="",
        disallowed_keys="",
        replies_flood_seconds=15,
        replies_close_days=None,
        replies_depth=5,
        replies_threads=50,
        takes_reports=True,
    )


def test_what_is_chosen_is_kept_tidy_and_every_page_is_made_anew(
    site: Site, chosen: Discussion
) -> None:
    before = changes.latest()[1]
    wanted = replace(
        chosen,
        house_rules="  Be kind.\r\n\r\nStay on topic. ",
        replies_hold_all=True,
        replies_hold_unknown=False,
        replies_max_links=0,
        moderation_keys=" casino \r\n\r\n  best\u00a0deals",
        disallowed_keys="203.0.113.",
        replies_flood_seconds=0,
        replies_close_days=14,
        replies_depth=10,
        replies_threads=200,
        takes_reports=False,
    )
    discussion.settle(site, wanted)
    db.session.commit()
    assert changes.since(before) == {changes.SITE}
    tidied = {
        "house_rules": "Be kind.\n\nStay on topic.",
        "moderation_keys": "casino\nbest\u00a0deals",
    }
    for name in Discussion.__dataclass_fields__:
        assert getattr(site, name) == tidied.get(name, getattr(wanted, name))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("house_rules", "x" * 2_001, "2,000 characters or fewer; it has 2,001."),
        ("moderation_keys", "a\n" * 10_001, "20,000 characters or fewer; it has 20,001."),
        ("disallowed_keys", "x" * 20_001, "20,000 characters or fewer; it has 20,001."),
        ("replies_max_links", -1, "from 0 to 100."),
        ("replies_flood_seconds", 3_601, "from 0 to 3,600."),
        ("replies_close_days", 0, "from 1 to 3,650."),
        ("replies_depth", 11, "from 1 to 10."),
        ("replies_threads", 4, "from 5 to 200."),
    ],
)
def test_what_cannot_be_is_refused_with_the_mend(
    site: Site, chosen: Discussion, field: str, value: Any, sentence: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        discussion.settle(site, replace(chosen, **{field: value}))
    assert refusal.value.field == field
    assert refusal.value.message.endswith(sentence)


def test_ten_thousand_lines_are_a_list(site: Site, chosen: Discussion) -> None:
    keys = "\r\n".join("x" * 10_000)
    discussion.settle(site, replace(chosen, moderation_keys=keys))
    assert site.moderation_keys.count("\n") == 9_999


@pytest.mark.parametrize("written", ["", "two", "-1", "1.5", "٣", "²", "9" * 400, "0", "6"])
def test_a_number_is_a_number(written: str) -> None:
    with pytest.raises(RuleBroken, match="from 1 to 5"):
        discussion.number("replies_depth", written, range(1, 6))
    assert discussion.number("replies_depth", "05", range(1, 6)) == 5
